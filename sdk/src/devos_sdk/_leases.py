"""The leases of an agent: renewed in one call, and counted on our own clock."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Set as AbstractSet

from pydantic import BaseModel

from devos_sdk._errors import DevosError, Unauthorized
from devos_sdk._running import Running, Stop
from devos_sdk._transport import Transport, parse

_logger = logging.getLogger("devos_sdk")

_MOST_LEASES = 1_000  # what the server takes in one call
_LOOK_AGAIN_SECONDS = 1.0


class _Renewed(BaseModel):
    outcome: str
    cancel_requested: bool = False
    lease_left_seconds: float | None = None


class _Renewals(BaseModel):
    results: list[_Renewed]


# A lease that is lost, or that counts as lost here, is not asked for again.
_GONE = (Stop.LEASE_LOST, Stop.LEASE_UNRENEWED)


# A renewal also tells what was cancelled, and that is to be known within seconds.
_NEWS_SECONDS = 5.0


class Renewer:
    """Asks at a third of the lease, or sooner: a renewal may fail, and another, before a handler has to stop.

    The server makes a lease longer when a fifth of it is gone, and says each time how much is left.
    """

    def __init__(self, http: Transport, held: AbstractSet[Running], lease_seconds: int) -> None:
        self._http = http
        self._held = held
        self._lease_seconds = lease_seconds
        self._first_lease = asyncio.Event()
        self._not_before = 0.0

    def lease_added(self) -> None:
        """There is something to watch. A lease lasts a second at least: nobody is woken for each."""
        self._first_lease.set()

    async def run(self) -> None:
        watching = asyncio.create_task(self._watch())
        try:
            while True:
                held = await self._due()
                for first in range(0, len(held), _MOST_LEASES):
                    await self._renew(held[first : first + _MOST_LEASES])
        finally:
            watching.cancel()

    async def _due(self) -> list[Running]:
        """Wait until a lease must be renewed; all of them are then."""
        while True:
            held = self._living()
            if not held:
                self._first_lease.clear()
                await self._first_lease.wait()
                continue
            due = min(running.renewed_at + min(running.lease_seconds / 3, _NEWS_SECONDS) for running in held)
            wait = max(due, self._not_before) - time.monotonic()
            if wait <= 0:
                return held
            await asyncio.sleep(min(wait, _LOOK_AGAIN_SECONDS))

    async def _watch(self) -> None:
        """Stop handlers whose lease could not be renewed, whatever the calls are doing meanwhile."""
        while True:
            held = self._living()
            now = time.monotonic()
            for running in held:
                if running.lapses_at <= now:
                    running.stop(Stop.LEASE_UNRENEWED)
            if not held:
                self._first_lease.clear()
                await self._first_lease.wait()
                continue
            left = min((running.lapses_at for running in held), default=now) - now
            await asyncio.sleep(min(max(0.01, left), _LOOK_AGAIN_SECONDS))

    def _living(self) -> list[Running]:
        return [running for running in self._held if running.stop_reason not in _GONE]

    async def _renew(self, held: list[Running]) -> None:
        sent_at = time.monotonic()
        leases = [{"task_id": r.task.id, "lease_token": r.task.lease_token} for r in held]
        body = {"lease_seconds": self._lease_seconds, "leases": leases}
        shortest = min(r.lease_seconds for r in held)
        try:
            answer = await self._http.send(
                "POST", "/api/tasks/renew", json=body, timeout=max(1.0, shortest / 4)
            )
            results = parse(_Renewals, answer).results
        except Unauthorized:
            raise
        except DevosError as exc:
            _logger.warning("leases could not be renewed, trying again: %s", exc)
            self._not_before = time.monotonic() + min(2.0, shortest / 10)
            return
        for running, result in zip(held, results, strict=False):  # in the order sent
            self._apply(running, result, sent_at)

    def _apply(self, running: Running, result: _Renewed, sent_at: float) -> None:
        if result.outcome == "lease_lost":
            if running in self._held:  # else it was finished while the renewal was on its way
                _logger.warning("task %s: the lease passed to another attempt", running.task.id)
            running.stop(Stop.LEASE_LOST)
            return
        running.renewed(sent_at, result.lease_left_seconds)
        if result.cancel_requested:
            running.stop(Stop.CANCELLED)
