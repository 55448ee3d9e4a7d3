"""The stream of one caller: what was missed, then what happens, as long as the caller may see it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.events import queries
from control_plane.domains.events.feed import Batch, EventFeed, Follower, Told
from control_plane.domains.events.models import Event, Visibility
from control_plane.platform.errors import DomainError

# A credential that ended ends its stream this soon; proxies close what is silent for longer than the other.
_CHECK_SECONDS = 5.0
_SILENCE_SECONDS = 15.0
_WHILE_AWAY_SECONDS = 1.0
_BATCH = 500


@dataclass(frozen=True)
class Wanted:
    """Which of the events a caller asks for; a type stands for all that begin with it and a dot, too."""

    project_id: UUID | None = None
    task_id: UUID | None = None
    types: tuple[str, ...] = ()

    def has(self, event: Event) -> bool:
        """Whether an event is one of them."""
        return (
            self.project_id in (None, event.project_id)
            and self.task_id in (None, event.subject_id)
            and (not self.types or any(f"{event.type}.".startswith(f"{name}.") for name in self.types))
        )


class EventStream:
    """What one caller is told. It begins before the answer does, so that a refusal can still be an answer."""

    def __init__(
        self, feed: EventFeed, db: Session, admit: Callable[[], Awaitable[object]], wanted: Wanted
    ) -> None:
        self._feed = feed
        self._db = db
        self._admit = admit
        self._wanted = wanted
        self._clock = asyncio.get_running_loop().time
        self._visible: Visibility | None = None
        self._access = 0
        self._check_at = self._speak_at = 0.0

    async def told(self, after: str | None) -> AsyncGenerator[bytes]:
        """Events in commit order from a cursor on, or from now; an `end` says why no more come."""
        try:
            # Again: many may have been let in before the first of them began.
            self._feed.require_room(self._db.caller.user_id)
        except DomainError as exc:
            yield _control("end", exc.code)
            return
        async with self._feed.follow(self._db.caller.user_id) as follower:
            try:
                start = after or follower.start
                if not await self._feed.knows(start):
                    start = follower.start
                    yield _control("reset", "cursor_not_kept", start)
                yield f"retry: 1000\n: from here on\nid: {start}\n\n".encode()
                async for chunk in self._missed(start, follower.start):
                    yield chunk
                async for chunk in self._live(follower, start):
                    yield chunk
                yield _control("end", "too_slow")
            except DomainError as exc:
                yield _control("end", exc.code)

    async def _missed(self, after: str, until: str) -> AsyncGenerator[bytes]:
        """What happened up to where the feed begins, as the policies show it."""
        while queries.place(after) < queries.place(until):
            events = await queries.follow_events(
                self._db,
                after,
                until,
                project_id=self._wanted.project_id,
                subject_id=self._wanted.task_id,
                limit=_BATCH,
            )
            after = events[-1].cursor if len(events) == _BATCH else until
            yield _text([Told(event) for event in events if self._wanted.has(event)], after)

    async def _live(self, follower: Follower, start: str) -> AsyncGenerator[bytes]:
        """What the feed brings, without what a caller has seen already at a process that was ahead."""
        seen, end = queries.place(start), max(start, follower.start, key=queries.place)
        while (batch := await follower.take(_CHECK_SECONDS)) is not None:
            while not await self._may_see(batch):
                yield _silence(end)
                await asyncio.sleep(_WHILE_AWAY_SECONDS)
            told = [one for one in batch.told if one.place > seen and self._shows(one.event)]
            end = max(end, batch.end, key=queries.place) if batch.told else end
            if told or self._clock() >= self._speak_at:
                self._speak_at = self._clock() + _SILENCE_SECONDS
                yield _text(told, end)

    async def _may_see(self, batch: Batch) -> bool:
        """Look anew at what the caller sees, when it is time or somebody's sight has changed by this batch.

        False while nobody can say; a refusal when the caller may not follow any longer.
        """
        if self._visible and batch.access <= self._access and self._clock() < self._check_at:
            return True
        try:
            async with self._feed.checking:
                await self._admit()
                self._visible = await queries.event_visibility(
                    self._db, self._wanted.project_id, self._wanted.task_id
                )
        except DomainError as exc:
            if exc.status < 500:
                raise
            return False
        self._access = max(self._access, batch.access)
        # Not all at the same moment, whenever they came.
        self._check_at = self._clock() + random.uniform(0.8, 1) * _CHECK_SECONDS  # noqa: S311
        return True

    def _shows(self, event: Event) -> bool:
        return self._visible is not None and self._visible.shows(event) and self._wanted.has(event)


def _text(told: list[Told], end: str) -> bytes:
    """Events, and the cursor up to which there were no others: whoever comes again goes on behind it."""
    return b"".join(one.text for one in told) + f"id: {end}\n\n".encode()


def _silence(end: str) -> bytes:
    return f": still here\nid: {end}\n\n".encode()


def _control(event: str, code: str, cursor: str | None = None) -> bytes:
    told = f'event: {event}\ndata: {{"code":"{code}"}}\n\n'
    return (f"id: {cursor}\n{told}" if cursor else told).encode()
