"""Secrets that the embedded default makes for itself, kept in the data folder."""

from __future__ import annotations

import os
from pathlib import Path

from control_plane.platform.errors import OperatorError
from control_plane.platform.keyring import Keyring, new_key
from control_plane.platform.lock import FolderLock
from control_plane.platform.pem import blocks
from control_plane.platform.settings import Settings

INITIAL_LOGIN = "initial-login"
"""File of the data folder with the login that a new installation was given."""


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads; whole or not at all."""
    path.parent.mkdir(exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        # What root renews stays its owner's.
        if os.geteuid() == 0 and path.exists():
            os.fchown(fd, path.stat().st_uid, path.stat().st_gid)
        file.write(text)
        file.flush()
        os.fsync(fd)
    temporary.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Let what was renamed in a folder outlive a loss of power."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def forget_initial_login(data: Path, email: str) -> None:
    """Remove the note of the first admin's password, once that person has another."""
    note = data / INITIAL_LOGIN
    try:
        noted = note.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        return
    if email in noted:
        note.unlink(missing_ok=True)


def jwt_key_file(data: Path) -> Path:
    """Where the data folder keeps the keys that sign people's tokens."""
    return data / "secrets" / "jwt_private_key.pem"


def jwt_private_key(data: Path) -> str:
    """The keys that sign people's tokens (PEM, P-256); one is made at the first call."""
    path = jwt_key_file(data)
    if not path.exists():
        write_private(path, _new_p256_key())
    return path.read_text(encoding="utf-8")


def encryption_keys_file(data: Path) -> Path:
    """Where the keys lie that stored secrets are encrypted with."""
    return data / "secrets" / "encryption_keys"


def encryption_keys(data: Path) -> str:
    """The keys that stored secrets are encrypted with, the one in use first; made at the first call."""
    path = encryption_keys_file(data)
    if not path.exists():
        write_private(path, new_key() + "\n")
    return path.read_text(encoding="utf-8")


def rotate_encryption_keys(data: Path) -> None:
    """Put a new key in front: it seals from now on. The others stay, for what they have sealed."""
    encryption_keys(data)
    # Two at once would each write the file without the other's key.
    lock = FolderLock(data / "secrets" / "rotation.lock")
    if not lock.acquire(5):
        raise OperatorError("Another rotation is at work.", "Wait for it, then try again.")
    try:
        write_private(encryption_keys_file(data), f"{new_key()}\n{encryption_keys(data)}")
    finally:
        lock.release()


def open_keyring(settings: Settings) -> Keyring:
    """The keyring of a process. OperatorError when it has none."""
    if settings.encryption_keys is None:
        raise OperatorError(
            "There are no keys to encrypt secrets with.",
            "Set DEVOS_ENCRYPTION_KEYS_FILE, or start everything with `devos up`.",
        )
    return Keyring(settings.encryption_keys.get_secret_value(), encryption_keys_file(settings.data))


def rotate_jwt_private_key(data: Path) -> None:
    """Let a new key sign. The one that did still verifies, and is gone with the next rotation."""
    signing = blocks(jwt_private_key(data))[0]
    write_private(jwt_key_file(data), f"{_new_p256_key()}{signing}\n")


def _new_p256_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()
