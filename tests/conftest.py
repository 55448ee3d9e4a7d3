"""Fixtures of all tests: one embedded Postgres per test process, one fresh database per test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from hypothesis import Phase, settings

from control_plane.db.migrate import migrate
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.folders import enterable_folder
from tests.support.world import Actor, Database, World, build_world

# A laptop may lose power in a test run and nobody minds.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
_TEMPLATE = "devos_template"

# The suite plays the same examples each time: it is not red by luck. The night looks for new ones, and makes
# what it finds short, which takes minutes.
settings.register_profile(
    "suite",
    max_examples=120,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile("night", max_examples=1500, stateful_step_count=50, deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def cluster() -> Generator[EmbeddedPostgres]:
    """A Postgres for this test process, with a deployed template database."""
    with enterable_folder() as folder, EmbeddedPostgres(folder / "data", options=_FAST) as postgres:
        asyncio.run(_make_template(postgres))
        yield postgres


async def _make_template(postgres: EmbeddedPostgres) -> None:
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"create database {_TEMPLATE}")
    await admin.close()
    await migrate(postgres.dsn(database=_TEMPLATE), sql=Path(sql_dir()))


_numbers = count(1)


@pytest.fixture
async def database(cluster: EmbeddedPostgres) -> AsyncGenerator[Database]:
    """A clone of the deployed template, for this test alone."""
    name = f"devos_test_{next(_numbers)}"
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f"create database {name} template {_TEMPLATE} strategy file_copy")
    try:
        made = Database(cluster, name)
        try:
            yield made
        finally:
            await made.close()
    finally:
        await admin.execute(f"drop database {name} with (force)")
        await admin.close()


@pytest.fixture
async def world(database: Database) -> World:
    """Two projects that are strangers to each other, with people and agents in each."""
    return await build_world(database)


@pytest.fixture
def as_admin(world: World) -> Actor:
    return world.admin


@pytest.fixture
def as_supervisor(world: World) -> Actor:
    return world.supervisor


@pytest.fixture
def as_viewer(world: World) -> Actor:
    return world.viewer


@pytest.fixture
def as_stranger(world: World) -> Actor:
    """A supervisor of another project."""
    return world.stranger


@pytest.fixture
def as_agent(world: World) -> Actor:
    return world.agent


@pytest.fixture
def as_other_agent(world: World) -> Actor:
    """A second agent of the same project, with the same capabilities."""
    return world.other_agent


@pytest.fixture
def as_stranger_agent(world: World) -> Actor:
    """An agent of another project."""
    return world.stranger_agent


@pytest.fixture
def as_anon(world: World) -> Actor:
    return world.anon


@pytest.fixture
def as_webhook(world: World) -> Actor:
    """A sender whose signature was checked."""
    return world.webhook


@pytest.fixture
def as_worker(world: World) -> Actor:
    """The worker's login."""
    return world.worker
