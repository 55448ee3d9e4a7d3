"""The SQL tree as files: what there is, in which order it runs, and as which role."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from control_plane.platform.errors import OperatorError

DEPLOYER = "deployer"
MIGRATOR = "devos_migrator"
OWNER = "devos_owner"
_MIGRATION_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_ROLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DIRECTIVE = re.compile(r"^--\s*(as:\s*(?P<role>\S+)|(?P<alone>no-transaction))\s*$")
# Helpers before what is built on them: views call functions, policies read both, triggers name functions.
_LOGIC_ORDER = ("", ".view.sql", ".policies.sql", ".triggers.sql")


class MigrationError(OperatorError):
    """The schema was not changed; the message says why and the hint what to do."""


@dataclass(frozen=True)
class SqlFile:
    """One file, and how it wants to be run."""

    name: str
    text: str
    role: str
    transactional: bool = True

    @property
    def sha256(self) -> str:
        """The checksum that the ledger keeps."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class SqlTree:
    """All of `sql/` that a deploy reads, each part in the order in which it runs."""

    prelude: list[SqlFile]
    migrations: list[SqlFile]
    logic: list[SqlFile]
    lint: list[SqlFile]
    logic_digest: str = field(init=False)

    def __post_init__(self) -> None:
        whole = hashlib.sha256()
        for file in sorted(self.logic, key=lambda file: file.name):
            whole.update(f"{file.name}\0{file.sha256}\0".encode())
        object.__setattr__(self, "logic_digest", whole.hexdigest())


def read_tree(sql: Path) -> SqlTree:
    """Read every file that a deploy needs; names and directives are checked here."""
    migrations = [_read(sql, path, OWNER) for path in sorted((sql / "migrations").glob("*.sql"))]
    if not migrations:
        raise MigrationError(
            f"There are no migrations in {sql / 'migrations'}.", "Install devos-control-plane again."
        )
    numbers: dict[str, str] = {}
    for file in migrations:
        if not _MIGRATION_NAME.fullmatch(file.name):
            raise MigrationError(
                f"The migration name {file.name} is not like 0001_what_it_does.sql.", "Rename it."
            )
        other = numbers.setdefault(file.name[:4], file.name)
        if other != file.name:
            raise MigrationError(
                f"{other} and {file.name} have the same number.", "Give the newer one the next number."
            )
    logic = [_read(sql, path, _logic_role(path)) for path in (sql / "logic").rglob("*.sql")]
    return SqlTree(
        prelude=[_read(sql, path, DEPLOYER) for path in sorted((sql / "prelude").glob("*.sql"))],
        migrations=migrations,
        logic=sorted(logic, key=lambda file: (_logic_rank(file.name), file.name)),
        lint=[_read(sql, path, DEPLOYER) for path in sorted((sql / "lint").glob("*.sql"))],
    )


def _logic_rank(name: str) -> int:
    return next((rank for rank, ending in enumerate(_LOGIC_ORDER) if ending and name.endswith(ending)), 0)


def is_function_file(file: SqlFile) -> bool:
    """Whether a logic file holds functions, which may name each other in any order."""
    return _logic_rank(file.name) == 0


def _logic_role(path: Path) -> str:
    return OWNER if path.name.endswith((".policies.sql", ".triggers.sql")) else "devos_api"


def _read(sql: Path, path: Path, default_role: str) -> SqlFile:
    name = path.name if path.parent.name == "migrations" else path.relative_to(sql).as_posix()
    text = path.read_text(encoding="utf-8")
    role, transactional = default_role, True
    for line in text.splitlines():
        found = _DIRECTIVE.match(line)
        if found is None:
            break
        role = found["role"] or role
        transactional = transactional and not found["alone"]
    if not _ROLE_NAME.fullmatch(role):
        raise MigrationError(
            f"{name} asks to run as {role!r}, which is no role name.", "Correct its first line."
        )
    return SqlFile(name, text, role, transactional)
