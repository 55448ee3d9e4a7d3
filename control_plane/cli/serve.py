"""The API and the worker in one event loop, until a signal asks them to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

import structlog
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from control_plane.cli.farewell import Farewell
from control_plane.cli.probe import is_ready
from control_plane.platform.errors import OperatorError
from control_plane.platform.process import reachable_host
from control_plane.platform.settings import Settings

_GRACE_SECONDS = 10.0
_READY_SECONDS = 60.0


class Worker(Protocol):
    """What `create_worker` returns."""

    async def run(self) -> None: ...
    def stop(self) -> None: ...


async def serve(settings: Settings, *, api: bool, worker: bool, ready: Callable[[], Awaitable[None]]) -> None:
    """Run the parts asked for; `ready` is awaited once they answer. Returns after a clean stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    parts: list[tuple[str, asyncio.Task[None], Callable[[], None]]] = []
    if api:
        app = _app(settings)
        server = _api_server(app, settings)

        def end_api() -> None:
            app.begin()
            server.stop()

        parts.append(("API", loop.create_task(_serve(server)), end_api))
    if worker:
        jobs = _worker(settings)
        parts.append(("worker", loop.create_task(jobs.run()), jobs.stop))
    tasks = [task for _, task, _ in parts]
    try:
        await _first(_announce(settings if api else None, ready), stop, tasks)
        await _first(stop.wait(), stop, tasks)
    finally:
        failed = [(name, task) for name, task, _ in parts if task.done()]
        await _stop([(task, end) for _, task, end in parts])
    for name, task in failed:
        problem = None if task.cancelled() else task.exception()
        raise OperatorError(
            f"The {name} ended by itself: {problem or 'without an error'}.",
            "`devos logs` shows what happened.",
        ) from problem


def _app(settings: Settings) -> Farewell:
    from control_plane.app import create_app

    return Farewell(create_app(settings))


def _api_server(app: Farewell, settings: Settings) -> Server:
    return Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        # Only errors of granian itself, through our own handlers: it would configure handlers of its own.
        log_level=LogLevels.error,
        log_dictconfig={"incremental": True, "handlers": {}, "loggers": {"_granian": {"propagate": True}}},
    )


def _worker(settings: Settings) -> Worker:
    from control_plane.worker import create_worker

    return create_worker(settings)


async def _serve(server: Server) -> None:
    await server.serve()


async def _announce(settings: Settings | None, ready: Callable[[], Awaitable[None]]) -> None:
    if settings is not None:
        deadline = asyncio.get_running_loop().time() + _READY_SECONDS
        while not await asyncio.to_thread(
            is_ready, f"http://{reachable_host(settings.host)}:{settings.port}"
        ):
            if asyncio.get_running_loop().time() > deadline:
                raise OperatorError("The API did not become ready.", "`devos logs` shows what happened.")
            await asyncio.sleep(0.02)
    await ready()


async def _first(
    work: Coroutine[Any, Any, object], stop: asyncio.Event, parts: list[asyncio.Task[None]]
) -> None:
    """Wait for `work`, unless a stop is asked for or one of the parts ends."""
    task = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([task, stopping, *parts], return_when=asyncio.FIRST_COMPLETED)
    for waiting in (task, stopping):
        if not waiting.done():
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting
    if task.done() and not task.cancelled():
        task.result()


async def _stop(parts: list[tuple[asyncio.Task[None], Callable[[], None]]]) -> None:
    for task, end in parts:
        if not task.done():
            end()
    tasks = [task for task, _ in parts]
    _, late = await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
    if late:
        structlog.get_logger(__name__).warning("requests were cut off", waited_seconds=_GRACE_SECONDS)
        # What granian has to say about each of them is a traceback.
        logging.getLogger("_granian").setLevel(logging.CRITICAL)
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
