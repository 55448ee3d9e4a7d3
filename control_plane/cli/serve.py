"""The API and the worker in one event loop, until a signal asks them to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from control_plane.cli.farewell import Farewell
from control_plane.cli.probe import is_ready
from control_plane.cli.signals import StopSignals
from control_plane.platform.errors import OperatorError
from control_plane.platform.postgres import EmbeddedPostgres
from control_plane.platform.process import reachable_host
from control_plane.platform.settings import Settings

_GRACE_SECONDS = 10.0
_READY_SECONDS = 60.0
_LOOK_SECONDS = 0.25
_STAYS_SECONDS = 10.0
_DEATHS_IN_A_ROW = 20
# Open as long as somebody waits for work or follows events: the 128 of the library would lock others out.
_CONNECTIONS = 10_000
_BACKLOG = 1024
# Longer than agents rest between two calls, which need not connect anew each time.
_SILENCE_MILLISECONDS = 75_000


class Worker(Protocol):
    """What `create_worker` returns."""

    async def run(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class _Part:
    """Something that runs until it is asked to end."""

    name: str
    task: asyncio.Task[None]
    end: Callable[[], object]


async def serve(
    settings: Settings,
    signals: StopSignals,
    ready: Callable[[], Awaitable[None]],
    *,
    api: bool = True,
    worker: bool = True,
    postgres: EmbeddedPostgres | None = None,
) -> None:
    """Run the parts asked for; `ready` is awaited once they answer. Returns after a clean stop."""
    stop = asyncio.Event()
    signals.set_event(stop)
    parts: list[_Part] = []
    if postgres is not None:
        watching = asyncio.create_task(keep_running(postgres))
        parts.append(_Part("database", watching, watching.cancel))
    if api:
        parts.append(_start_api(settings))
    if worker:
        jobs = _worker(settings)
        parts.append(_Part("worker", asyncio.create_task(jobs.run()), jobs.stop))
    tasks = [part.task for part in parts]
    try:
        await _first(_announce(settings if api else None, ready), stop, tasks)
        # What is here by now stays: there is no garbage among it to look for again and again.
        gc.collect()
        gc.freeze()
        await _first(stop.wait(), stop, tasks)
    finally:
        failed = [part for part in parts if part.task.done()]
        await _stop(parts)
    for part in failed:
        problem = None if part.task.cancelled() else part.task.exception()
        raise OperatorError(
            f"The {part.name} ended by itself: {problem or 'without an error'}.",
            "`devos logs` shows what happened.",
        ) from problem


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run what serves to its end, on the loop that costs least."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


async def keep_running(postgres: EmbeddedPostgres) -> None:
    """Start the embedded database again whenever it has ended by itself; gives up when it never stays."""
    deaths = 0
    alive_since = time.monotonic()
    while deaths < _DEATHS_IN_A_ROW:
        await asyncio.sleep(_LOOK_SECONDS)
        if time.monotonic() - alive_since > _STAYS_SECONDS:
            deaths = 0
        if postgres.revive():
            structlog.get_logger(__name__).error("the database ended by itself and was started again")
            alive_since = time.monotonic()
            deaths += 1
    raise OperatorError("it does not stay up", f"See {postgres.log_file}.")


def _start_api(settings: Settings) -> _Part:
    app = _app(settings)
    server = _api_server(app, settings)

    def end() -> None:
        app.begin()
        server.stop()

    return _Part("API", asyncio.create_task(_serve(server)), end)


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
        backlog=_BACKLOG,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_SILENCE_MILLISECONDS),
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
        ssl_ca=settings.tls_client_ca,
        ssl_client_verify=settings.tls_client_ca is not None,
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
            is_ready, f"{settings.scheme}://{reachable_host(settings.host)}:{settings.port}"
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


async def _stop(parts: list[_Part]) -> None:
    for part in parts:
        if not part.task.done():
            part.end()
    tasks = [part.task for part in parts]
    _, late = await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
    if late:
        structlog.get_logger(__name__).warning("requests were cut off", waited_seconds=_GRACE_SECONDS)
        # What granian has to say about each of them is a traceback.
        logging.getLogger("_granian").setLevel(logging.CRITICAL)
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
