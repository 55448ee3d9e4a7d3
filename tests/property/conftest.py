"""One stage for all examples: building it takes longer than playing many of them."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import asyncpg
import pytest

from control_plane.platform.postgres import EmbeddedPostgres
from tests.property.stage import Stage, set_stage
from tests.support.world import Database

_NAME = "devos_property"


@pytest.fixture(scope="session")
def stage(cluster: EmbeddedPostgres) -> Generator[Stage]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(_create(cluster))
        database = Database(cluster, _NAME)
        try:
            yield runner.run(set_stage(runner, database))
        finally:
            runner.run(database.close())


async def _create(cluster: EmbeddedPostgres) -> None:
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f"create database {_NAME} template devos_template strategy file_copy")
    await admin.close()
