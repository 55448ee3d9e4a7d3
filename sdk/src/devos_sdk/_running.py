"""One claimed task while it is here: its lease on our own clock, and being told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from enum import StrEnum
from typing import Any, TypeVar

from devos_sdk._errors import Cancelled
from devos_sdk._models import ClaimedTask

T = TypeVar("T")

_SAFE_PART_OF_LEASE = 0.8


class Stop(StrEnum):
    """Why a handler was told to stop."""

    CANCELLED = "cancelled"
    LEASE_LOST = "lease_lost"
    LEASE_UNRENEWED = "lease_unrenewed"
    TIMEOUT = "timeout"
    DRAIN = "drain"


class Running:
    """A claimed task and its lease, counted from `leased_at` on time.monotonic, never on a wall clock."""

    __slots__ = ("_interrupt", "lapses_at", "lease_seconds", "renewed_at", "stop_reason", "task")

    def __init__(self, task: ClaimedTask, leased_at: float) -> None:
        self.task = task
        self.lease_seconds = task.lease_seconds
        self.renewed(leased_at)
        self.stop_reason: Stop | None = None
        self._interrupt: Callable[[], object] | None = None

    def renewed(self, sent_at: float, left_seconds: float | None = None) -> None:
        """So much of the lease was left after `sent_at`, or all of it.

        A lease that is not renewed counts as lost here well before it is lost over there.
        """
        left = self.lease_seconds if left_seconds is None else left_seconds
        self.renewed_at = sent_at
        self.lapses_at = sent_at + left * _SAFE_PART_OF_LEASE

    def interrupt_with(self, interrupt: Callable[[], object]) -> None:
        """How to reach the handler when it must stop."""
        self._interrupt = interrupt
        if self.stop_reason is not None:
            interrupt()

    def stop(self, reason: Stop) -> None:
        """Tell the handler to stop. The first reason stands, except that a lost lease beats all.

        Told again for another reason, it is interrupted again: what is left of its grace is gone.
        """
        news = reason is not self.stop_reason
        if reason is Stop.LEASE_LOST or self.stop_reason is None:
            self.stop_reason = reason
        if news and self._interrupt is not None:
            self._interrupt()


class HandlerPortal:
    """From a sync handler's thread into the agent's loop. Raises Cancelled once the handler must stop."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._loop = asyncio.get_running_loop()
        self._call: Future[Any] | None = None

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        if self._running.stop_reason is not None:
            work.close()
            raise Cancelled(self._running.stop_reason)
        self._call = future = asyncio.run_coroutine_threadsafe(work, self._loop)
        if self._running.stop_reason is not None:  # told in between
            future.cancel()
        try:
            return future.result()
        except CancelledError:
            raise Cancelled(self._running.stop_reason or Stop.CANCELLED) from None

    def interrupt(self) -> None:
        if self._call is not None:
            self._call.cancel()
