"""The loop of an agent: results in, work out, over one call; renewals beside it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from devos_sdk._attempt import Attempt, Tools
from devos_sdk._chronicle import Chronicle
from devos_sdk._errors import DevosError, Invalid, Unauthorized
from devos_sdk._handler import Handler
from devos_sdk._journal import Journal
from devos_sdk._leases import Renewer
from devos_sdk._models import ClaimedTask
from devos_sdk._outbox import VERBS, Outbox, Result, release
from devos_sdk._pace import Pace
from devos_sdk._running import Running, Stop
from devos_sdk._transport import Transport, back_off
from devos_sdk._wakeups import Wakeups

_logger = logging.getLogger("devos_sdk")

_ANSWER_SECONDS = 15.0
_MOST_CLAIMED = 200
# On their way at once: the server works on one call while handlers end for the next, if that is worth it.
_MOST_CALLS = 2
_WORTH_A_CALL = 100
_LAST_RESULTS = timedelta(seconds=5)
# Where there is work, a poll is answered long before. Cut off then, it would leave tasks that nobody has.
_POLL_ANSWERS_SECONDS = 1.0


class _Outcome(BaseModel):
    task_id: str
    outcome: str


class _Exchange(BaseModel):
    results: list[_Outcome]
    tasks: list[ClaimedTask]


_ANSWER = TypeAdapter(_Exchange)


@dataclass(frozen=True)
class LoopSettings:
    """`outbox`: the folder in which results outlive the process."""

    handlers: Mapping[str, Handler]
    concurrency: int
    lease_seconds: int
    drain: timedelta
    outbox: Path | None = None


class Loop:
    """Runs until it is told to drain, or until the server no longer knows the agent's key (Unauthorized)."""

    def __init__(self, settings: LoopSettings, http: Transport, wakeups: Wakeups) -> None:
        self._settings = settings
        self._wakeups = wakeups
        self._http = http
        self._outbox = Outbox(Journal(settings.outbox))
        # All that is leased: what runs, and what was fetched ahead and waits for its turn.
        self._held: set[Running] = set()
        self._next: deque[Running] = deque()
        self._attempts: set[Attempt] = set()
        self._tools = Tools(http)
        self._pace = Pace(settings.concurrency, settings.lease_seconds)
        self._chronicle = Chronicle()
        self._renewer = Renewer(http, self._held, settings.lease_seconds)
        self._wake = asyncio.Event()
        self._draining = asyncio.Event()
        self._hurry = asyncio.Event()
        self._quiet = asyncio.Event()
        # Calls on their way, and how much work each asks for. The poll is the one that waits for work.
        self._calls: dict[asyncio.Task[list[Running]], int] = {}
        self._poll: asyncio.Task[list[Running]] | None = None
        self._poll_waits_at = 0.0
        self._failures = 0
        head = {"kinds": [*settings.handlers], "lease_seconds": settings.lease_seconds}
        self._head = json.dumps(head)[:-1].encode()

    def drain(self) -> None:
        """Take no more work and finish what is running; called again, give it back at once."""
        if self._draining.is_set():
            self._hurry.set()
        self._draining.set()
        if not self._attempts:
            self._quiet.set()
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
            for attempt in self._attempts:
                attempt.abandon()
            rest: list[asyncio.Task[Any]] = [*parts, *self._calls]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            self._chronicle.sum_up()
            if len(self._outbox):
                _logger.warning("%d results could not be delivered yet", len(self._outbox))
            self._outbox.close()

    async def _cycle(self) -> None:
        """Send results as they come and ask for as much work as there is room for."""
        while True:
            self._wake.clear()
            self._take_in_answers()
            if self._draining.is_set():
                self._give_back_waiting()
            if self._is_drained():
                return
            self._wakeups.free(self._free())
            while self._may_send():
                room = self._room()
                self._call(self._exchange(self._outbox.take(), room, 0), room)
            room = self._room()
            if not self._calls and room > 0:
                self._poll = self._call(self._look_for_work(room), room)
                self._poll_waits_at = time.monotonic() + _POLL_ANSWERS_SECONDS
            await self._wake.wait()

    def _take_in_answers(self) -> None:
        for call in [call for call in self._calls if call.done()]:
            del self._calls[call]
            if call is self._poll:
                self._poll = None
            if not call.cancelled():
                self._take_in(call.result())

    def _may_send(self) -> bool:
        """One call at a time, a second one beside it when much waits, none beside one that is in trouble."""
        if self._draining.is_set() and self._poll is not None:
            return False  # it would take again what is given back
        busy = len(self._calls) - (self._poll is not None)
        if busy == 0:
            return self._outbox.waiting > 0
        return self._outbox.waiting >= _WORTH_A_CALL and busy < _MOST_CALLS and self._failures == 0

    def _call(self, exchange: Coroutine[Any, Any, list[Running]], room: int) -> asyncio.Task[list[Running]]:
        call = asyncio.create_task(exchange)
        call.add_done_callback(lambda _: self._wake.set())
        self._calls[call] = room
        return call

    def _is_drained(self) -> bool:
        return self._draining.is_set() and not (self._attempts or self._calls or len(self._outbox))

    def _give_back_waiting(self) -> None:
        if self._poll is not None:
            soon = self._poll_waits_at - time.monotonic()
            if soon <= 0:
                self._poll.cancel()
            else:
                asyncio.get_running_loop().call_later(soon, self._wake.set)
        while self._next:
            self._give_back(self._next.popleft())

    def _free(self) -> int:
        """How many more tasks there is a place for."""
        if self._draining.is_set():
            return 0
        return max(0, self._settings.concurrency + self._pace.ahead - len(self._held))

    def _room(self) -> int:
        """How many of these no call asks for yet, as far as one call may."""
        return max(0, min(_MOST_CLAIMED, self._free() - sum(self._calls.values())))

    async def _look_for_work(self, room: int) -> list[Running]:
        claimed = await self._exchange([], room, await self._wakeups.patience())
        self._wakeups.found(len(claimed))
        return claimed

    async def _exchange(self, batch: Sequence[Result], room: int, wait_seconds: int) -> list[Running]:
        """One trip. A failed one puts the results back, waits a little and answers no work."""
        sent_at = time.monotonic()
        try:
            answer = await self._http.send_bytes(
                "/api/agents/exchange",
                self._body(batch, room, wait_seconds),
                _ANSWER,
                timeout=wait_seconds + _ANSWER_SECONDS,
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
        answered_at = time.monotonic()
        if wait_seconds == 0:
            self._pace.called(answered_at - sent_at)
        self._after_success(batch, answer.results)
        # A lease begins no earlier than the request, but a long poll may have waited for it.
        leased_at = sent_at if wait_seconds == 0 else answered_at
        return [Running(task, leased_at) for task in answer.tasks]

    def _body(self, batch: Sequence[Result], wanted: int, wait_seconds: int) -> bytes:
        parts = [self._head, b', "wanted": %d, "wait_seconds": %d' % (wanted, wait_seconds)]
        for verb in VERBS:
            items = b",".join(result.item for result in batch if result.verb == verb)
            parts.append(b', "%b": [%b]' % (verb.encode(), items))
        return b"".join((*parts, b"}"))

    def _after_success(self, batch: Sequence[Result], results: Sequence[_Outcome]) -> None:
        if self._failures:
            _logger.info("the control plane answers again")
        self._failures = 0
        self._outbox.settle(batch)
        for result in results:
            if result.outcome == "lease_lost":
                _logger.warning("task %s: lease_lost", result.task_id)
            else:
                self._chronicle.ended(result.task_id, result.outcome)

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

    def _take_in(self, claimed: Sequence[Running]) -> None:
        if not claimed:
            return
        self._held.update(claimed)
        self._next.extend(claimed)
        self._renewer.lease_added()
        self._start_next()

    def _start_next(self) -> None:
        while self._next and len(self._attempts) < self._settings.concurrency:
            running = self._next.popleft()
            handler = self._settings.handlers.get(running.task.kind)
            if handler is None or self._draining.is_set() or running.stop_reason is not None:
                self._give_back(running)
                continue
            self._chronicle.started(running.task)
            attempt = Attempt(handler, running, self._tools, self._ended)
            self._attempts.add(attempt)
            attempt.start()

    def _give_back(self, running: Running) -> None:
        self._held.discard(running)
        if running.stop_reason is not Stop.LEASE_LOST:
            self._outbox.add(release(running.task))

    def _ended(self, attempt: Attempt, result: Result | None) -> None:
        self._attempts.discard(attempt)
        self._held.discard(attempt.running)
        self._pace.finished(time.monotonic() - attempt.started_at)
        if result is not None:
            self._outbox.add(result)
        if self._draining.is_set() and not self._attempts:
            self._quiet.set()
        self._start_next()
        self._wake.set()

    async def _end_in_time(self) -> None:
        """After the signal: time for handlers to finish, then to stop, then for the last results."""
        await self._draining.wait()
        if self._attempts:
            _logger.info("stopping: waiting up to %s for %d tasks", self._settings.drain, len(self._attempts))
        quiet = asyncio.create_task(self._quiet.wait())
        hurry = asyncio.create_task(self._hurry.wait())
        await asyncio.wait(
            {quiet, hurry},
            timeout=self._settings.drain.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        for running in [*self._held]:
            running.stop(Stop.DRAIN)
        await quiet
        hurry.cancel()
        # The cycle ends by itself once all results are delivered; this is for a server that is away.
        await asyncio.sleep(_LAST_RESULTS.total_seconds())
