"""The loop of an agent: results in, work out, over one call; renewals beside it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from devos_sdk._attempt import attempt
from devos_sdk._errors import DevosError, Invalid, Unauthorized
from devos_sdk._handler import Handler
from devos_sdk._leases import Renewer
from devos_sdk._models import ClaimedTask
from devos_sdk._outbox import Outbox, Result, release
from devos_sdk._running import Running, Stop
from devos_sdk._transport import Transport, back_off, parse

_logger = logging.getLogger("devos_sdk")

_LONG_POLL_SECONDS = 25
_ANSWER_SECONDS = 15.0
_LAST_RESULTS = timedelta(seconds=5)


class _Outcome(BaseModel):
    task_id: str
    outcome: str


class _Exchange(BaseModel):
    results: list[_Outcome]
    tasks: list[ClaimedTask]


@dataclass(frozen=True)
class LoopSettings:
    handlers: Mapping[str, Handler]
    concurrency: int
    lease_seconds: int
    drain: timedelta


class Loop:
    """Runs until it is told to drain, or until the server no longer knows the agent's key (Unauthorized)."""

    def __init__(self, settings: LoopSettings, http: Transport) -> None:
        self._settings = settings
        self._http = http
        self._outbox = Outbox()
        self._held: set[Running] = set()
        self._attempts: set[asyncio.Task[None]] = set()
        self._services: dict[tuple[str, str], str] = {}
        self._renewer = Renewer(http, self._held, settings.lease_seconds)
        self._wake = asyncio.Event()
        self._draining = asyncio.Event()
        self._hurry = asyncio.Event()
        self._poll: asyncio.Task[list[Running]] | None = None
        self._failures = 0

    def drain(self) -> None:
        """Take no more work and finish what is running; called again, give it back at once."""
        if self._draining.is_set():
            self._hurry.set()
        self._draining.set()
        self._wake.set()

    async def run(self) -> None:
        parts = [
            asyncio.create_task(self._cycle(), name="cycle"),
            asyncio.create_task(self._renewer.run(), name="renewer"),
            asyncio.create_task(self._end_in_time(), name="drain"),
        ]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            rest: list[asyncio.Task[Any]] = [*parts, *self._attempts]
            if self._poll is not None:
                rest.append(self._poll)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            if len(self._outbox):
                _logger.warning(
                    "%d results could not be delivered; their leases will expire", len(self._outbox)
                )

    async def _cycle(self) -> None:
        """Send results as they come and ask for as much work as there is room for."""
        while True:
            self._wake.clear()
            if self._poll is not None and self._poll.done():
                poll, self._poll = self._poll, None
                if not poll.cancelled():
                    self._start(poll.result())
            if self._draining.is_set() and self._poll is not None:
                self._poll.cancel()
            if self._is_drained():
                return
            free = self._free()
            if self._outbox.has_waiting:
                # A poll on its way already asks for part of the room.
                self._start(await self._exchange(self._outbox.take(), 0 if self._poll else free, 0))
                continue
            if free > 0 and self._poll is None:
                self._poll = asyncio.create_task(self._exchange([], free, _LONG_POLL_SECONDS))
                self._poll.add_done_callback(lambda _: self._wake.set())
            await self._wake.wait()

    def _is_drained(self) -> bool:
        return self._draining.is_set() and not self._attempts and not len(self._outbox) and self._poll is None

    def _free(self) -> int:
        return 0 if self._draining.is_set() else min(100, self._settings.concurrency - len(self._attempts))

    async def _exchange(self, batch: Sequence[Result], wanted: int, wait_seconds: int) -> list[Running]:
        """One trip. A failed one puts the results back, waits a little and answers no work."""
        body: dict[str, Any] = {
            "kinds": [*self._settings.handlers],
            "wanted": wanted,
            "wait_seconds": wait_seconds,
            "lease_seconds": self._settings.lease_seconds,
        }
        for verb in ("completions", "failures", "releases"):
            body[verb] = [result.as_json() for result in batch if result.verb == verb]
        sent_at = time.monotonic()
        try:
            answer = parse(
                _Exchange,
                await self._http.send(
                    "POST", "/api/agents/exchange", json=body, timeout=wait_seconds + _ANSWER_SECONDS
                ),
            )
        except Invalid as exc:
            await self._after_refusal(batch, exc)
            return []
        except (Unauthorized, asyncio.CancelledError):
            self._outbox.put_back(batch)
            raise
        except DevosError as exc:
            self._outbox.put_back(batch)
            await self._after_failure(exc)
            return []
        self._after_success(batch, answer.results)
        # A lease begins no earlier than the request, but a long poll may have waited for it.
        leased_at = sent_at if wait_seconds == 0 else time.monotonic()
        return [Running(task, leased_at) for task in answer.tasks]

    def _after_success(self, batch: Sequence[Result], results: Sequence[_Outcome]) -> None:
        if self._failures:
            _logger.info("the control plane answers again")
        self._failures = 0
        self._outbox.settle(batch)
        for result in results:
            level = logging.WARNING if result.outcome == "lease_lost" else logging.INFO
            _logger.log(level, "task %s: %s", result.task_id, result.outcome)

    async def _after_failure(self, error: DevosError) -> None:
        if self._failures == 0:
            _logger.warning("%s Trying again.", error)
        delay = error.retry_after.total_seconds() if error.retry_after else back_off(self._failures)
        self._failures += 1
        await self._pause(delay)

    async def _after_refusal(self, batch: Sequence[Result], error: Invalid) -> None:
        if not batch:
            await self._after_failure(error)
            return
        given_up = self._outbox.refuse(batch, error.detail)
        if given_up is not None:
            _logger.error("task %s: its result was refused: %s", given_up.task_id, error)

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not into the end of the process."""
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass

    def _start(self, claimed: Sequence[Running]) -> None:
        for running in claimed:
            handler = self._settings.handlers.get(running.task.kind)
            if handler is None or self._draining.is_set():
                running.close()
                self._outbox.add(release(running.task))
                continue
            _logger.info("task %s: attempt %d: %s", running.task.id, running.task.attempt, running.task.title)
            self._held.add(running)
            self._renewer.lease_added()
            work = asyncio.create_task(self._work(handler, running))
            self._attempts.add(work)
            work.add_done_callback(self._ended)

    async def _work(self, handler: Handler, running: Running) -> None:
        try:
            result = await attempt(handler, running, self._http, self._services)
        finally:
            running.close()
            self._held.discard(running)
        if result is not None:
            self._outbox.add(result)

    def _ended(self, work: asyncio.Task[None]) -> None:
        self._attempts.discard(work)
        self._wake.set()
        if not work.cancelled() and (error := work.exception()) is not None:
            _logger.error("an attempt ended without a result", exc_info=error)

    async def _end_in_time(self) -> None:
        """After the signal: time for handlers to finish, then to stop, then for the last results."""
        await self._draining.wait()
        if self._attempts:
            _logger.info("stopping: waiting up to %s for %d tasks", self._settings.drain, len(self._attempts))
        hurry = asyncio.create_task(self._hurry.wait())
        finished = asyncio.create_task(self._attempts_ended())
        await asyncio.wait(
            {hurry, finished},
            timeout=self._settings.drain.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        for running in [*self._held]:
            running.stop(Stop.DRAIN)
        await finished
        hurry.cancel()
        # The cycle ends by itself once all results are delivered; this is for a server that is away.
        await asyncio.sleep(_LAST_RESULTS.total_seconds())

    async def _attempts_ended(self) -> None:
        while self._attempts:
            await asyncio.wait([*self._attempts])
