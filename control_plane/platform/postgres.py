"""The embedded Postgres: one server per data folder, as long-lived as the process that started it.

It listens on a Unix socket in a folder of mode 0700 and nowhere else, so the folder's mode is the password.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Self
from urllib.parse import quote

import psutil

from control_plane.platform.lock import FolderLock
from control_plane.platform.postgres_host import (
    MAJOR,
    Account,
    PostgresError,
    binaries,
    check_enterable,
    make_folder,
    server_account,
)
from control_plane.platform.process import die_with_parent, end_process

_PORT = 5432
_SOCKET_LIMIT = 107 if sys.platform == "linux" else 103
_START_SECONDS = 120.0
_START_ATTEMPTS = 10
# Fast shutdown, immediate shutdown, the end; each with the seconds it is given.
_STOP = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_LOG_BYTES = 10_000_000

_OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "timezone": "UTC",
        "jit": "off",
        "log_checkpoints": "off",
        # A refusal is an ERROR to Postgres and an answer to us; statements may carry what a caller sent.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
    }
)


class FolderInUseError(PostgresError):
    """Another process runs the database of this folder."""

    def __init__(self, data: Path, pid: int) -> None:
        super().__init__(
            f"Process {pid} already runs the database in {data}.",
            f"Stop it with `devos down --data {data}`, or choose another folder with --data.",
        )
        self.pid = pid


class EmbeddedPostgres:
    """A Postgres server in `data`, ended with this process even by SIGKILL (on Linux)."""

    def __init__(self, data: Path, *, options: Mapping[str, str] = MappingProxyType({})) -> None:
        self.data = data.absolute()
        self.options = {**_OPTIONS, **options}
        self._lock = FolderLock(self.data / "postgres.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self._account: Account | None = None
        self._log_start = 0
        self._refusal = ""

    @property
    def account(self) -> Account:
        """The user that the server runs as."""
        if self._account is None:
            self._account = server_account()
        return self._account

    @property
    def bin(self) -> Path:
        """The folder of the Postgres programs."""
        return binaries(self.account)

    @property
    def pgdata(self) -> Path:
        """The cluster's own folder."""
        return self.data / "pg"

    @property
    def log_file(self) -> Path:
        """Where the server writes its log."""
        return self.data / "logs" / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: in the data folder, or in a short private one when that path is too long."""
        folder = self.data / "run"
        length = len(os.fsencode(folder)) + len(f"/.s.PGSQL.{_PORT}")
        if length <= _SOCKET_LIMIT and not set(',"') & set(str(folder)):
            return folder
        short = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        own = runtime and not self.account.switches and len(runtime) < 64
        # A fixed short folder; `_prepare_folders` refuses one that somebody else made.
        base = Path(runtime if own else "/tmp")  # noqa: S108
        return base / f"devos-{os.geteuid()}-{short}"

    @property
    def pid(self) -> int | None:
        """The postmaster's pid while it runs under this object."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    def dsn(self, user: str = "postgres", database: str = "postgres") -> str:
        """A connection URL; it holds for other processes of the same user too."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={host}&port={_PORT}"

    def start(self) -> None:
        """Make the cluster when there is none, end what a killed process left, and start the server."""
        if threading.current_thread() is not threading.main_thread():
            # The kernel ties the parent-death signal to the thread that forked, not to the process.
            raise RuntimeError("EmbeddedPostgres.start() belongs in the main thread")
        self._prepare_folders()
        if not self._lock.acquire():
            raise FolderInUseError(self.data, self._lock.holder() or 0)
        try:
            self._refuse_other_major()
            self._stop_leftover()
            if not self.pgdata.exists():
                self._initdb()
            self._start_until_ready()
        except BaseException:
            self.stop()
            raise

    def revive(self) -> bool:
        """Start the server again if it has ended by itself, without waiting for it; True if it had."""
        if self._process is None or self._process.poll() is None:
            return False
        self._stop_leftover()
        self._process = self._launch()
        return True

    def stop(self) -> None:
        """End the server: politely, then firmly; and let go of the folder."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process.pid, _STOP)
            process.wait()
        if self.socket_folder.parent != self.data:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
        self._lock.release()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare_folders(self) -> None:
        check_enterable(self.data, self.account)
        # Only the cluster and the socket belong to the server's account; the rest stays root's.
        make_folder(self.data, self.account)
        if self.account.switches:
            self.data.chmod(self.data.stat().st_mode | 0o011)
        self.log_file.parent.mkdir(exist_ok=True, mode=0o700)
        self._prepare_socket_folder()

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_folder
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        # Looked at before it is changed: below /tmp somebody may have been there first.
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), self.account.uid}:
            raise PostgresError(
                f"The socket folder {folder} belongs to somebody else.",
                "Remove it, or choose a shorter data folder with --data.",
            )
        self.account.own(folder)

    def _refuse_other_major(self) -> None:
        marker = self.pgdata / "PG_VERSION"
        found = marker.read_text().strip() if marker.exists() else str(MAJOR)
        if found != str(MAJOR):
            raise PostgresError(
                f"The data folder {self.data} is of Postgres {found}; this devos runs Postgres {MAJOR}.",
                "Dump it with the devos version that made it, move the folder away, then load the dump.",
            )

    def _stop_leftover(self) -> None:
        """End a postmaster that outlived its parent; no living devos owns it, as we hold the lock."""
        marker = self.pgdata / "postmaster.pid"
        first = marker.read_text().split("\n", 1)[0].strip() if marker.exists() else ""
        process = self._postmaster(int(first)) if first.isdigit() else None
        if process is not None:
            end_process(process.pid, _STOP)
        # Its number may belong to anything by now (containers count from 1), which Postgres would respect.
        marker.unlink(missing_ok=True)

    def _postmaster(self, pid: int) -> psutil.Process | None:
        try:
            process = psutil.Process(pid)
            ours = process.name() == "postgres" and Path(process.cwd()) == self.pgdata.resolve()
        except (psutil.Error, OSError):
            return None
        return process if ours else None

    def _initdb(self) -> None:
        # Made beside and renamed: an interrupted initdb never looks like a cluster.
        temporary = self.data / "pg.new"
        shutil.rmtree(temporary, ignore_errors=True)
        self.account.own(temporary)
        command = [str(self.bin / "initdb"), "-D", str(temporary), "-U", "postgres", "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--auth-local=trust", "--auth-host=reject", "--no-sync", "--no-instructions"]
        with self._open_log() as log:
            code = self._spawn(command, log).wait()
        if code != 0:
            raise PostgresError(
                f"Postgres could not make its data folder: {self._last_log_line()}", self._see_log()
            )
        temporary.rename(self.pgdata)

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [str(self.bin / "postgres"), "-D", str(self.pgdata)]
        for name, value in {**self.options, "unix_socket_directories": str(self.socket_folder)}.items():
            command += ["-c", f"{name}={value}"]
        with self._open_log() as log:
            return self._spawn(command, log)

    def _start_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        for _ in range(_START_ATTEMPTS):
            self._process = self._launch()
            if self._wait_ready(self._process, deadline):
                return
            if time.monotonic() > deadline:
                break
            # Backends of a killed postmaster hold its shared memory for a moment: try again.
            time.sleep(0.2)
        raise PostgresError(f"Postgres did not start: {self._last_log_line()}", self._see_log())

    def _wait_ready(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        """True once a client may connect and the database `devos` is there; False when the server ended."""
        socket = self.socket_folder / f".s.PGSQL.{_PORT}"
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            if socket.exists() and self._ensure_database():
                return True
            time.sleep(0.02)
        return False

    def _ensure_database(self) -> bool:
        missing = "where not exists (select from pg_database where datname = 'devos')"
        script = f"select 'create database devos' {missing} \\gexec\n"
        command = [str(self.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", self.dsn()]
        done = subprocess.run(
            command, input=script.encode(), capture_output=True, env=_clean_environment(), check=False
        )
        self._refusal = done.stderr.decode(errors="replace").strip()
        return done.returncode == 0

    def _spawn(self, command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        account = self.account
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_clean_environment(),
            # Its own session: Ctrl-C reaches us alone, and we end Postgres after the API has drained.
            start_new_session=True,
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.switches else None,
            umask=0o077,
            # SIGINT is Postgres's fast shutdown: it rolls back, checkpoints and ends.
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509
        )

    def _open_log(self) -> IO[bytes]:
        if self.log_file.exists() and self.log_file.stat().st_size > _LOG_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        self._log_start = self.log_file.stat().st_size if self.log_file.exists() else 0
        return open(self.log_file, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))

    def _last_log_line(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").strip().splitlines()
        telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error:"))]
        return (telling or lines or [self._refusal])[-1] or "it gave no reason"

    def _see_log(self) -> str:
        return f"The whole log is in {self.log_file}."


def _clean_environment() -> dict[str, str]:
    """No PG* variable of the operator's shell may steer the embedded server or its clients."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
