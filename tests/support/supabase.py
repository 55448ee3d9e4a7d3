"""A stand-in of a Supabase project, on a cluster of its own: `postgres` is no superuser, owns no auth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.folders import enterable_folder

SUPERUSER = "supabase_admin"
_PROJECT = Path(__file__).with_name("supabase.sql")


@contextmanager
def supabase_cluster() -> Iterator[EmbeddedPostgres]:
    """A server that is nobody else's: roles belong to the whole cluster."""
    with (
        enterable_folder() as folder,
        EmbeddedPostgres(folder / "data", options={"fsync": "off", "max_connections": "50"}) as postgres,
    ):
        yield postgres


async def make_project(cluster: EmbeddedPostgres) -> None:
    """Turn the database `postgres` of a new cluster into a new project."""
    first = await asyncpg.connect(cluster.dsn("postgres"))
    await first.execute("create role renamer superuser login")
    await first.close()
    # The role that initdb made stays a superuser for good, and nobody renames himself.
    renamer = await asyncpg.connect(cluster.dsn("renamer"))
    await renamer.execute(f"alter role postgres rename to {SUPERUSER}")
    await renamer.close()
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER))
    await admin.execute("drop role renamer")
    await admin.execute(_PROJECT.read_text())
    await admin.close()
