"""The same verbs sync and async: each is written once, as a coroutine.

An area of verbs is an `Area[Async]` or an `Area[Sync]`. On the first, a verb answers its coroutine; on the
second it runs the coroutine on a loop in another thread and answers the result. Types follow.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M")


class Async:
    """Marks an area whose verbs are awaited."""


class Sync:
    """Marks an area whose verbs block."""


class Portal(Protocol):
    """A way from a thread into an event loop."""

    def call(self, work: Coroutine[Any, Any, T]) -> T: ...


class Area(Generic[M]):
    """Something with verbs."""

    def __init__(self, portal: Portal | None) -> None:
        self._portal = portal


class Verb(Generic[P, T]):
    """A coroutine method that blocks on a sync area."""

    def __init__(self, run: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]) -> None:
        self._run = run
        self.__doc__ = run.__doc__

    @overload
    def __get__(self, area: Area[Async], owner: Any) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, area: Area[Sync], owner: Any) -> Callable[P, T]: ...
    def __get__(self, area: Area[Any] | None, owner: Any) -> Any:
        if area is None:
            return self._run

        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            work = self._run(area, *args, **kwargs)
            portal = _portal_of(area)
            return work if portal is None else portal.call(work)

        return _named_after(self._run, call)


class Walk(Generic[P, T]):
    """An async generator method that is a plain iterator on a sync area."""

    def __init__(self, run: Callable[Concatenate[Any, P], AsyncIterator[T]]) -> None:
        self._run = run
        self.__doc__ = run.__doc__

    @overload
    def __get__(self, area: Area[Async], owner: Any) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, area: Area[Sync], owner: Any) -> Callable[P, Generator[T, None, None]]: ...
    def __get__(self, area: Area[Any] | None, owner: Any) -> Any:
        if area is None:
            return self._run

        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            items = self._run(area, *args, **kwargs)
            portal = _portal_of(area)
            return items if portal is None else _block_on(items, portal)

        return _named_after(self._run, call)


class LoopThread:
    """An event loop in a daemon thread of its own, for callers that have none."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="devos-sdk", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        if self._loop.is_closed():
            work.close()
            raise RuntimeError("This client is closed.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:  # Ctrl-C must not leave the request running
            future.cancel()
            raise

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def in_thread(fn: Callable[[], T]) -> T:
    """Run a blocking function in a daemon thread, which cannot hold up the end of the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = context.run(fn)
        except StopIteration as exc:  # a future cannot carry it
            error = RuntimeError(f"the function raised {exc!r}")
        except BaseException as exc:  # noqa: BLE001  the awaiting side gets it
            error = exc
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="devos-handler", daemon=True).start()
    return await done


def _portal_of(area: Area[Any]) -> Portal | None:
    return area._portal  # pyright: ignore[reportPrivateUsage]


def _named_after(run: Callable[..., Any], call: Callable[..., Any]) -> Callable[..., Any]:
    call.__name__, call.__doc__ = run.__name__, run.__doc__
    return call


def _block_on(items: AsyncIterator[T], portal: Portal) -> Generator[T, None, None]:
    end = object()

    async def following() -> T | object:
        return await anext(items, end)

    try:
        while (item := portal.call(following())) is not end:
            yield item  # type: ignore[misc]
    finally:
        # Whoever stops in the middle must not leave a request open. A closed client has none.
        if isinstance(items, AsyncGenerator):
            with suppress(RuntimeError):
                portal.call(items.aclose())
