"""`devos up`, `devos api` and `devos worker`."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import psutil
import typer

from control_plane.cli.output import Data, Json, emit, say
from control_plane.cli.signals import StopSignals
from control_plane.cli.state import Server, find_server, forget, remember
from control_plane.platform.errors import OperatorError
from control_plane.platform.postgres import EmbeddedPostgres
from control_plane.platform.process import free_port, listener, port_is_free, reachable_host
from control_plane.platform.secrets import INITIAL_LOGIN, write_private
from control_plane.platform.settings import Settings, load_settings

if TYPE_CHECKING:
    from control_plane.domains.identity.admin import NewLogin

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")]
Broker = Annotated[bool, typer.Option("--broker", help="Run a private RabbitMQ, too.")]
Port = Annotated[
    int | None, typer.Option("--port", help="Port to listen on; 0 chooses a free one. Default: 8000.")
]


def up(
    port: Port = None, host: Host = None, data: Data = None, broker: Broker = False, as_json: Json = False
) -> None:
    """Start everything in one process: database, API and worker. Ctrl-C or `devos down` stops it.

    Examples: `devos up`, `devos up --port 0 --json`, `devos up --data /srv/devos`, `devos up --broker`
    """
    settings = load_settings({"port": port, "host": host, "data": data})
    if not settings.embedded:
        raise OperatorError(
            "DEVOS_DATABASE_URL is set, and `devos up` runs its own database.",
            "Run `devos migrate`, `devos api` and `devos worker` on yours, or unset it.",
        )
    if settings.supabase_url is not None:
        raise OperatorError(
            "DEVOS_SUPABASE_URL is set, and `devos up` runs a database without Supabase's accounts.",
            "Run `devos migrate`, `devos api` and `devos worker` on that project's database, or unset it.",
        )
    running = find_server(settings.data)
    if running is not None:
        raise _already(settings.data, running)
    settings = settings.model_copy(update={"port": _free(settings)})
    with suppress(KeyboardInterrupt):
        _run(settings, broker=broker, as_json=as_json)
    if not as_json:
        say("devos has stopped.")


def api(port: Port = None, host: Host = None, data: Data = None, as_json: Json = False) -> None:
    """Run the API alone, on a database of your own or beside a running `devos up`.

    Examples: `DEVOS_DATABASE_URL=postgresql://... devos api --host 0.0.0.0`, `devos api --port 8001`
    """
    from control_plane.cli.broker import with_broker
    from control_plane.cli.embedded import connected
    from control_plane.cli.serve import run, serve
    from control_plane.platform.logging import configure_logging

    settings = with_broker(
        connected(load_settings({"port": port, "host": host, "data": data}), need="database_url")
    )
    settings = settings.model_copy(update={"port": _free(settings)})
    configure_logging(settings, file=None)

    async def ready() -> None:
        _tell(as_json, f"devos api is ready at {_url(settings)}", url=_url(settings))

    run(serve(settings, StopSignals(), ready, worker=False))


def worker(data: Data = None, as_json: Json = False) -> None:
    """Run the worker alone: outbox, reaper and webhooks, on a database of your own or beside `devos up`.

    Example: `DEVOS_WORKER_DATABASE_URL=postgresql://... devos worker`
    """
    from control_plane.cli.broker import with_broker
    from control_plane.cli.embedded import connected
    from control_plane.cli.serve import run, serve
    from control_plane.platform.logging import configure_logging

    settings = with_broker(connected(load_settings({"data": data}), need="worker_database_url"))
    configure_logging(settings, file=None)

    async def ready() -> None:
        _tell(as_json, "devos worker is running", running=True)

    run(serve(settings, StopSignals(), ready, api=False))


def _run(settings: Settings, *, broker: bool, as_json: bool) -> None:
    from control_plane.cli.broker import ensure_started, with_broker
    from control_plane.cli.embedded import deploy, with_embedded
    from control_plane.cli.serve import run
    from control_plane.platform.logging import configure_logging

    signals = StopSignals()
    signals.interrupt()
    postgres = EmbeddedPostgres(settings.data)
    postgres.start()
    node = None
    try:
        signals.check()
        node = ensure_started(settings) if broker else None
        settings = with_broker(settings)
        forget(settings.data)
        configure_logging(settings, file="devos.log")
        deploy(postgres)
        settings = with_embedded(settings, postgres)
        signals.check()
        run(_serve_all(settings, signals, postgres, as_json=as_json))
    finally:
        # A second Ctrl-C must not leave the database half stopped.
        signals.ignore()
        forget(settings.data)
        if node is not None:
            node.stop()
        postgres.stop()


async def _serve_all(
    settings: Settings, signals: StopSignals, postgres: EmbeddedPostgres, *, as_json: bool
) -> None:
    import structlog

    from control_plane.cli.serve import serve

    login = settings.data / INITIAL_LOGIN
    admin = await _ensure_admin(settings, login)

    async def ready() -> None:
        remember(settings.data, _url(settings), settings.port)
        structlog.get_logger(__name__).info("devos is ready", url=_url(settings))
        _welcome(settings, admin, login, as_json=as_json)

    await serve(settings, signals, ready, postgres=postgres)


async def _ensure_admin(settings: Settings, login: Path) -> NewLogin | None:
    from control_plane.domains.identity import admin

    assert settings.admin_database_url is not None
    return await admin.ensure_admin(
        settings.admin_database_url.get_secret_value(),
        keep=lambda made: write_private(login, f"email    {made.email}\npassword {made.password}\n"),
    )


def _welcome(settings: Settings, admin: NewLogin | None, login: Path, *, as_json: bool) -> None:
    seconds = round(time.time() - psutil.Process().create_time(), 1)
    url = _url(settings)
    if as_json:
        emit(
            {
                "url": url,
                "email": admin.email if admin else None,
                "password": admin.password if admin else None,
                "data": str(settings.data),
                "pid": psutil.Process().pid,
                "ready_seconds": seconds,
            }
        )
        return
    say(f"[bold green]devos is ready[/] at [bold]{url}[/] in {seconds} s")
    say(f"  API pages  {url}/api/docs")
    if admin is not None:
        say(f"  sign in    {admin.email}  [bold]{admin.password}[/]")
        say(f"             (shown once; kept in {login})")
    elif login.exists():
        say(f"  sign in    as noted in {login}")
    say(f"  data       {settings.data}")
    say(f"  next       DEVOS_URL={url} devos login")
    say(f"  stop       Ctrl-C, or `devos down --data {settings.data}`")


def _tell(as_json: bool, text: str, **facts: object) -> None:
    if as_json:
        emit(facts)
    else:
        say(text)


def _url(settings: Settings) -> str:
    return f"{settings.scheme}://{reachable_host(settings.host)}:{settings.port}"


def _already(data: Path, running: Server) -> OperatorError:
    where = f" at {running.url}" if running.url else ", still starting"
    return OperatorError(
        f"devos already runs on {data} (pid {running.pid}{where}).",
        f"Use that one, stop it with `devos down --data {data}`, "
        "or start another on its own folder with --data and --port.",
    )


def _free(settings: Settings) -> int:
    """The port to use; a taken one is explained."""
    try:
        if settings.port == 0:
            return free_port(settings.host)
        if port_is_free(settings.host, settings.port):
            return settings.port
    except OSError as exc:
        raise OperatorError(
            f"Nothing can listen on {settings.host}: {exc.strerror}.", "Choose another --host."
        ) from exc
    raise OperatorError(
        f"Port {settings.port} is taken by {listener(settings.port)}.",
        f"Choose another one: `devos up --port {free_port(settings.host)}`.",
    )
