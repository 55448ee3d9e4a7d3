"""Where the bytes of artifacts lie: a folder, or a bucket that speaks S3. Keys are ids that we made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import UUID

from control_plane.platform.errors import DomainError
from control_plane.platform.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# A part of a multipart upload; S3 takes none below 5 MiB. So much is held in memory, twice at the most.
_PART_BYTES = 5 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024


class ArtifactStore:
    """Streams in and out; a key is written once and whole, or not at all. Opened when it is used first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        place = urlsplit(settings.artifact_store or "")
        self._bucket = place.netloc if place.scheme == "s3" else None
        self._prefix = place.path.strip("/")
        self._folder = Path(unquote(place.path)) if place.scheme == "file" else settings.data / "artifacts"

    async def write(self, key: UUID, chunks: AsyncIterator[bytes]) -> None:
        """Keep what comes. What the chunks raise ends it, and leaves nothing behind."""
        from obstore import open_writer_async

        writer = open_writer_async(self._store, _path(key), buffer_size=_PART_BYTES, max_concurrency=1)
        try:
            # It closes the writer at the end, and drops what was written when the end comes too early.
            async with writer:
                async for chunk in chunks:
                    await writer.write(chunk)
        except _failures() as exc:
            raise _unavailable() from exc

    async def read(self, key: UUID, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`; the store has answered when this returns."""
        from obstore import get_async

        if start == end:
            return _nothing()
        try:
            found = await get_async(self._store, _path(key), options={"range": (start, end)})
        except FileNotFoundError as exc:
            raise DomainError(
                404,
                "artifact_content_not_found",
                "The bytes of this artifact are not in the store.",
                "Was the database restored without the folder or bucket of the artifacts?",
            ) from exc
        except _failures() as exc:
            raise _unavailable() from exc
        return aiter(found.stream(min_chunk_size=_CHUNK_BYTES))

    async def remove(self, key: UUID) -> None:
        """Remove what lies there, finished or not; nothing is fine too."""
        from obstore import delete_async

        try:
            with suppress(FileNotFoundError):
                await delete_async(self._store, _path(key))
        except _failures() as exc:
            raise _unavailable() from exc
        if self._bucket is None:
            # What a process that was killed had written so far.
            for part in (self._folder / _path(key)).parent.glob(f"{key}#*"):
                part.unlink(missing_ok=True)

    @cached_property
    def _store(self) -> ObjectStore:
        from obstore.store import LocalStore, S3Store

        if self._bucket is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                return LocalStore(self._folder)
            except _failures() as exc:
                raise _unavailable() from exc
        settings = self._settings
        key, secret = settings.artifact_s3_access_key_id, settings.artifact_s3_secret_access_key
        given = {
            "endpoint": settings.artifact_s3_endpoint,
            "region": settings.artifact_s3_region,
            "access_key_id": key and key.get_secret_value(),
            "secret_access_key": secret and secret.get_secret_value(),
        }
        config = {name: value for name, value in given.items() if value is not None}
        plain = (settings.artifact_s3_endpoint or "").startswith("http://")
        return S3Store(
            self._bucket,
            prefix=self._prefix or None,
            config=config,  # pyright: ignore[reportArgumentType]
            client_options={"allow_http": plain, "connect_timeout": "5s", "timeout": "900s"},
            retry_config={"max_retries": 3},
        )


def _path(key: UUID) -> str:
    # The last digits are random, the first are the time.
    return f"{str(key)[-2:]}/{key}"


def _failures() -> tuple[type[Exception], ...]:
    from obstore.exceptions import BaseError

    return (BaseError, OSError)


def _unavailable() -> DomainError:
    return DomainError(
        503,
        "artifact_store_unavailable",
        "The store of the artifacts cannot be used.",
        "Try again; `devos logs` says more.",
        headers={"Retry-After": "5"},
    )


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
