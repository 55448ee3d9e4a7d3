"""Dumps by pg_dump: the schema as text for comparison, and whole databases before a migration."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from control_plane.db.sql_tree import MigrationError

_VERSION_COMMENT = re.compile(r"^-- Dumped (from database|by pg_dump) version .*\n", re.MULTILINE)


def dump_schema(pg_bin: Path, dsn: str) -> str:
    """The schema as SQL, the same text for the same schema (`sql/schema.sql`)."""
    text = _pg_dump(pg_bin, "--schema-only", "--restrict-key=devos", dsn)
    return _VERSION_COMMENT.sub("", text.decode())


def back_up(pg_bin: Path, dsn: str, folder: Path, *, keep: int = 3) -> Path:
    """Write a dump that `pg_restore` reads; only the newest `keep` stay."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z.dump"
    unfinished = target.with_suffix(".part")
    unfinished.touch(mode=0o600)
    _pg_dump(pg_bin, "--format=custom", f"--file={unfinished}", dsn)
    unfinished.rename(target)
    for old in sorted(folder.glob("*.dump"))[:-keep]:
        old.unlink()
    return target


def _pg_dump(pg_bin: Path, *arguments: str) -> bytes:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [str(pg_bin / "pg_dump"), *arguments], capture_output=True, env=environment, check=False
    )
    if done.returncode != 0:
        raise MigrationError(f"pg_dump failed: {done.stderr.decode().strip()}", "Nothing was changed.")
    return done.stdout
