"""`devos demo`: the main job of devos, from a signed webhook to the posted review, on a server of its own."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from control_plane.cli.output import Json, say
from control_plane.cli.probe import is_ready
from control_plane.cli.state import Server, find_server, stop_server
from control_plane.cli.up import LOGIN_FILE
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import repository_folder
from control_plane.platform.postgres_host import SYSTEM_FOLDER, check_enterable, server_account
from control_plane.platform.process import die_with_parent, free_port

_START_SECONDS = 90.0


def demo(
    repository: Annotated[
        str, typer.Option(help="Name of the repository that is made up.")
    ] = "acme/parcel-rates",
    price: Annotated[str, typer.Option(help="What one step of the agent costs.")] = "0.05",
    budget: Annotated[
        str, typer.Option(help="Budget of the first service; the substitute takes over.")
    ] = "0.20",
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave the server running and the folder in place.")
    ] = False,
    data: Annotated[
        str | None, typer.Option("--data", help="A new folder for everything the demo writes.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show devos at work: an agent reviews a pull request, is killed on the way, and its successor goes on.

    Examples: `devos demo`, `devos demo --keep`, `devos demo --price 0.02 --budget 0.10 --json`
    """
    driver = repository_folder() / "sdk" / "examples" / "review_demo" / "drive.py"
    if not driver.is_file():
        raise OperatorError(
            "The demo comes with the repository of devos.", "Clone it and run `make demo` there."
        )
    folder = _new_folder(data)
    # SIGTERM must clean up as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = 1
    stays = False
    try:
        code = _run(
            driver, folder, ["--repository", repository, "--price", price, "--budget", budget], keep, as_json
        )
        stays = keep
    except KeyboardInterrupt:
        code = 130
    finally:
        if not stays:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            stop_server(folder / "data")
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(code)


def _new_folder(chosen: str | None) -> Path:
    account = server_account()
    if chosen is None:
        base = SYSTEM_FOLDER if account.switches else Path(tempfile.gettempdir())
        base.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="demo-" if account.switches else "devos-demo-", dir=base))
    else:
        folder = Path(chosen).expanduser().absolute()
        if folder.exists() and any(folder.iterdir()):
            raise OperatorError(
                f"{folder} is not empty.", "The demo needs a new folder: choose another --data."
            )
        check_enterable(folder, account)
        folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711 if account.switches else 0o700)
    return folder


def _run(driver: Path, folder: Path, arguments: list[str], keep: bool, as_json: bool) -> int:
    secret, github_port = secrets.token_hex(32), free_port()
    server = _start(folder, secret, github_port, keep)
    email, password = _login(folder / "data")
    work = folder / "work"
    work.mkdir()
    environment = {
        **_own_environment(),
        "DEVOS_URL": server.url,
        "DEVOS_DEMO_EMAIL": email,
        "DEVOS_DEMO_PASSWORD": password,
        "DEVOS_DEMO_WEBHOOK_SECRET": secret,
        "DEVOS_DEMO_GITHUB_PORT": str(github_port),
        "DEVOS_DEMO_FOLDER": str(work),
    }
    command = [
        sys.executable,
        str(driver),
        *arguments,
        *(["--json"] if as_json else []),
        *(["--keep"] if keep else []),
    ]
    process = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent(signal.SIGTERM))  # noqa: PLW1509
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # Ctrl-C reached the driver too; it gets a moment to end its agents.
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        raise
    if keep and not as_json:
        say(f"\ndevos is still running at [bold]{server.url}[/]")
        say(f"  sign in  {email}  {password}")
        say(f"  stop     devos down --data {folder / 'data'}")
    return code if code >= 0 else 1


def _start(folder: Path, secret: str, github_port: int, keep: bool) -> Server:
    """Start `devos up` on its own folder and wait until it can work."""
    data = folder / "data"
    environment = {
        **_own_environment(),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "DEVOS_GITHUB_WEBHOOK_SECRET": secret,
        "DEVOS_GITHUB_API_URL": f"http://127.0.0.1:{github_port}",
        "DEVOS_GITHUB_TOKEN": "demo-" + secrets.token_hex(16),
    }
    command = [sys.executable, "-m", "control_plane", "up", "--data", str(data), "--port", "0", "--json"]
    log = folder / "up.log"
    with log.open("wb") as output:
        log.chmod(0o600)
        process = subprocess.Popen(
            command,
            # Not in the caller's folder: its devos.toml is about another server.
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=None if keep else die_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        server = find_server(data) if data.exists() else None
        if server is not None and server.url and is_ready(server.url):
            return server
        time.sleep(0.05)
    if process.poll() is None:
        process.terminate()
        process.wait()
    told = log.read_text(errors="replace").strip().splitlines()
    raise OperatorError("The server of the demo did not start: " + " ".join(told[-3:]), "Try `devos doctor`.")


def _own_environment() -> dict[str, str]:
    """The caller's environment without settings of another server, and with this package importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEVOS_", "GITHUB_"))}
    paths = [str(repository_folder()), *kept.get("PYTHONPATH", "").split(os.pathsep)]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _login(data: Path) -> tuple[str, str]:
    words = (data / LOGIN_FILE).read_text(encoding="utf-8").split()
    return words[1], words[3]
