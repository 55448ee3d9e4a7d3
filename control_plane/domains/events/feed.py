"""The feed of one API process: new events are read once, however many callers follow them.

Order and cursor are the pair (xid, id), read only below the oldest running transaction, so that nothing which
commits late is passed over (sql/migrations/0004_journal.sql).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog

from control_plane.db.pool import Database
from control_plane.domains.events import queries
from control_plane.domains.events.models import Event
from control_plane.platform.errors import DomainError

# How late a follower may learn of a commit; asked only while somebody follows.
_LOOK_AGAIN_SECONDS = 0.025
# Added per follower after a batch: while much happens, many followers get fewer and larger batches.
_HAND_OUT_SECONDS = 0.0002
_AFTER_A_FAULT_SECONDS = 1.0
_BATCH = 500
# What waits for one follower, about 10 MB at the most; all who wait share it.
_WAITING_EVENTS = 10_000
_CHECKS_AT_ONCE = 4
# Of one person: as many as tabs in a browser. A program that forgets to close them costs the others no more.
MOST_STREAMS = 20
_log = structlog.get_logger()


class Told:
    """An event and how it goes over the wire, written once for all who follow."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.place = queries.place(event.cursor)
        data = event.model_dump_json()
        self.text = f"id: {event.cursor}\nevent: {event.type}\ndata: {data}\n\n".encode()


@dataclass(frozen=True)
class Batch:
    """New events in order; `access` counts how often by then somebody's sight may have changed."""

    told: list[Told]
    access: int

    @property
    def end(self) -> str:
        return self.told[-1].event.cursor


class Follower:
    """What one caller has not taken yet. `start` is the cursor after which its batches begin."""

    def __init__(self, start: str) -> None:
        self.start = start
        self._batches: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._waiting = 0
        self._over = False

    def give(self, batch: Batch) -> None:
        """Hand over new events. For who takes too long it is over after those that wait already."""
        if self._over:
            return
        self._waiting += len(batch.told)
        self._over = self._waiting > _WAITING_EVENTS
        self._batches.put_nowait(None if self._over else batch)

    async def take(self, seconds: float) -> Batch | None:
        """The next batch; an empty one when none came in time, None when it is over."""
        try:
            async with asyncio.timeout(seconds):
                batch = await self._batches.get()
        except TimeoutError:
            return Batch([], 0)
        self._waiting -= len(batch.told) if batch else 0
        return batch


class EventFeed:
    """Reads events while anybody follows them."""

    def __init__(self, database: Database) -> None:
        # Many who look anew at the same moment must not take all connections.
        self.checking = asyncio.Semaphore(_CHECKS_AT_ONCE)
        self._database = database
        self._followers: set[Follower] = set()
        self._streams: Counter[UUID | None] = Counter()
        self._position = ""
        self._access = 0
        self._seen_access: set[int] = set()
        self._finding = asyncio.Lock()
        self._followed = asyncio.Event()

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await self._followed.wait()
            try:
                pause = await self._read()
            except Exception:  # noqa: BLE001 - one row that cannot be told must not silence all others for good
                _log.exception("reading events failed")
                pause = _AFTER_A_FAULT_SECONDS
            await asyncio.sleep(pause)

    async def knows(self, cursor: str) -> bool:
        """Whether every event after a cursor is still kept."""
        return await queries.knows_cursor(self._database, cursor)

    def require_room(self, who: UUID | None) -> None:
        """429 for somebody who follows often enough here."""
        if self._streams[who] >= MOST_STREAMS:
            raise DomainError(
                429,
                "too_many_streams",
                f"You have {MOST_STREAMS} streams open.",
                "Close one, or follow several projects with one stream.",
                headers={"Retry-After": "5"},
            )

    @asynccontextmanager
    async def follow(self, who: UUID | None) -> AsyncGenerator[Follower]:
        """Take part in the feed from here on."""
        with self._counted(who):
            async with self._finding:
                if not self._followers:
                    self._position = await queries.feed_position(self._database)
                # From here to the next await nothing is read: the follower misses nothing after its start.
                follower = Follower(self._position)
                self._followers.add(follower)
                self._followed.set()
            try:
                yield follower
            finally:
                self._followers.discard(follower)
                if not self._followers:
                    self._followed.clear()

    @contextmanager
    def _counted(self, who: UUID | None) -> Generator[None]:
        self._streams[who] += 1
        try:
            yield
        finally:
            self._streams[who] -= 1
            self._streams += Counter()  # keeps what is above zero

    async def _read(self) -> float:
        """Pass on what is new; answers how long to wait before the next look."""
        asked = self._position
        try:
            fresh = await queries.read_feed(self._database, asked, limit=_BATCH)
        except DomainError as exc:
            _log.warning("reading events failed", code=exc.code)
            return _AFTER_A_FAULT_SECONDS
        if self._position != asked:
            return 0.0  # All followers have gone meanwhile, and others have come.
        access = {*fresh.access}
        self._access += len(access - self._seen_access)
        self._seen_access = access
        if not fresh.events:
            return _LOOK_AGAIN_SECONDS
        batch = Batch([Told(event) for event in fresh.events], self._access)
        self._position = batch.end
        for follower in self._followers:
            follower.give(batch)
        return 0.0 if len(fresh.events) == _BATCH else _LOOK_AGAIN_SECONDS + self._hand_out_seconds

    @property
    def _hand_out_seconds(self) -> float:
        return _HAND_OUT_SECONDS * len(self._followers)
