"""The embedded database as the API and the worker see it: deployed, and named in their settings."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import SecretStr

from control_plane.cli.state import find_server
from control_plane.db.dump import back_up
from control_plane.db.migrate import MigrationReport, migrate, plan
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from control_plane.platform.secrets import encryption_keys, jwt_private_key
from control_plane.platform.settings import Settings

DATABASE = "devos"


def with_embedded(settings: Settings, postgres: EmbeddedPostgres) -> Settings:
    """The settings with the addresses of the embedded database and the keys of its data folder filled in."""
    keys = settings.encryption_keys or SecretStr(encryption_keys(settings.data))
    key = settings.jwt_private_key or SecretStr(jwt_private_key(settings.data))
    return settings.model_copy(
        update={
            "database_url": SecretStr(postgres.dsn("devos_login", DATABASE)),
            "worker_database_url": SecretStr(postgres.dsn("devos_worker", DATABASE)),
            "admin_database_url": SecretStr(postgres.dsn("postgres", DATABASE)),
            "encryption_keys": keys,
            "jwt_private_key": key,
        }
    )


def deploy(postgres: EmbeddedPostgres) -> tuple[MigrationReport, Path | None]:
    """Migrate the embedded database; one that holds data is dumped first, and where to is returned."""
    dsn = postgres.dsn("postgres", DATABASE)
    steps = asyncio.run(plan(dsn, sql=sql_dir()))
    backup = None
    if steps.pending and not steps.fresh:
        backup = back_up(postgres.bin, dsn, postgres.data / "backups")
    return asyncio.run(migrate(dsn, sql=sql_dir())), backup


def connected(settings: Settings, *, need: str) -> Settings:
    """Settings with a database: the external one, else the embedded one that runs on the data folder."""
    if getattr(settings, need) is not None:
        return settings
    if find_server(settings.data) is None:
        raise OperatorError(
            f"There is no database: DEVOS_{need.upper()} is not set and no devos runs on {settings.data}.",
            f"Set DEVOS_{need.upper()}, or start everything at once with `devos up`.",
        )
    return with_embedded(settings, EmbeddedPostgres(settings.data))
