"""What is sealed opens with its key and in its place, and in no other way."""

from __future__ import annotations

import secrets
from base64 import b64encode, urlsafe_b64decode
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from control_plane.platform.keyring import Keyring, KeyringError, Sealed, new_key, parse_keys
from control_plane.platform.secrets import encryption_keys, encryption_keys_file, write_private
from control_plane.platform.settings import SettingsError, load_settings

VALUE = b"ghp_what-nobody-sees"


def test_what_is_sealed_opens_again() -> None:
    keyring = Keyring(new_key())
    sealed = keyring.seal(VALUE, "project a")
    assert keyring.open(sealed, "project a") == VALUE
    assert VALUE not in sealed.data
    assert VALUE.decode() not in repr(sealed)


def test_the_same_value_is_never_sealed_twice_alike() -> None:
    keyring = Keyring(new_key())
    assert len({keyring.seal(VALUE, "a").data for _ in range(100)}) == 100


def test_a_sealed_value_opens_nowhere_else() -> None:
    keyring = Keyring(new_key())
    sealed = keyring.seal(VALUE, "project a")
    with pytest.raises(KeyringError, match="not where it belongs"):
        keyring.open(sealed, "project b")


def test_a_flipped_bit_is_seen_wherever_it_is() -> None:
    keyring = Keyring(new_key())
    sealed = keyring.seal(VALUE, "a")
    for place in range(len(sealed.data)):
        data = bytearray(sealed.data)
        data[place] ^= 1
        with pytest.raises(KeyringError):
            keyring.open(Sealed(sealed.key_id, bytes(data)), "a")
    for length in range(len(sealed.data)):
        with pytest.raises(KeyringError):
            keyring.open(Sealed(sealed.key_id, sealed.data[:length]), "a")


def test_the_first_key_seals_and_the_others_open() -> None:
    old, new = new_key(), new_key()
    sealed = Keyring(old).seal(VALUE, "a")
    both = Keyring(f"{new},{old}")
    assert both.open(sealed, "a") == VALUE
    assert both.seal(VALUE, "a").key_id == both.key_id == Keyring(new).key_id
    with pytest.raises(KeyringError, match=sealed.key_id):
        Keyring(new).open(sealed, "a")


def test_a_key_counts_as_soon_as_it_stands_in_the_file(tmp_path: Path) -> None:
    text, file = encryption_keys(tmp_path), encryption_keys_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    running = Keyring(text, file)
    before = running.seal(VALUE, "a")
    write_private(file, f"{new_key()}\n{text}")
    rotated = Keyring(file.read_text())
    assert rotated.key_id != before.key_id
    assert running.open(rotated.seal(VALUE, "a"), "a") == VALUE
    assert running.key_id == rotated.key_id
    assert running.open(before, "a") == VALUE


def test_a_broken_file_leaves_the_keys_as_they_were(tmp_path: Path) -> None:
    text, file = encryption_keys(tmp_path), encryption_keys_file(tmp_path)
    running = Keyring(text, file)
    sealed = running.seal(VALUE, "a")
    write_private(file, "no keys")
    with capture_logs() as lines:
        assert running.open(sealed, "a") == VALUE
    assert [line["event"] for line in lines] == ["the new encryption keys are not used"]


def test_keys_that_were_given_are_not_replaced_by_those_of_a_folder(tmp_path: Path) -> None:
    encryption_keys(tmp_path)
    given = Keyring(new_key(), encryption_keys_file(tmp_path))
    before = given.key_id
    write_private(encryption_keys_file(tmp_path), new_key())
    assert given.key_id == before


def test_a_derived_key_is_for_one_purpose_and_one_keyring() -> None:
    keyring = Keyring(new_key())
    derived = {keyring.derive(b"a"), keyring.derive(b"b"), Keyring(new_key()).derive(b"a")}
    assert len(derived) == 3
    assert {len(key) for key in derived} == {32}
    assert keyring.derive(b"a") in derived


def test_keys_are_read_as_other_tools_write_them() -> None:
    raw = [b"\xfb\xff" * 16, secrets.token_bytes(32)]
    standard = b64encode(raw[0]).decode()
    assert "+" in standard or "/" in standard
    keys = parse_keys(f"\n{standard},\n  {b64encode(raw[1]).decode().rstrip('=')}\n")
    assert list(keys.values()) == raw
    assert urlsafe_b64decode(new_key())


@pytest.mark.parametrize("text", ["", "\n", "short", "a" * 44 + "!", "Kx7" * 13, f"{'Kx7_' * 10}Kx4=,x"])
def test_what_is_no_key_is_refused_without_being_told(text: str) -> None:
    with pytest.raises(SettingsError, match="32 bytes in base64") as caught:
        load_settings({"encryption_keys": text or ","})
    assert not text.strip() or text not in str(caught.value)
