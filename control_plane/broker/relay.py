"""From the database to the broker: which hints are due. Run by the worker that leads, and by no other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from uuid import UUID

import structlog
from pydantic import TypeAdapter

from control_plane.broker.names import DELAYS
from control_plane.broker.publisher import Hint, Publisher
from control_plane.broker.topology import BrokerAwayError, Topology
from control_plane.db.pool import Call, Database, read_json

_REPEAT_SECONDS = 30
_SWEEP_SECONDS = 5.0
_REST_SECONDS = 1.0
_LISTEN_SECONDS = 0.5
_PER_LANE = 100
# What goes out before it is noted as told: with no more on their way each is confirmed in time.
_AT_ONCE = 500
_HINTS: TypeAdapter[Hint] = TypeAdapter(Hint)
_log = structlog.get_logger()


class HintRelay:
    """Keeps in memory only what would be sent twice without it; the next leader begins with nothing."""

    def __init__(self, database: Database, publisher: Publisher, topology: Topology) -> None:
        self._database = database
        self._publisher = publisher
        self._topology = topology
        self._kinds: set[str] = set()
        self._heard = asyncio.Event()
        self._told: dict[tuple[UUID, int, bool], float] = {}
        self._swept_at = 0.0
        self._is_away = False
        self._missed = True

    def hear(self, kinds: Iterable[str]) -> None:
        """There may be work of these kinds."""
        self._kinds.update(kinds)
        if self._kinds:
            self._heard.set()

    async def run_once(self) -> bool:
        """Publish what there is to tell, waiting a little for it. True: ask again at once."""
        try:
            async with asyncio.timeout(_LISTEN_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            pass
        self._heard.clear()
        kinds, self._kinds = self._kinds, set()
        try:
            await self._publish(kinds)
        except BrokerAwayError as exc:
            if not self._is_away:
                _log.warning("the broker is away; agents wait by long poll", error=str(exc))
            self._is_away = self._missed = True
            await asyncio.sleep(_REST_SECONDS)
        except Exception:
            # The database was away: what was heard is told with all the rest.
            self._missed = True
            raise
        else:
            if self._is_away:
                _log.info("the broker is back")
            self._is_away = False
        return True

    async def close(self) -> None:
        """Let go of the broker. Whoever leads next, this copy too, tells everything once more."""
        self._told.clear()
        self._missed = True
        await self._publisher.close()
        await self._topology.close()

    async def _publish(self, kinds: set[str]) -> None:
        now = time.monotonic()
        if self._missed:
            # Nobody was told while the broker, or a leader, was away.
            await self._tell(await self._hints(None, waiting_seconds=0))
            self._missed = False
        elif kinds:
            await self._tell(await self._hints(sorted(kinds), waiting_seconds=0))
        if now - self._swept_at >= _SWEEP_SECONDS:
            self._swept_at = now
            self._told = {key: at for key, at in self._told.items() if now - at < _REPEAT_SECONDS}
            await self._tell(await self._hints(None, waiting_seconds=_REPEAT_SECONDS))

    async def _hints(self, kinds: list[str] | None, *, waiting_seconds: int) -> list[Hint]:
        call = Call(
            "private.list_hints",
            kinds=kinds,
            waiting_seconds=waiting_seconds,
            later_seconds=0 if waiting_seconds else DELAYS[-1],
            limit=_PER_LANE,
        )
        return [_HINTS.validate_python(read_json(row)) for row in await self._database.call(call)]

    async def _tell(self, hints: list[Hint]) -> None:
        news = [hint for hint in hints if hint.key not in self._told]
        if not news:
            return
        for begin in range(0, len(news), _AT_ONCE):
            some = news[begin : begin + _AT_ONCE]
            await self._publisher.publish(some)
            self._told.update(dict.fromkeys((hint.key for hint in some), time.monotonic()))
