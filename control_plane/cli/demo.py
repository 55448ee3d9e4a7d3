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
from control_plane.cli.signals import StopSignals
from control_plane.cli.state import Server, find_server
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import repository_folder
from control_plane.platform.postgres_host import SYSTEM_FOLDER, check_enterable, make_folder, server_account
from control_plane.platform.process import die_with_parent, end_process, free_port
from control_plane.platform.secrets import INITIAL_LOGIN

_START_SECONDS = 90.0
_STOP = ((signal.SIGTERM, 30.0), (signal.SIGKILL, 5.0))


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
    options = ["--repository", repository, "--price", price, "--budget", budget]
    run = _Demo(folder, keep=keep, as_json=as_json)
    signals = StopSignals()
    signals.interrupt()
    code, finished = 130, False
    with suppress(KeyboardInterrupt):
        try:
            code = run.play(driver, options, signals)
            finished = True
        finally:
            if not (finished and keep):
                signals.ignore()
                run.clean_up()
    raise typer.Exit(code)


def _new_folder(chosen: str | None) -> Path:
    account = server_account()
    if chosen is None:
        base = SYSTEM_FOLDER if account.switches else Path(tempfile.gettempdir())
        make_folder(base, account)
        folder = Path(tempfile.mkdtemp(prefix="demo-" if account.switches else "devos-demo-", dir=base))
    else:
        folder = Path(chosen).expanduser().absolute()
        if folder.exists() and any(folder.iterdir()):
            raise OperatorError(
                f"{folder} is not empty.", "The demo needs a new folder: choose another --data."
            )
        check_enterable(folder, account)
        make_folder(folder, account)
    folder.chmod(0o711 if account.switches else 0o700)
    return folder


class _Demo:
    """A server on a folder of its own, and the driver that puts it to work."""

    def __init__(self, folder: Path, *, keep: bool, as_json: bool) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._keep = keep
        self._as_json = as_json
        self._server: subprocess.Popen[bytes] | None = None
        self._driver: subprocess.Popen[bytes] | None = None

    def play(self, driver: Path, options: list[str], signals: StopSignals) -> int:
        """Start the server, run the driver, and return its exit code."""
        secret, github_port = secrets.token_hex(32), free_port()
        if not self._as_json:
            say("[dim]Starting devos on a new folder ...[/]")
        server = self._start(secret, github_port, signals)
        email, password = _login(self._data)
        work = self._folder / "work"
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
        flags = [name for name, given in (("--json", self._as_json), ("--keep", self._keep)) if given]
        self._driver = subprocess.Popen(
            [sys.executable, str(driver), *options, *flags],
            env=environment,
            preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
        signals.check()
        code = self._driver.wait()
        if self._keep and not self._as_json:
            say(f"\ndevos is still running at [bold]{server.url}[/]")
            say(f"  sign in  {email}  {password}")
            say(f"  stop     devos down --data {self._data}")
        return code if code >= 0 else 1

    def clean_up(self) -> None:
        """End what runs and remove the folder."""
        for process in (self._driver, self._server):
            if process is not None:
                end_process(process.pid, _STOP)
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, secret: str, github_port: int, signals: StopSignals) -> Server:
        """Start `devos up` and wait until it can work."""
        environment = {
            **_own_environment(),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "DEVOS_GITHUB_WEBHOOK_SECRET": secret,
            "DEVOS_GITHUB_API_URL": f"http://127.0.0.1:{github_port}",
            "DEVOS_GITHUB_TOKEN": "demo-" + secrets.token_hex(16),
        }
        command = [sys.executable, "-m", "control_plane", "up", "--data", str(self._data)]
        log = self._folder / "up.log"
        with log.open("wb") as output:
            log.chmod(0o600)
            self._server = subprocess.Popen(
                [*command, "--port", "0", "--json"],
                # Not in the caller's folder: its devos.toml is about another server.
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=None if self._keep else die_with_parent(signal.SIGTERM),  # noqa: PLW1509
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            signals.check()
            server = find_server(self._data) if self._data.exists() else None
            if server is not None and server.url and is_ready(server.url):
                return server
            time.sleep(0.05)
        told = log.read_text(errors="replace").strip().splitlines()
        raise OperatorError(
            "The server of the demo did not start: " + " ".join(told[-3:]), "Try `devos doctor`."
        )


def _own_environment() -> dict[str, str]:
    """The caller's environment without settings of another server, and with this package importable."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEVOS_", "GITHUB_"))}
    here = repository_folder()
    paths = [str(here), str(here / "sdk" / "src"), *kept.get("PYTHONPATH", "").split(os.pathsep)]
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _login(data: Path) -> tuple[str, str]:
    words = (data / INITIAL_LOGIN).read_text(encoding="utf-8").split()
    return words[1], words[3]
