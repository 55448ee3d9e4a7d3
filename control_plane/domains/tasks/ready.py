"""Waking agents that wait for work: per kind, after a commit here or a hint from another copy of the API."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager, suppress

from control_plane.platform.errors import DomainError

CHANNEL = "devos_tasks_ready"
# The first of many is told at once, those after it together.
_TELL_AGAIN_SECONDS = 0.01


class ReadyKinds:
    """Who waits for which kinds. Hints only: a waiter that is never woken looks again by itself."""

    def __init__(self) -> None:
        self._waiters: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._name = secrets.token_hex(4)
        self._news: set[str] = set()
        self._has_news = asyncio.Event()

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
        """There may be work of these kinds, created here."""
        news = set(kinds)
        self._wake_here(news)
        self._news |= news
        self._has_news.set()

    async def tell(self, notify: Callable[[str, list[str]], Awaitable[object]]) -> None:
        """Tell the other copies: `notify` gets the name of this one, and the kinds. Until cancelled."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            news, self._news = sorted(self._news), set()
            # The relay tells what is not told here.
            with suppress(DomainError):
                await notify(self._name, news)
            await asyncio.sleep(_TELL_AGAIN_SECONDS)

    def heard(self, payload: str) -> None:
        """A notification: its sender, and kinds joined by commas. Empty: some may have been missed."""
        sender, _, kinds = payload.rpartition(":")
        if sender != self._name:
            self._wake_here(kinds.split(",") if kinds else list(self._waiters))

    def _wake_here(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            for event in self._waiters.get(kind, ()):
                event.set()
