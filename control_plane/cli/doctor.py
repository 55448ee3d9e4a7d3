"""`devos doctor`: what is in the way, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer
from rich.markup import escape

from control_plane.cli.output import Data, Json, emit, say
from control_plane.cli.probe import health
from control_plane.cli.state import find_server
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres_host import (
    MAJOR,
    SYSTEM_USER,
    check_enterable,
    find_account,
    package_folder,
)
from control_plane.platform.process import listener, port_is_free
from control_plane.platform.settings import PREFIX, Settings, load_settings, variables

_NEEDED_BYTES = 500_000_000
# Variables that belong to agents, the SDK and the demo; they are no settings of the control plane.
_FOREIGN = (
    "DEVOS_AGENT_",
    "DEVOS_API_KEY",
    "DEVOS_CA_FILE",
    "DEVOS_CLIENT_",
    "DEVOS_DEMO_",
    "DEVOS_KEY_FILE",
    "DEVOS_REGISTRATION_TOKEN",
    "DEVOS_TOKEN",
    "DEVOS_URL",
)


@dataclass(frozen=True)
class Finding:
    """The answer of one check."""

    check: str
    result: Literal["ok", "warning", "failed"]
    detail: str
    hint: str = ""


def doctor(data: Data = None, as_json: Json = False) -> None:
    """Check settings, folder, Postgres, server, queue and broker. Ends with 1 if a check failed.

    Examples: `devos doctor`, `devos doctor --json`
    """
    findings = list(_examine({"data": data}))
    failed = any(finding.result == "failed" for finding in findings)
    if as_json:
        emit({"ok": not failed, "checks": [asdict(finding) for finding in findings]})
    else:
        colors = {"ok": "green", "warning": "yellow", "failed": "red"}
        for finding in findings:
            color = colors[finding.result]
            say(f"[{color}]{finding.result:<7}[/] {finding.check:<10} {escape(finding.detail)}")
            if finding.hint:
                say(f"                   [dim]{escape(finding.hint)}[/]")
    if failed:
        raise typer.Exit(1)


def _examine(flags: dict[str, object]) -> Iterator[Finding]:
    yield _python()
    try:
        settings = load_settings(flags)
    except OperatorError as exc:
        yield Finding("settings", "failed", exc.message, exc.hint)
        return
    yield _settings(settings)
    checks: list[tuple[str, Callable[[Settings], Finding]]] = [
        ("sql", _sql),
        ("postgres", _postgres),
        ("data", _data),
        ("disk", _disk),
        ("server", _server),
        ("queue", _queue),
        ("broker", _broker),
        ("git", _git),
        ("webhooks", _webhooks),
    ]
    for name, check in checks:
        try:
            yield check(settings)
        except OperatorError as exc:
            yield Finding(name, "failed", exc.message, exc.hint)


def _python() -> Finding:
    return Finding("python", "ok", f"{sys.version.split()[0]} at {sys.executable}")


def _settings(settings: Settings) -> Finding:
    known = {variable for name in Settings.model_fields for variable in variables(name)}
    known |= {f"{variable}_FILE" for variable in known}
    strange = sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not name.startswith(_FOREIGN)
    )
    if strange:
        return Finding(
            "settings", "warning", f"{strange[0]} is no setting of devos.", "`devos config show` lists all."
        )
    database = "the embedded database" if settings.embedded else "a database of your own"
    return Finding("settings", "ok", f"valid, with {database}")


def _sql(settings: Settings) -> Finding:
    return Finding("sql", "ok", str(sql_dir()))


def _postgres(settings: Settings) -> Finding:
    if not settings.embedded:
        return Finding("postgres", "ok", "not needed: DEVOS_DATABASE_URL is set")
    package_folder()
    account = find_account()
    if account is None:
        who = f"the system user {SYSTEM_USER}, whom `devos up` makes"
    else:
        who = f"the system user {SYSTEM_USER}" if account.switches else "this user"
    return Finding("postgres", "ok", f"Postgres {MAJOR} is installed and runs as {who}")


def _data(settings: Settings) -> Finding:
    account = find_account()
    if account is not None:
        check_enterable(settings.data, account)
    if not settings.data.exists():
        parent = next(folder for folder in settings.data.parents if folder.exists())
        if not os.access(parent, os.W_OK):
            return Finding(
                "data", "failed", f"{parent} is not writable.", "Choose another folder with --data."
            )
        return Finding("data", "ok", f"{settings.data} will be made by `devos up`")
    marker = settings.data / "pg" / "PG_VERSION"
    found = marker.read_text().strip() if marker.exists() else str(MAJOR)
    if found != str(MAJOR):
        hint = "Dump it with the devos version that made it, move the folder away, then load the dump."
        return Finding("data", "failed", f"{settings.data} is of Postgres {found}.", hint)
    return Finding("data", "ok", str(settings.data))


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        return Finding("disk", "failed", f"{free // 1_000_000} MB are free on {folder}.", "Make room.")
    return Finding("disk", "ok", f"{free // 1_000_000_000} GB are free on {folder}")


def _server(settings: Settings) -> Finding:
    server = find_server(settings.data)
    if server is not None:
        answer = health(server.url) if server.url else None
        if answer == 200:
            return Finding("server", "ok", f"ready at {server.url} (pid {server.pid})")
        return Finding("server", "failed", f"pid {server.pid} runs and is not ready.", "See `devos logs`.")
    if settings.port and not port_is_free(settings.host, settings.port):
        taken = f"port {settings.port} is taken by {listener(settings.port)}"
        return Finding("server", "warning", f"not running, and {taken}", "Start it with `devos up --port 0`.")
    return Finding("server", "ok", f"not running; port {settings.port} is free")


def _queue(settings: Settings) -> Finding:
    from control_plane.cli import queue_check

    found = queue_check.look(settings)
    if found is None:
        return Finding("queue", "ok", "not looked at: no database runs that it may read")
    detail, hint = found
    return Finding("queue", "warning" if hint else "ok", detail, hint)


def _broker(settings: Settings) -> Finding:
    from control_plane.cli import broker

    detail, hint = broker.examine(settings)
    return Finding("broker", "warning" if hint else "ok", detail, hint)


def _git(settings: Settings) -> Finding:
    path = shutil.which("git")
    if path is None:
        return Finding("git", "warning", "git is not installed.", "The demo and review agents need it.")
    return Finding("git", "ok", str(Path(path)))


def _webhooks(settings: Settings) -> Finding:
    if settings.github_webhook_secret is None:
        hint = "Set DEVOS_GITHUB_WEBHOOK_SECRET to the secret of the webhook."
        return Finding("webhooks", "warning", "GitHub webhooks are refused: no secret is set.", hint)
    return Finding("webhooks", "ok", "GitHub webhooks are accepted when signed")
