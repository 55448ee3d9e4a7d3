"""Creations that travel together.

While one call creates tasks, those that are asked for meanwhile wait, and go out together once it is done.
There is no timer: one task after the other never waits, and 16 at once cost little more than one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from devos_sdk._errors import DevosError
from devos_sdk._models import Task
from devos_sdk._transport import Transport, encode

# What one call takes: the API's own limits, and a body well below its largest.
_MOST_TASKS = 1000
_MOST_BYTES = 1024 * 1024
# What is said of the caller, and not of a task.
_OF_THE_CALLER = {401, 403, 429}


@dataclass(frozen=True)
class _Creation:
    """A task that somebody waits for, as it is sent."""

    body: bytes
    made: asyncio.Future[Task]


class Creations:
    """Creates tasks for many coroutines at once: each is answered when its task is committed."""

    def __init__(self, http: Transport) -> None:
        self._http = http
        self._waiting: deque[_Creation] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def create(self, body: Mapping[str, Any]) -> Task:
        """Create one task. It fails alone: what is wrong with another one is told to that one's caller."""
        made: asyncio.Future[Task] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Creation(encode(body), made))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_all())
        return await made

    async def _send_all(self) -> None:
        try:
            while batch := self._next_batch():
                await self._send(batch)
                # Those who were answered just now may create more: that goes along.
                await asyncio.sleep(0)
        finally:
            # Only when the event loop ends is something left.
            for creation in self._waiting:
                creation.made.cancel()
            self._waiting.clear()

    def _next_batch(self) -> list[_Creation]:
        batch: list[_Creation] = []
        room = _MOST_BYTES
        while self._waiting and len(batch) < _MOST_TASKS:
            creation = self._waiting[0]
            if batch and len(creation.body) > room:
                break
            self._waiting.popleft()
            if not creation.made.done():  # who asked for it has not left
                batch.append(creation)
                room -= len(creation.body)
        return batch

    async def _send(self, batch: Sequence[_Creation]) -> None:
        try:
            tasks = await self._post(batch)
        except DevosError as refused:
            if len(batch) > 1 and _of_one_task(refused):
                # A list is created whole or not at all: halves, until those are alone that are to blame.
                middle = len(batch) // 2
                await self._send(batch[:middle])
                await self._send(batch[middle:])
                return
            _tell(batch, refused)
        except asyncio.CancelledError:
            for creation in batch:
                creation.made.cancel()
            raise
        except Exception as exc:  # noqa: BLE001  those who wait get it
            _tell(batch, exc)
        else:
            for creation, task in zip(batch, tasks, strict=True):
                if not creation.made.done():
                    creation.made.set_result(task)

    async def _post(self, batch: Sequence[_Creation]) -> list[Task]:
        if len(batch) == 1:
            return [await self._http.post(Task, "/api/tasks", batch[0].body)]
        bodies = b"[" + b",".join(creation.body for creation in batch) + b"]"
        return await self._http.post(list[Task], "/api/tasks", bodies)


def _of_one_task(refused: DevosError) -> bool:
    status = refused.status or 0
    return 400 <= status < 500 and status not in _OF_THE_CALLER


def _tell(batch: Sequence[_Creation], exc: Exception) -> None:
    for creation in batch:
        if not creation.made.done():
            creation.made.set_exception(exc)
