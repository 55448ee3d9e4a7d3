"""Fixtures of the SQL tests: the world is built once per process, and cloned for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import fields, replace
from itertools import count

import asyncpg
import pytest

from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.world import Actor, Database, World, build_world

_PLAIN, _PEOPLED = "devos_template", "devos_world"
_numbers = count(1)


async def _clone(cluster: EmbeddedPostgres, template: str, name: str) -> Database:
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f"create database {name} template {template} strategy file_copy")
    await admin.close()
    return Database(cluster, name)


@pytest.fixture(scope="session")
def peopled(cluster: EmbeddedPostgres) -> World:
    """The world that is cloned: its ids hold in every clone."""

    async def build() -> World:
        database = await _clone(cluster, _PLAIN, _PEOPLED)
        world = await build_world(database)
        await database.close()
        return world

    return asyncio.run(build())


@pytest.fixture
async def database(
    cluster: EmbeddedPostgres, peopled: World, request: pytest.FixtureRequest
) -> AsyncGenerator[Database]:
    """A database for this test alone, with the world in it when the test asks for that."""
    template = _PEOPLED if "world" in request.fixturenames else _PLAIN
    made = await _clone(cluster, template, f"devos_sql_{next(_numbers)}")
    try:
        yield made
    finally:
        await made.close()
        admin = await asyncpg.connect(cluster.dsn())
        await admin.execute(f"drop database {made.name} with (force)")
        await admin.close()


@pytest.fixture
async def world(database: Database, peopled: World) -> World:
    """Two projects that are strangers to each other, with people and agents in each."""
    people = {item.name: getattr(peopled, item.name) for item in fields(World)}
    actors = {
        name: replace(actor, database=database, _connection=None)
        for name, actor in people.items()
        if isinstance(actor, Actor)
    }
    return replace(peopled, database=database, **actors)
