"""Claiming with patience: ask, wait for a hint, ask again, and hold no connection while waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

from litestar import Request

from control_plane.db.pool import Database
from control_plane.domains.tasks import queries
from control_plane.domains.tasks.models import Exchange
from control_plane.domains.tasks.ready import ReadyKinds
from control_plane.http.credentials import Token
from control_plane.http.tokens import not_signed_in

# A lost hint costs this much, and a task that becomes due by time is seen this late.
_LOOK_AGAIN_SECONDS = 1.0

_Answer = TypeVar("_Answer")


async def exchange(
    database: Database, ready: ReadyKinds, key: Token, sent: Exchange, request: Request[Any, Any, Any]
) -> str:
    """Finish what is sent and claim what fits, waiting for work; JSON text. 401 for a wrong key."""

    async def ask() -> str:
        answer = await queries.exchange(database, key, sent)
        if answer is None:
            raise not_signed_in("The key is not valid.")
        return answer

    if sent.completions or sent.failures or sent.releases or not sent.wanted:
        # Results are told at once: their sender may be waiting for room to work.
        return await ask()
    return await until(ask, _has_tasks, ready, sent.kinds, sent.wait_seconds, request)


async def until(
    ask: Callable[[], Awaitable[_Answer]],
    enough: Callable[[_Answer], bool],
    ready: ReadyKinds,
    kinds: Iterable[str],
    wait_seconds: int,
    request: Request[Any, Any, Any],
) -> _Answer:
    """Ask until the answer is enough, the time is over or the caller has gone: nothing is claimed for it."""
    if not wait_seconds:
        return await ask()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_seconds
    gone = asyncio.ensure_future(_gone(request))
    try:
        with ready.waiting(kinds) as woken:
            while True:
                woken.clear()
                answer = await ask()
                left = deadline - loop.time()
                if enough(answer) or left <= 0:
                    return answer
                await _first_of(woken.wait(), gone, timeout=min(left, _LOOK_AGAIN_SECONDS))
                if gone.done():
                    return answer
    finally:
        gone.cancel()


def _has_tasks(answer: str) -> bool:
    # It stays undecoded.
    return not answer.startswith('{"tasks" : []')


async def _gone(request: Request[Any, Any, Any]) -> None:
    """Return when the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _first_of(woken: Awaitable[object], gone: asyncio.Future[None], *, timeout: float) -> None:
    waiter = asyncio.ensure_future(woken)
    try:
        await asyncio.wait({waiter, gone}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()
