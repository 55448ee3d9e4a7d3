"""Where things are: the data folder of this project, and the SQL that this version deploys."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

import control_plane
from control_plane.platform.errors import OperatorError
from control_plane.platform.postgres_host import SYSTEM_FOLDER


def default_data_folder(environ: Mapping[str, str] = os.environ, project: Path | None = None) -> Path:
    """DEVOS_DATA, else one folder per project folder: of the system as root, of the user otherwise."""
    chosen = environ.get("DEVOS_DATA")
    if chosen:
        return Path(chosen).expanduser().absolute()
    key = hashlib.sha256(os.fsencode((project or Path.cwd()).resolve())).hexdigest()[:12]
    base = SYSTEM_FOLDER if os.geteuid() == 0 else Path(platformdirs.user_data_dir("devos", appauthor=False))
    return base / key


def user_config_file() -> Path:
    """The settings file of this user, read after ./devos.toml."""
    return Path(platformdirs.user_config_dir("devos", appauthor=False)) / "devos.toml"


def _package_folder() -> Path:
    return Path(control_plane.__path__[0]).absolute()


def repository_folder() -> Path:
    """The folder that holds the package: the repository in a checkout."""
    return _package_folder().parent


def sql_dir() -> Path:
    """The SQL tree: inside the package when installed from a wheel, beside it in a checkout."""
    for candidate in (_package_folder() / "_sql", repository_folder() / "sql"):
        if (candidate / "migrations").is_dir():
            return candidate
    raise OperatorError("The SQL files of devos are missing.", "Install devos-control-plane again.")
