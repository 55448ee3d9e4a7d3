"""Waking agents that wait for work: per kind, after a commit here or a hint from another copy of the API.

Beside that one look a second for all who wait here: hints may be lost, and tasks become due by time.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from control_plane.platform.errors import DomainError

CHANNEL = "devos_tasks_ready"
# The first of many is told at once, those after it together.
_TELL_AGAIN_SECONDS = 0.01
# A lost hint costs this much, and a task that becomes due by time is seen this late.
_LOOK_AGAIN_SECONDS = 1.0
_log = structlog.get_logger()

Waiting = list[dict[str, list[str]]]
"""Who waits for what: kinds, and the agent keys that wait for them."""


@dataclass(eq=False)
class _Waiter:
    key_id: str
    kinds: frozenset[str]
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class ReadyKinds:
    """Who waits for which kinds."""

    def __init__(self) -> None:
        self._waiters: set[_Waiter] = set()
        self._by_kind: defaultdict[str, set[_Waiter]] = defaultdict(set)
        self._is_waited = asyncio.Event()
        self._name = secrets.token_hex(4)
        self._news: set[str] = set()
        self._has_news = asyncio.Event()

    @contextmanager
    def waiting(self, key_id: str, kinds: Iterable[str]) -> Generator[asyncio.Event]:
        """An event that is set when there may be work of one of these kinds, or the agent key has ended."""
        waiter = _Waiter(key_id, frozenset(kinds))
        self._waiters.add(waiter)
        for kind in waiter.kinds:
            self._by_kind[kind].add(waiter)
        self._is_waited.set()
        try:
            yield waiter.woken
        finally:
            self._waiters.discard(waiter)
            for kind in waiter.kinds:
                self._by_kind[kind].discard(waiter)
                if not self._by_kind[kind]:
                    del self._by_kind[kind]
            if not self._waiters:
                self._is_waited.clear()

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
            try:
                await notify(self._name, news)
            except DomainError:
                pass
            except Exception:  # noqa: BLE001 - one telling that fails must not end all later ones
                _log.exception("telling of work failed")
            await asyncio.sleep(_TELL_AGAIN_SECONDS)

    async def look(self, find: Callable[[Waiting], Awaitable[list[str]]]) -> None:
        """Wake those whose keys are found, once a second while anybody waits. Until cancelled."""
        took = 0.0
        while True:
            await self._is_waited.wait()
            # A look that took long, because nothing is vacuumed, is taken more seldom.
            await asyncio.sleep(max(_LOOK_AGAIN_SECONDS, 10 * took))
            if self._waiters:
                began = time.monotonic()
                keys = await self._found(find)
                took = time.monotonic() - began
                for waiter in self._waiters:
                    if keys is None or waiter.key_id in keys:
                        waiter.woken.set()

    async def _found(self, find: Callable[[Waiting], Awaitable[list[str]]]) -> set[str] | None:
        """None for everybody: when nobody can say, each hears why when it asks by itself."""
        groups: defaultdict[frozenset[str], set[str]] = defaultdict(set)
        for waiter in self._waiters:
            groups[waiter.kinds].add(waiter.key_id)
        try:
            return set(await find([{"kinds": [*kinds], "keys": [*keys]} for kinds, keys in groups.items()]))
        except DomainError:
            return None
        except Exception:  # noqa: BLE001 - one look that fails must not end all later ones
            _log.exception("looking for work failed")
            return None

    def heard(self, payload: str) -> None:
        """A notification: its sender, and kinds joined by commas. Empty: some may have been missed."""
        sender, _, kinds = payload.rpartition(":")
        if sender != self._name:
            self._wake_here(kinds.split(",") if kinds else list(self._by_kind))

    def _wake_here(self, kinds: Iterable[str]) -> None:
        for kind in kinds:
            for waiter in self._by_kind.get(kind, ()):
                waiter.woken.set()
