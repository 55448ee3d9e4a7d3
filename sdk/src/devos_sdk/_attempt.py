"""One attempt: run the handler, watch it, and put its end into words for the server."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Coroutine
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


async def attempt(
    handler: Handler, running: Running, http: Transport, services: dict[tuple[str, str], str]
) -> Result | None:
    """Run the handler to its end. None: the lease is lost, there is nobody to tell."""
    try:
        value = handler.parse(running.task.input)
    except ValidationError as exc:
        return failure(running.task, "invalid_input", complaint(exc), retryable=False)
    logs = LogShipper(http, running)
    shipping = asyncio.create_task(logs.run())
    calls = LeaseCalls(http, running, services)
    work = _start(handler, running, value, calls, logs)
    try:
        await _until_done(work, running, handler.timeout)
        return _result(handler, running, work, logs)
    finally:
        shipping.cancel()
        if running.stop_reason is not Stop.LEASE_LOST:
            await logs.finish(_LOG_PATIENCE)


def _start(
    handler: Handler, running: Running, value: Any, calls: LeaseCalls, logs: LogShipper
) -> asyncio.Task[Any]:
    work: Coroutine[Any, Any, Any]
    if handler.is_async:
        ctx = Context(running, value, calls, logs, None)
        task = asyncio.create_task(handler.fn(*handler.arguments(ctx, value)))
        running.interrupt_with(task.cancel)
        return task
    portal = HandlerPortal(running)
    sync_ctx = SyncContext(running, value, calls, logs, portal)
    work = in_thread(partial(handler.fn, *handler.arguments(sync_ctx, value)))
    running.interrupt_with(portal.interrupt)
    return asyncio.create_task(work)


async def _until_done(work: asyncio.Task[Any], running: Running, timeout: timedelta | None) -> None:
    """Wait for the handler; when it is told to stop, for a while longer."""
    told = asyncio.create_task(running.stopped.wait())
    hurried = asyncio.create_task(running.hurried.wait())
    seconds = timeout.total_seconds() if timeout is not None else None
    try:
        await asyncio.wait({work, told}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not work.done() and not told.done():
            running.stop(Stop.TIMEOUT)
        if running.stop_reason is Stop.CANCELLED:
            await asyncio.wait(
                {work, hurried}, timeout=CLEAN_UP.total_seconds(), return_when=asyncio.FIRST_COMPLETED
            )
        if not work.done():
            await asyncio.wait({work}, timeout=STOP_GRACE.total_seconds())
    finally:
        told.cancel()
        hurried.cancel()
        if not work.done():  # given up, or the loop itself is ending
            work.cancel()


def _result(handler: Handler, running: Running, work: asyncio.Task[Any], logs: LogShipper) -> Result | None:
    task, reason = running.task, running.stop_reason
    if reason is Stop.LEASE_LOST:
        return None
    if not work.done():
        _logger.error("task %s: the handler did not stop when told to (%s); it was given up", task.id, reason)
        return _stopped(handler, running)
    if work.cancelled():
        if reason is not None:
            return _stopped(handler, running)
        return _failed(handler, running, asyncio.CancelledError("the handler cancelled itself"))
    error = work.exception()
    if error is None:
        return _completed(running, work.result())
    if reason is not None:
        return _stopped(handler, running)
    logs.add("error", f"{type(error).__name__}: {error}")
    _logger.info("task %s: the handler raised", task.id, exc_info=error)
    return _failed(handler, running, error)


def _completed(running: Running, answer: Any) -> Result:
    task = running.task
    try:
        output: Any = {} if answer is None else to_jsonable_python(answer)
        if not isinstance(output, dict):
            output = {"result": output}
        return completion(task, cast("dict[str, Any]", output))
    except (PydanticSerializationError, ValueError, RecursionError) as exc:
        message = f"The handler's answer cannot be written as JSON: {exc}"
        return failure(task, "invalid_output", message, retryable=False)


def _stopped(handler: Handler, running: Running) -> Result:
    task = running.task
    if running.stop_reason is Stop.TIMEOUT:
        message = f"The handler did not finish within {handler.timeout}."
        return failure(task, "timeout", message, retryable=handler.retry.allows_another(task.retry_count + 1))
    # Cancelled, drained, or the lease could not be renewed: giving it back burns no attempt, and the server
    # ends a task that was cancelled.
    return release(task)


def _failed(handler: Handler, running: Running, error: BaseException) -> Result:
    task = running.task
    may_retry = handler.retry.allows_another(task.retry_count + 1)
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
            return failure(task, "cancelled", str(error) or "the handler cancelled itself", retryable=False)
        case _:
            message = f"{type(error).__name__}: {error}"
            wait = handler.retry.delay_seconds(task.retry_count)
            return failure(task, "handler_error", message, retryable=may_retry, retry_after_seconds=wait)
