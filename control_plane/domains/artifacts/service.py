"""Bytes in, fenced by the lease before and after; bytes out, whole or a part, never to be shown inline."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from litestar.response import Stream

from control_plane.db.session import Session
from control_plane.domains.artifacts import queries
from control_plane.domains.artifacts.models import Artifact, StoredArtifact, Upload
from control_plane.platform.artifact_store import ArtifactStore
from control_plane.platform.errors import DomainError
from control_plane.platform.settings import Settings

# Below what SQL still takes as an upload that goes on.
_LONGEST_UPLOAD_SECONDS = 3300
_PATIENCE_SECONDS = 10
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):\s*(?:,|$)")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_LENGTH = re.compile(r"\d{1,18}")


class _Received:
    """Chunks on their way through, counted and digested; too many of them end it."""

    def __init__(self, chunks: AsyncIterator[bytes], limit: int) -> None:
        self._chunks = chunks
        self._limit = limit
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()

    async def chunks(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.size += len(chunk)
            require_size(self.size, self._limit)
            self._digest.update(chunk)
            if chunk:
                yield chunk


def upload_of(headers: Mapping[str, str], task_id: UUID, lease_token: int, name: str) -> Upload:
    """The upload that these headers announce."""
    length = headers.get("content-length", "")
    return Upload(
        task_id,
        lease_token,
        name,
        media_type=headers.get("content-type") or "application/octet-stream",
        announced=int(length) if _LENGTH.fullmatch(length) else 0,
        digest=_expected_digest(headers),
    )


async def store(
    db: Session, store: ArtifactStore, settings: Settings, upload: Upload, body: AsyncGenerator[bytes, None]
) -> Artifact:
    """Stream a body into the store and make it an artifact. What is refused does not lie there any longer."""
    limit = settings.artifact_limit_bytes
    received = _Received(body, limit)
    try:
        require_size(upload.announced, limit)
        blob_id = await queries.begin_artifact(db, upload, settings)
        async with asyncio.timeout(_LONGEST_UPLOAD_SECONDS):
            await store.write(blob_id, received.chunks())
        try:
            return await _finished(db, settings, upload, blob_id, received)
        except DomainError as exc:
            # An artifact whose end is not known may be there.
            if exc.status < 500:
                await store.remove(blob_id)
            raise
    except TimeoutError as exc:
        raise DomainError(408, "upload_too_slow", "The upload took too long.", "Send less at once.") from exc
    except DomainError:
        await _hear_out(body, limit)
        raise


async def _finished(
    db: Session, settings: Settings, upload: Upload, blob_id: UUID, received: _Received
) -> Artifact:
    if upload.digest not in (None, received.sha256):
        raise DomainError(
            422,
            "artifact_checksum",
            "What arrived is not what its Content-Digest says.",
            "Send it again.",
        )
    return await queries.store_artifact(
        db, upload, settings, blob_id=blob_id, size_bytes=received.size, sha256=received.sha256.hex()
    )


async def _hear_out(body: AsyncGenerator[bytes, None], limit: int) -> None:
    """Read on for a while: who still sends would meet a closed connection and not the refusal."""
    heard = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            async for chunk in body:
                heard += len(chunk)
                if heard > limit:
                    return


def require_size(size: int, limit: int) -> None:
    """413 for a file that is too large."""
    if size > limit:
        raise DomainError(
            413,
            "artifact_too_large",
            f"An artifact has at most {limit:,} bytes.",
            "Send it in parts, or raise artifact_limit_bytes.",
        )


def _expected_digest(headers: Mapping[str, str]) -> bytes | None:
    """What the sender says of the bytes; another algorithm than ours says nothing."""
    text = headers.get("content-digest", "")
    if "sha-256" not in text:
        return None
    found = _DIGEST.search(text)
    try:
        return base64.b64decode(found[1], validate=True) if found else b""
    except binascii.Error:
        return b""


@dataclass(frozen=True)
class _Part:
    """The bytes from start up to end of a file of a size."""

    start: int
    end: int
    size: int

    @property
    def is_whole(self) -> bool:
        return self.end - self.start == self.size


async def content(artifact: StoredArtifact, store: ArtifactStore, headers: Mapping[str, str]) -> Stream:
    """The bytes as a download, the part that was asked for, or 304 when the caller has them."""
    tag = f'"{artifact.sha256}"'
    told = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(artifact.name),
        "X-Content-Type-Options": "nosniff",
        # Should a browser show it all the same, it may do nothing there.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-cache",
    }
    if headers.get("if-none-match") and _matches(headers["if-none-match"], tag):
        return Stream(_empty(), status_code=304, headers=told)
    part = _asked_part(headers, tag, artifact.size_bytes)
    chunks = await store.read(artifact.blob_id, part.start, part.end)
    told["Content-Length"] = str(part.end - part.start)
    if "range" in headers and not part.is_whole:
        told["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{part.size}"
    status = 206 if "Content-Range" in told else 200
    return Stream(chunks, status_code=status, headers=told)


def disposition(name: str) -> str:
    """`Content-Disposition` of a download (RFC 6266): plain for old readers, exact for the others."""
    file = name.rpartition("/")[2]
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", file)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file, safe='')}"


def _matches(wanted: str, tag: str) -> bool:
    tags = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    return "*" in tags or tag in tags


def _asked_part(headers: Mapping[str, str], tag: str, size: int) -> _Part:
    """One range as it was asked for; the whole for several, for what is none, and for another version."""
    found = _RANGE.fullmatch(headers.get("range", "").strip())
    if found is None or not any(found.groups()) or headers.get("if-range", tag) != tag:
        return _Part(0, size, size)
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise DomainError(
            416,
            "range_not_satisfiable",
            f"The artifact has {size:,} bytes.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return _Part(start, end, size)


async def _empty() -> AsyncIterator[bytes]:
    return
    yield b""
