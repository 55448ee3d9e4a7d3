"""The API and the worker as processes of their own, on the database of a test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from control_plane.platform.settings import Settings
from tests.support.processes import eventually


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Settings that tests change and that are no secrets.
_PLAIN = (
    "artifact_store",
    "github_api_url",
    "github_authorize_url",
    "github_client_id",
    "github_token_url",
    "log_format",
    "log_level",
    "public_url",
    "sign_up",
    "supabase_url",
)


class Program:
    """A process that can be killed and started again."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self._command = command
        self._env = {**os.environ, **env}
        self._log = log
        self.process = self._spawn()

    def kill(self) -> None:
        """End it by SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """End it by SIGKILL and start it anew."""
        self.kill()
        self.process = self._spawn()

    def stop(self) -> bool:
        """End it as an operator would; whether it did without being killed."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def renew(self) -> bool:
        """End it as an operator would and start it anew; whether it ended without being killed."""
        has_ended = self.stop()
        self.process = self._spawn()
        return has_ended

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command, env=self._env, stdout=log, stderr=log, start_new_session=True
            )


@contextmanager
def api_process(settings: Settings, folder: Path, port: int | None = None) -> Iterator[tuple[str, Program]]:
    """`devos api` on this database: its URL and its process, ready to answer."""
    port = port or free_port()
    program = Program(
        [
            sys.executable,
            "-m",
            "control_plane",
            "api",
            "--port",
            str(port),
            "--data",
            str(folder / f"api-{port}"),
        ],
        _environment(settings),
        folder / f"api-{port}.log",
    )
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: is_ready(url), seconds=60)
        yield url, program
    finally:
        program.stop()


@contextmanager
def worker_process(settings: Settings, folder: Path, name: str = "worker") -> Iterator[Program]:
    """`devos worker` on this database."""
    command = [sys.executable, "-m", "control_plane", "worker", "--data", str(folder / name)]
    program = Program(command, _environment(settings), folder / f"{name}.log")
    try:
        yield program
    finally:
        program.stop()


def is_ready(url: str) -> bool:
    """Whether an API answers, its database too."""
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _environment(settings: Settings) -> dict[str, str]:
    secrets = {
        "DEVOS_DATABASE_URL": settings.database_url,
        "DEVOS_WORKER_DATABASE_URL": settings.worker_database_url,
        "DEVOS_BROKER_MANAGEMENT_URL": settings.broker_management_url,
        "DEVOS_BROKER_URL": settings.broker_url,
        "DEVOS_ENCRYPTION_KEYS": settings.encryption_keys,
        "DEVOS_JWT_PRIVATE_KEY": settings.jwt_private_key,
        "DEVOS_GITHUB_CLIENT_SECRET": settings.github_client_secret,
        "DEVOS_GITHUB_TOKEN": settings.github_token,
        "DEVOS_GITHUB_WEBHOOK_SECRET": settings.github_webhook_secret,
    }
    told = {name: value.get_secret_value() for name, value in secrets.items() if value is not None}
    plain = {f"DEVOS_{name.upper()}": getattr(settings, name) for name in _PLAIN}
    return {**told, **{name: value for name, value in plain.items() if value is not None}}
