"""Private keys in PEM form, several in one text: the first is the one in use, the others were or will be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_BLOCK = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)


def blocks(text: str) -> list[str]:
    """The private keys of a text, each still as text."""
    return [found.group() for found in _BLOCK.finditer(text)]


def private_keys(text: str) -> list[PrivateKeyTypes]:
    """The private keys of a text. ValueError or TypeError when there is none, or one cannot be read."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found = blocks(text)
    if not found:
        raise ValueError("no private key in PEM form")
    return [load_pem_private_key(block.encode(), password=None) for block in found]
