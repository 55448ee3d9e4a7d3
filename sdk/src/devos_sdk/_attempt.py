"""One attempt: run the handler, watch it, and put its end into words for the server."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_jsonable_python

from devos_sdk._calls import LeaseCalls
from devos_sdk._context import Context, SyncContext
from devos_sdk._errors import BudgetExhausted, Cancelled, RetryLater, Terminal
from devos_sdk._handler import Handler, complaint
from devos_sdk._logs import LogShipper
from devos_sdk._outbox import Result, completion, failure, release
from devos_sdk._portal import in_thread
from devos_sdk._running import HandlerPortal, Running, Stop
from devos_sdk._transport import Transport

_logger = logging.getLogger("devos_sdk")

# A handler that was told to stop and does not is given up after this, so that the slot and the task go on.
STOP_GRACE = timedelta(seconds=5)
# One whose task was cancelled may clean up for longer; the server takes the lease away when it has enough.
CLEAN_UP = timedelta(seconds=60)
_LOG_PATIENCE = timedelta(seconds=5)
_LONGEST_DELAY = 86_400  # what the server takes


@dataclass
class Tools:
    """What all attempts of an agent share."""

    http: Transport
    services: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


class Attempt:
    """Runs a handler to its end. `ended` is called once, with None when the lease is lost: nobody to tell."""

    __slots__ = (
        "_ended",
        "_giving_up",
        "_handler",
        "_is_over",
        "_logs",
        "_running",
        "_task",
        "_time_is_up",
        "_tools",
        "started_at",
    )

    def __init__(
        self,
        handler: Handler,
        running: Running,
        tools: Tools,
        ended: Callable[[Attempt, Result | None], None],
    ) -> None:
        self._handler = handler
        self._running = running
        self._tools = tools
        self._ended: Callable[[Attempt, Result | None], None] | None = ended
        self._logs = LogShipper(tools.http, running)
        self._giving_up: asyncio.TimerHandle | None = None
        self._time_is_up: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = False
        self.started_at = time.monotonic()

    @property
    def running(self) -> Running:
        return self._running

    @property
    def _time_limit(self) -> timedelta | None:
        """The shorter of what the handler allows itself and what the task allows it."""
        of_task = self._running.task.timeout_seconds
        limits = [self._handler.timeout, None if of_task is None else timedelta(seconds=of_task)]
        return min((limit for limit in limits if limit is not None), default=None)

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._run())
        limit = self._time_limit
        if limit is not None:
            self._time_is_up = loop.call_later(limit.total_seconds(), self._running.stop, Stop.TIMEOUT)

    def abandon(self) -> None:
        """The agent itself is ending."""
        self._ended = None
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            value = self._handler.parse(self._running.task.input)
        except ValidationError as exc:
            self._end(failure(self._running.task, "invalid_input", complaint(exc), retryable=False))
            return
        except Exception as exc:  # noqa: BLE001  a validator of the author's may raise anything
            await self._end_with(self._raised(exc))
            return
        try:
            answer = await self._handle(value)
        except asyncio.CancelledError:
            await self._end_with(self._cut_short())
        except (Exception, SystemExit) as exc:  # noqa: BLE001  whatever a handler raises is its answer
            await self._end_with(self._raised(exc))
        else:
            await self._end_with(self._completed(answer))

    async def _handle(self, value: Any) -> Any:
        handler, running = self._handler, self._running
        calls = LeaseCalls(self._tools.http, running, self._tools.services)
        if handler.is_async:
            running.interrupt_with(self._stop_task)
            ctx = Context(running, value, calls, self._logs, None)
            return await handler.fn(*handler.arguments(ctx, value))
        portal = HandlerPortal(running)
        running.interrupt_with(partial(self._stop_thread, portal))
        sync_ctx = SyncContext(running, value, calls, self._logs, portal)
        return await in_thread(partial(handler.fn, *handler.arguments(sync_ctx, value)))

    def _stop_task(self) -> None:
        assert self._task is not None
        if self._is_over:
            return
        if self._giving_up is None:
            self._task.cancel()
        self._expect_the_end()

    def _stop_thread(self, portal: HandlerPortal) -> None:
        if self._is_over:
            return
        portal.interrupt()
        self._expect_the_end()

    def _expect_the_end(self) -> None:
        loop = asyncio.get_running_loop()
        at = loop.time() + STOP_GRACE.total_seconds()
        if self._giving_up is not None:  # told again, for another reason: there is no more time to clean up
            at = min(at, self._giving_up.when())
            self._giving_up.cancel()
        elif self._running.stop_reason is Stop.CANCELLED:
            at += CLEAN_UP.total_seconds()
        self._giving_up = loop.call_at(at, self._give_up)

    def _give_up(self) -> None:
        """The handler goes on though it was told to stop: its slot and its task go on without it."""
        task, reason = self._running.task, self._running.stop_reason
        _logger.error("task %s: the handler did not stop when told to (%s); it was given up", task.id, reason)
        self._end(self._stopped())
        if self._task is not None:
            self._task.cancel()

    async def _end_with(self, result: Result | None) -> None:
        """Log lines need the lease, so they go before the result. What a handler has done is done by now."""
        self._is_over = True
        self._cancel_timers()
        if self._ended is not None and result is not None and self._logs.has_lines:
            await self._logs.finish(_LOG_PATIENCE)
        self._end(result)

    def _end(self, result: Result | None) -> None:
        self._is_over = True
        self._cancel_timers()
        self._logs.stop()
        ended, self._ended = self._ended, None
        if ended is not None:
            ended(self, result)

    def _cancel_timers(self) -> None:
        for timer in (self._giving_up, self._time_is_up):
            if timer is not None:
                timer.cancel()

    def _completed(self, answer: Any) -> Result | None:
        task = self._running.task
        if self._running.stop_reason is Stop.LEASE_LOST:
            return None
        try:
            output: Any = {} if answer is None else to_jsonable_python(answer)
            if not isinstance(output, dict):
                output = {"result": output}
            return completion(task, cast("dict[str, Any]", output))
        except (PydanticSerializationError, ValueError, RecursionError) as exc:
            message = f"The handler's answer cannot be written as JSON: {exc}"
            return failure(task, "invalid_output", message, retryable=False)

    def _cut_short(self) -> Result | None:
        if self._running.stop_reason is None:
            return self._failed(asyncio.CancelledError("the handler cancelled itself"))
        return self._stopped()

    def _raised(self, error: Exception | SystemExit) -> Result | None:
        if self._running.stop_reason is not None:
            return self._stopped()
        self._logs.add("error", f"{type(error).__name__}: {error}")
        _logger.info("task %s: the handler raised", self._running.task.id, exc_info=error)
        return self._failed(error)

    def _stopped(self) -> Result | None:
        task, reason = self._running.task, self._running.stop_reason
        if reason is Stop.LEASE_LOST:
            return None
        if reason is Stop.TIMEOUT:
            message = f"The handler did not finish within {self._time_limit}."
            may_retry = self._handler.retry.allows_another(task.retry_count + 1)
            return failure(task, "timeout", message, retryable=may_retry)
        # Cancelled, drained, or the lease could not be renewed: giving it back burns no attempt, and the
        # server ends a task that was cancelled.
        return release(task)

    def _failed(self, error: BaseException) -> Result:
        task = self._running.task
        may_retry = self._handler.retry.allows_another(task.retry_count + 1)
        match error:
            case Terminal():
                return failure(task, "terminal", str(error) or "the handler gave up", retryable=False)
            case RetryLater(after=after):
                seconds = min(max(0, math.ceil(after.total_seconds())), _LONGEST_DELAY)
                return failure(
                    task,
                    "retry_later",
                    str(error),
                    retryable=may_retry,
                    retry_after_seconds=seconds,
                    later=True,
                )
            case BudgetExhausted():
                return failure(task, error.code, error.detail, retryable=True, blocked_reason="budget")
            case Cancelled():
                message = str(error) or "the handler cancelled itself"
                return failure(task, "cancelled", message, retryable=False)
            case _:
                message = f"{type(error).__name__}: {error}"
                wait = self._handler.retry.delay_seconds(task.retry_count)
                return failure(task, "handler_error", message, retryable=may_retry, retry_after_seconds=wait)
