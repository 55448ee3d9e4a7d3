"""The keys that stored secrets are encrypted with. The database holds what they seal and never sees them."""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

import structlog

_KEY_BYTES = 32
_NONCE_BYTES = 12
_URL_SAFE = str.maketrans("+/", "-_")
_NO_KEY = "each key has 32 bytes in base64; make one with `openssl rand -base64 32`"
_Version = tuple[int, int, int]


class KeyringError(Exception):
    """What was sealed cannot be opened: its key is not here, or it was changed since."""


@dataclass(frozen=True)
class Sealed:
    """A value under AES-256-GCM: the nonce and what follows it, and the id of the key."""

    key_id: str
    data: bytes = field(repr=False)


class Keyring:
    """Keys of 256 bits: the first one seals and derives, each opens what it has sealed.

    When the keys are those of `file`, a change of that file counts at once.
    """

    def __init__(self, text: str, file: Path | None = None) -> None:
        self._keys = parse_keys(text)
        # Keys that were given otherwise are not replaced by what lies in a folder.
        self._file = file if file and file.exists() and parse_keys(file.read_text()) == self._keys else None
        self._seen = _version(self._file)

    @property
    def key_id(self) -> str:
        """The id of the key that seals now."""
        return next(iter(self._current()))

    def seal(self, value: bytes, about: str) -> Sealed:
        """Encrypt a value. It opens only together with `about`: what it is and whose."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key_id, key = next(iter(self._current().items()))
        nonce = os.urandom(_NONCE_BYTES)
        return Sealed(key_id, nonce + AESGCM(key).encrypt(nonce, value, about.encode()))

    def open(self, sealed: Sealed, about: str) -> bytes:
        """Decrypt a value. KeyringError when the key is missing, or the value or `about` is not the same."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._current().get(sealed.key_id)
        if key is None:
            raise KeyringError(f"it was sealed with the key {sealed.key_id}, which is not in the keyring")
        nonce, data = sealed.data[:_NONCE_BYTES], sealed.data[_NONCE_BYTES:]
        try:
            return AESGCM(key).decrypt(nonce, data, about.encode())
        except (InvalidTag, ValueError) as exc:
            raise KeyringError("it is not what was sealed, or not where it belongs") from exc

    def derive(self, purpose: bytes) -> bytes:
        """A key of 256 bits for one purpose (HKDF-SHA256), from the key that seals now."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        first = next(iter(self._current().values()))
        return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=purpose).derive(first)

    def _current(self) -> dict[str, bytes]:
        version = _version(self._file)
        if self._file is not None and version != self._seen:
            self._seen = version
            try:
                self._keys = parse_keys(self._file.read_text(encoding="utf-8"))
            except (OSError, ValueError) as exc:
                structlog.get_logger().error("the new encryption keys are not used", reason=str(exc))
        return self._keys


def new_key() -> str:
    """A key as it stands in a keyring."""
    return urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def parse_keys(text: str) -> dict[str, bytes]:
    """The keys of a keyring by their ids, in order. ValueError when there is none, or one is not valid."""
    keys: dict[str, bytes] = {}
    for word in re.findall(r"[^,\s]+", text):
        key = _decode(word)
        if len(key) != _KEY_BYTES:
            raise ValueError(_NO_KEY)
        keys[hashlib.sha256(key).hexdigest()[:8]] = key
    if not keys:
        raise ValueError(_NO_KEY)
    return keys


def _decode(word: str) -> bytes:
    # The other alphabet and a missing padding are what people get from other tools.
    padded = word.translate(_URL_SAFE).rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
    try:
        return b64decode(padded, altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _version(file: Path | None) -> _Version | None:
    """What changes with the file's content, as long as it is written whole; None when it is not there."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None
