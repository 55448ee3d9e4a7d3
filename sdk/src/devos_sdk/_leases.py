"""Renewal of all leases of an agent, in one call."""

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


class _Renewed(BaseModel):
    outcome: str
    cancel_requested: bool = False


class _Renewals(BaseModel):
    results: list[_Renewed]


# A lease that is lost, or that counts as lost here, is not asked for again.
_GONE = (Stop.LEASE_LOST, Stop.LEASE_UNRENEWED)


# A renewal also tells what was cancelled, and that is to be known within seconds.
_NEWS_SECONDS = 5.0


class Renewer:
    """Renews at a third of the lease, or sooner: two renewals may fail before a handler has to stop."""

    def __init__(self, http: Transport, held: AbstractSet[Running], lease_seconds: int) -> None:
        self._http = http
        self._held = held
        self._lease_seconds = lease_seconds
        self._changed = asyncio.Event()
        self._not_before = 0.0

    def lease_added(self) -> None:
        self._changed.set()

    async def run(self) -> None:
        while True:
            self._changed.clear()
            held = [running for running in self._held if running.stop_reason not in _GONE]
            due = [running.renewed_at + min(running.lease_seconds / 3, _NEWS_SECONDS) for running in held]
            wait = max(min(due), self._not_before) - time.monotonic() if due else None
            if wait is None or wait > 0:
                try:
                    async with asyncio.timeout(wait):
                        await self._changed.wait()
                except TimeoutError:
                    pass
                continue
            await self._renew(held)

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
            _logger.warning("task %s: the lease passed to another attempt", running.task.id)
            running.stop(Stop.LEASE_LOST)
            return
        running.renewed(sent_at)
        if result.cancel_requested:
            running.stop(Stop.CANCELLED)
