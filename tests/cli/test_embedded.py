"""The embedded database is dumped before its schema changes, and only then."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from control_plane.cli import embedded
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres


def test_a_database_that_holds_data_is_dumped_before_migrations_and_three_dumps_stay(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = home / "sql"
    subprocess.run(["cp", "-r", str(sql_dir()), str(own)], check=True)
    monkeypatch.setattr(embedded, "sql_dir", lambda: own)
    with EmbeddedPostgres(home / "data", options={"fsync": "off"}) as postgres:
        # Synchronous on purpose: a deploy runs its own event loop, before the one that serves.
        _, backup = embedded.deploy(postgres)
        assert backup is None
        report, backup = embedded.deploy(postgres)
        assert (report.applied, backup) == ([], None)
        made: list[Path] = []
        for number in range(9001, 9005):
            (own / "migrations" / f"{number}_nothing.sql").write_text("select 1;\n")
            report, backup = embedded.deploy(postgres)
            assert report.applied == [f"{number}_nothing.sql"]
            assert backup is not None
            made.append(backup)
        backups = home / "data" / "backups"
        assert sorted(backups.iterdir()) == made[1:]
        assert backups.stat().st_mode & 0o777 == 0o700
        assert made[-1].stat().st_mode & 0o777 == 0o600
        listing = subprocess.run(
            [postgres.bin / "pg_restore", "--list", made[-1]], capture_output=True, text=True
        )
        assert "TABLE DATA public tasks" in listing.stdout
