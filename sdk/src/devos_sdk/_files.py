"""Files on their way to and from the control plane: read twice, written whole or not at all."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import mimetypes
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from devos_sdk._errors import DevosError
from devos_sdk._transport import Transport

_PIECE = 1024 * 1024

Content = bytes | os.PathLike[str]
"""Bytes, or the path of a file that holds them."""


async def upload(
    http: Transport, path: str, content: Content, *, lease_token: int, media_type: str | None, name: str
) -> object:
    """PUT a file with its checksum, from the start again when an answer is lost. The decoded answer."""
    digest, size = await asyncio.to_thread(_digest, content)
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {
        "Content-Type": media_type or guessed,
        "Content-Length": str(size),
        "Content-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
        "X-Lease-Token": str(lease_token),
    }
    return await http.send("PUT", path, content=lambda: _pieces(content), headers=headers, repeatable=True)


async def download(http: Transport, path: str, to: Path, sha256: str) -> None:
    """GET a file into `to`; what is not whole, or not what it should be, leaves `to` as it was."""
    handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name[:100]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            digest = await http.fetch(path, file.write)
        if digest != sha256:
            raise DevosError("what arrived is not what was stored", code="artifact_checksum", retryable=True)
        Path(name).replace(to)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def file_name(name: str) -> str:
    """The last part of an artifact's name, which may not lead out of the folder that it is put into."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(char if char.isprintable() else "_" for char in last)
    return "artifact" if printable in ("", ".", "..") else printable


def _digest(content: Content) -> tuple[bytes, int]:
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest(), len(content)
    with Path(content).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        return digest, file.tell()


async def _pieces(content: Content) -> AsyncIterator[bytes]:
    if isinstance(content, bytes):
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]
        return
    with Path(content).open("rb") as file:  # noqa: ASYNC230  it is read in a thread
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
