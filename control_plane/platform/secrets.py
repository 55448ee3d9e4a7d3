"""Secrets that the embedded default makes for itself, kept in the data folder."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads; whole or not at all."""
    path.parent.mkdir(exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)
    temporary.replace(path)


def jwt_private_key(data: Path) -> str:
    """The key that signs people's tokens (PEM, P-256); made at the first call."""
    path = data / "secrets" / "jwt_private_key.pem"
    if not path.exists():
        write_private(path, _new_p256_key())
    return path.read_text(encoding="utf-8")


def _new_p256_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()
