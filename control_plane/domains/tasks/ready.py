"""Waking agents that wait for work: per kind, after a commit here or a hint from another copy."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager

CHANNEL = "devos_tasks_ready"


class ReadyKinds:
    """Who waits for which kinds. Hints only: a waiter that is never woken looks again by itself."""

    def __init__(self) -> None:
        self._waiters: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def waiting(self, kinds: Iterable[str]) -> Generator[asyncio.Event]:
        """An event that is set when there may be work of one of these kinds."""
        wanted = set(kinds)
        event = asyncio.Event()
        for kind in wanted:
            self._waiters[kind].add(event)
        try:
            yield event
        finally:
            for kind in wanted:
                self._waiters[kind].discard(event)
                if not self._waiters[kind]:
                    del self._waiters[kind]

    def wake(self, kinds: Iterable[str]) -> None:
        """There may be work of these kinds."""
        for kind in set(kinds):
            for event in self._waiters.get(kind, ()):
                event.set()

    def heard(self, payload: str) -> None:
        """A notification: kinds joined by commas; an empty one means that hints may have been missed."""
        self.wake(payload.split(",") if payload else list(self._waiters))
