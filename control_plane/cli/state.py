"""Which server runs on a data folder: the lock says whether, `state.json` says where."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from control_plane.cli.output import NotReachableError
from control_plane.platform.errors import OperatorError
from control_plane.platform.lock import FolderLock
from control_plane.platform.secrets import write_private

_STATE = "state.json"
LOCK = "postgres.lock"


@dataclass(frozen=True)
class Server:
    """A running `devos up`; `url` is empty while it starts."""

    pid: int
    url: str = ""
    port: int = 0
    started_at: str = ""


def remember(data: Path, url: str, port: int) -> None:
    """Note where this process serves."""
    server = Server(os.getpid(), url, port, datetime.now(UTC).isoformat(timespec="seconds"))
    write_private(data / _STATE, json.dumps(asdict(server)) + "\n")


def forget(data: Path) -> None:
    """Remove the note."""
    (data / _STATE).unlink(missing_ok=True)


def find_server(data: Path) -> Server | None:
    """The server that runs on `data`, None when there is none; a note left by a crash does not count."""
    try:
        holder = FolderLock(data / LOCK).holder()
        if holder is None:
            return None
        noted = Server(**json.loads((data / _STATE).read_text(encoding="utf-8")))
    except PermissionError as exc:
        raise OperatorError(
            f"The data folder {data} belongs to another user.", "Run the command as that user (sudo?)."
        ) from exc
    except (FileNotFoundError, ValueError, TypeError):
        return Server(FolderLock(data / LOCK).holder() or 0)
    return noted if noted.pid == holder else Server(holder)


def require_server(data: Path) -> Server:
    """The running server, or an error that says how to start one."""
    server = find_server(data)
    if server is None:
        raise NotReachableError(
            f"No devos runs on {data}.", "Start it with `devos up`, or name its folder with --data."
        )
    if not server.url:
        raise NotReachableError(
            f"devos (pid {server.pid}) is still starting on {data}.", "Try again in a moment."
        )
    return server


def stop_server(data: Path, *, seconds: float = 40.0) -> int | None:
    """End the server on `data` and wait until it has let go of the folder; the pid that was stopped."""
    server = find_server(data)
    if server is None:
        return None
    if server.pid == 0:
        raise OperatorError(
            f"The process that holds {data} cannot be told.", f"See who has {data / LOCK} open (lsof)."
        )
    try:
        os.kill(server.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    except PermissionError as exc:
        raise OperatorError(
            f"Process {server.pid} belongs to another user.", "Run the command as that user."
        ) from exc
    lock = FolderLock(data / LOCK)
    deadline = time.monotonic() + seconds
    while lock.holder() == server.pid:
        if time.monotonic() > deadline:
            raise OperatorError(
                f"Process {server.pid} did not stop within {seconds:.0f} s.",
                f"See `devos logs`, then end it with `kill -9 {server.pid}`.",
            )
        time.sleep(0.05)
    return server.pid
