"""Creations that travel together.

While one call creates tasks, those that are asked for meanwhile wait, and go out together once it is done.
There is no timer: one task after the other never waits, and 16 at once cost little more than one. Each
project has a line of its own: one that takes no more for now keeps nobody else waiting.
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
# More than the project takes now, or ever, in one list: fewer may do.
_TOO_MANY = frozenset({"creation_rate_exceeded", "creation_too_large"})


@dataclass(frozen=True)
class _Creation:
    """A task that somebody waits for, as it is sent."""

    body: bytes
    made: asyncio.Future[Task]


@dataclass(frozen=True)
class _Line:
    """Those who wait to create in one project, and what sends them."""

    waiting: deque[_Creation]
    sending: asyncio.Task[None]


class Creations:
    """Creates tasks for many coroutines at once: each is answered when its task is committed."""

    def __init__(self, http: Transport) -> None:
        self._http = http
        self._lines: dict[str, _Line] = {}

    async def create(self, body: Mapping[str, Any]) -> Task:
        """Create one task. It fails alone: what is wrong with another one is told to that one's caller."""
        made: asyncio.Future[Task] = asyncio.get_running_loop().create_future()
        project, creation = str(body["project_id"]), _Creation(encode(body), made)
        line = self._lines.get(project)
        if line is None or line.sending.done():
            waiting = deque([creation])
            self._lines[project] = _Line(waiting, asyncio.create_task(self._send_all(project, waiting)))
        else:
            line.waiting.append(creation)
        return await made

    async def _send_all(self, project: str, waiting: deque[_Creation]) -> None:
        most = _MOST_TASKS
        try:
            while batch := _next_batch(waiting, most):
                left = await self._send(batch)
                waiting.extendleft(reversed(left))
                most = len(left) // 2 if left else min(_MOST_TASKS, 2 * most)
                # Those who were answered just now may create more: that goes along.
                await asyncio.sleep(0)
        finally:
            del self._lines[project]
            # Only when the event loop ends is something left.
            for creation in waiting:
                creation.made.cancel()

    async def _send(self, batch: Sequence[_Creation]) -> Sequence[_Creation]:
        """Answer each one, but for those that are too many at once: they are returned."""
        try:
            tasks = await self._post(batch)
        except DevosError as refused:
            if len(batch) > 1 and refused.code in _TOO_MANY:
                return batch
            if len(batch) > 1 and _of_one_task(refused):
                # A list is created whole or not at all: halves, until those are alone that are to blame.
                middle = len(batch) // 2
                return [*await self._send(batch[:middle]), *await self._send(batch[middle:])]
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
        return ()

    async def _post(self, batch: Sequence[_Creation]) -> list[Task]:
        if len(batch) == 1:
            return [await self._http.post(Task, "/api/tasks", batch[0].body)]
        bodies = b"[" + b",".join(creation.body for creation in batch) + b"]"
        return await self._http.post(list[Task], "/api/tasks", bodies, unless=_TOO_MANY)


def _next_batch(waiting: deque[_Creation], most: int) -> list[_Creation]:
    batch: list[_Creation] = []
    room = _MOST_BYTES
    while waiting and len(batch) < most:
        creation = waiting[0]
        if batch and len(creation.body) > room:
            break
        waiting.popleft()
        if not creation.made.done():  # who asked for it has not left
            batch.append(creation)
            room -= len(creation.body)
    return batch


def _of_one_task(refused: DevosError) -> bool:
    status = refused.status or 0
    return 400 <= status < 500 and status not in _OF_THE_CALLER


def _tell(batch: Sequence[_Creation], exc: Exception) -> None:
    for creation in batch:
        if not creation.made.done():
            creation.made.set_exception(exc)
