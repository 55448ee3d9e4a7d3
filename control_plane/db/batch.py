"""Writes that are worth one statement a second and not one each: a token was used, an agent lives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog

from control_plane.db.pool import Call, Database
from control_plane.platform.errors import DomainError

_log = structlog.get_logger()


class Batcher:
    """Collects ids, and hands them together to `function(p_ids uuid[])` once a second."""

    def __init__(self, database: Database, function: str, *, every_seconds: float = 1.0) -> None:
        self._database = database
        self._function = function
        self._every_seconds = every_seconds
        self._ids: set[UUID] = set()

    def add(self, id: UUID) -> None:  # noqa: A002 - it is one
        """Remember an id; many times between two writes is once."""
        self._ids.add(id)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Write as long as the block runs, and what is left at its end. The database must be open."""
        writing = asyncio.create_task(self._repeat())
        try:
            yield
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            await self.flush()

    async def flush(self) -> None:
        """Write what is there now; it is kept for the next time while the database is away."""
        ids, self._ids = self._ids, set()
        if not ids:
            return
        try:
            # In order: two processes with the same ids do not stand in each other's way.
            await self._database.call(Call(self._function, ids=sorted(ids)))
        except asyncio.CancelledError:
            self._ids |= ids
            raise
        except Exception as exc:  # noqa: BLE001 - one broken batch must not end all later ones
            if isinstance(exc, DomainError) and exc.status >= 500:
                self._ids |= ids
            else:
                _log.exception("a batch is lost", function=self._function, lost=len(ids))

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            await self.flush()
