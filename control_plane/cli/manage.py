"""`devos down`, `status`, `migrate`, `config show`, `version`, `reset` and `uninstall`."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import platform
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from control_plane.cli.output import Data, Json, NotReachableError, confirm, emit, say
from control_plane.cli.probe import health
from control_plane.cli.state import LOCK, find_server, require_server, stop_server
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres_host import MAJOR, SYSTEM_FOLDER, SYSTEM_USER
from control_plane.platform.settings import Settings, describe, load_settings

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def down(data: Data = None, as_json: Json = False) -> None:
    """Stop the devos of this project, and wait until it is gone. Nothing running is fine too.

    Example: `devos down`
    """
    folder = load_settings({"data": data}).data
    pid = stop_server(folder)
    if as_json:
        emit({"stopped": pid is not None, "pid": pid, "data": str(folder)})
    else:
        say(f"devos (pid {pid}) has stopped." if pid else f"No devos runs on {folder}.")


def status(data: Data = None, as_json: Json = False) -> None:
    """Say whether devos runs and answers. Ends with 3 when it does not.

    Examples: `devos status`, `devos status --json`
    """
    folder = load_settings({"data": data}).data
    server = require_server(folder)
    answer = health(server.url)
    if answer is None:
        raise NotReachableError(
            f"devos (pid {server.pid}) does not answer at {server.url}.", "See `devos logs`."
        )
    ready = answer == 200
    if as_json:
        facts = {"running": True, "ready": ready, "url": server.url, "pid": server.pid}
        emit({**facts, "started_at": server.started_at, "data": str(folder)})
    else:
        word = "[green]ready[/]" if ready else f"[yellow]not ready[/] (/health/ready answers {answer})"
        say(f"devos is {word} at [bold]{server.url}[/] (pid {server.pid}, since {server.started_at})")
        say(f"  data  {folder}")
    if not ready:
        raise typer.Exit(1)


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything, then roll it back.")] = False,
    as_json: Json = False,
) -> None:
    """Bring a database of your own to this version (`devos up` does it by itself for the embedded one).

    Examples: `DEVOS_ADMIN_DATABASE_URL=postgresql://... devos migrate --dry-run`, `devos migrate`
    """
    from control_plane.db.migrate import migrate as run_migrate

    settings = load_settings()
    if settings.admin_database_url is None:
        raise OperatorError(
            "DEVOS_ADMIN_DATABASE_URL is not set.",
            "Set it to your database as the role that deploys. The embedded one is migrated by `devos up`.",
        )
    dsn = settings.admin_database_url.get_secret_value()
    done = asyncio.run(run_migrate(dsn, sql=sql_dir(), dry_run=dry_run))
    if as_json:
        emit({"applied": done.applied, "logic_rebuilt": done.logic_rebuilt, "dry_run": dry_run})
        return
    verb = "would be applied" if dry_run else "applied"
    for name in done.applied:
        say(f"{verb}: {name}")
    if not done.applied and not done.logic_rebuilt:
        say("The database is up to date.")
    elif done.logic_rebuilt:
        say("The functions would be built anew." if dry_run else "The functions were built anew.")


def config_show(data: Data = None, as_json: Json = False) -> None:
    """Show every setting with its value (secrets masked) and where it came from.

    Examples: `devos config show`, `devos config show --json`
    """
    flags = {"data": data}
    shown = describe(load_settings(flags), flags)
    if as_json:
        emit([{"name": row.name, "value": row.value, "source": row.source} for row in shown])
        return
    table = Table(box=None, pad_edge=False)
    for title in ("setting", "value", "from"):
        table.add_column(title, overflow="fold")
    for row in shown:
        table.add_row(row.name, Text(row.value or "-"), Text(row.source))
    Console().print(table)


def version(as_json: Json = False) -> None:
    """Print the versions of devos, of its Postgres and of Python.

    Example: `devos version`
    """
    try:
        own = importlib.metadata.version("devos-control-plane")
    except importlib.metadata.PackageNotFoundError:
        own = "(run from its source)"
    facts: dict[str, object] = {
        "devos": own,
        "postgres": str(MAJOR),
        "python": platform.python_version(),
    }
    if as_json:
        emit(facts)
    else:
        say(f"devos {facts['devos']} (Postgres {facts['postgres']}, Python {facts['python']})")


def reset(yes: Yes = False, data: Data = None, as_json: Json = False) -> None:
    """Throw database and artifacts away; the next `devos up` starts empty. Backups and logs stay.

    Example: `devos reset --yes`
    """
    folder = _own_folder(load_settings({"data": data}))
    server = find_server(folder)
    if server is not None:
        raise OperatorError(f"devos runs on {folder} (pid {server.pid}).", "Stop it first with `devos down`.")
    confirm(f"Delete every project, task and account in {folder}?", yes=yes)
    for name in ("pg", "artifacts", "secrets", "run"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("initial-login", "state.json"):
        (folder / name).unlink(missing_ok=True)
    if as_json:
        emit({"reset": True, "data": str(folder)})
    else:
        say(f"The database in {folder} is gone. `devos up` makes a new one.")


def uninstall(yes: Yes = False, data: Data = None, as_json: Json = False) -> None:
    """Stop devos and delete its data folder, backups included, after a question.

    Examples: `devos uninstall`, `devos uninstall --yes`
    """
    folder = _own_folder(load_settings({"data": data}))
    confirm(f"Delete {folder} with its database, backups and logs?", yes=yes)
    stop_server(folder)
    shutil.rmtree(folder)
    left = _what_is_left()
    if as_json:
        emit({"deleted": str(folder), "left": left})
        return
    say(f"{folder} is gone. What is left of devos:")
    for item in left:
        say(f"  {item}")


def _what_is_left() -> list[str]:
    left = ["the package: `pip uninstall devos-control-plane devos-sdk`"]
    if os.geteuid() == 0 and SYSTEM_FOLDER.is_dir():
        # Other data folders may use them at this moment, wherever they are.
        left.append(f"the Postgres programs and data of other projects: {SYSTEM_FOLDER}")
        left.append(f"the system user: `userdel {SYSTEM_USER}`")
    return left


def _own_folder(settings: Settings) -> Path:
    """The data folder, once it is sure that devos made it: it will be deleted."""
    folder = settings.data
    if not folder.is_dir():
        raise OperatorError(f"There is no data folder {folder}.", "Name it with --data.")
    if not (folder / LOCK).is_file():
        raise OperatorError(
            f"{folder} was not made by devos; it is left alone.", "Name the folder with --data."
        )
    return folder
