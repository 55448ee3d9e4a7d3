"""What `sql/schema.sql` should say: the schema after a full deploy. Run as a module to print it."""

from __future__ import annotations

import asyncio
import sys

from control_plane.db.migrate import dump_schema, migrate
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.folders import enterable_folder


def schema(postgres: EmbeddedPostgres, database: str) -> str:
    """The dump of a deployed database."""
    return dump_schema(postgres.bin, postgres.dsn(database=database))


def main() -> None:
    """Deploy from nothing and print the dump."""
    with (
        enterable_folder() as folder,
        EmbeddedPostgres(folder / "data", options={"fsync": "off"}) as postgres,
    ):
        asyncio.run(migrate(postgres.dsn(), sql=sql_dir()))
        sys.stdout.write(schema(postgres, "postgres"))


if __name__ == "__main__":
    main()
