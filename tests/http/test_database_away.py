"""The database goes away and comes back: the API says so, and goes on by itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from itertools import count

import asyncpg
import httpx
import pytest

from control_plane.db.migrate import migrate
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.api import BROKER, client, give_key, give_password, problem, running, settings_for, sign_in
from tests.support.folders import enterable_folder
from tests.support.operations import OPERATIONS, request_of
from tests.support.scene import Scene, build_scene
from tests.support.world import Database, World, build_world
from tests.worker.conftest import at_work

# What needs no database.
ALIVE = {"healthLive", "readJwks", "readAuthSettings"}
_numbers = count(1)


@dataclass(frozen=True)
class House:
    """An API and a worker on a Postgres of their own that can be stopped."""

    postgres: EmbeddedPostgres
    scene: Scene
    database: Database
    callers: dict[str, httpx.AsyncClient]


@pytest.fixture(scope="module")
def postgres() -> Generator[EmbeddedPostgres]:
    with enterable_folder() as folder, EmbeddedPostgres(folder / "data", options={"fsync": "off"}) as started:
        yield started


@pytest.fixture
async def house(postgres: EmbeddedPostgres) -> AsyncGenerator[House]:
    name = f"devos_away_{next(_numbers)}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"create database {name}")
    await admin.close()
    database = Database(postgres, name)
    await migrate(database.dsn(), sql=sql_dir())
    world = await build_world(database)
    scene = await build_scene(world)
    settings = settings_for(database)
    async with running(settings_for(database, **BROKER)) as app, at_work(settings):
        nobody = client(app)
        person = client(app, Authorization=f"Bearer {await sign_in(nobody, scene.email)}")
        known = await give_password(world.admin, world.owner)
        admin_client = client(app, Authorization=f"Bearer {await sign_in(nobody, known)}")
        agent = client(app, Authorization=f"Bearer {await give_key(world.agent, world.owner)}")
        callers = {"nobody": nobody, "person": person, "admin": admin_client, "agent": agent}
        yield House(postgres, scene, database, callers)
    await database.close()


async def test_every_request_is_told_to_come_back_and_then_served(house: House) -> None:
    waiting = asyncio.create_task(
        house.callers["agent"].post("/api/tasks/claim", json={"kinds": ["none"], "wait_seconds": 30})
    )
    house.postgres.stop()
    for operation in OPERATIONS:
        answer = await house.callers[operation.who].request(**request_of(operation, house.scene))
        if operation.id in ALIVE:
            assert answer.status_code == 200, operation.id
        else:
            problem(answer, 503, "database_unavailable")
            assert answer.headers["retry-after"] == "1", operation.id
    problem(await waiting, 503, "database_unavailable")

    house.postgres.start()
    async with asyncio.timeout(15):
        while (await house.callers["nobody"].get("/health/ready")).status_code != 200:
            await asyncio.sleep(0.05)
    for operation in OPERATIONS:
        answer = await house.callers[operation.who].request(**request_of(operation, house.scene))
        assert answer.status_code == operation.status, f"{operation.id}: {answer.text}"


async def test_the_worker_goes_on_too(house: House) -> None:
    house.postgres.stop()
    house.postgres.start()
    owner = await house.database.connect()
    await owner.execute(
        "update public.tasks set lease_expires_at = now() - interval '1 second' where state = 'running'"
    )
    async with asyncio.timeout(15):
        while await owner.fetchval("select count(*) from public.tasks where state = 'running'"):
            await asyncio.sleep(0.05)


async def test_lost_connections_cost_a_503_at_the_most(supervisor: httpx.AsyncClient, world: World) -> None:
    await asyncio.gather(*(supervisor.get("/api/tasks") for _ in range(20)))
    for _ in range(3):
        requests = [asyncio.create_task(supervisor.get("/api/tasks")) for _ in range(40)]
        await world.owner.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'devos_login' and datname = current_database()"
        )
        statuses = Counter(answer.status_code for answer in await asyncio.gather(*requests))
        assert {*statuses} <= {200, 503}, statuses
    answers = [await supervisor.get("/api/tasks") for _ in range(20)]
    assert answers[-1].status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 503}


async def test_a_full_database_is_told_like_one_that_is_away(nobody: httpx.AsyncClient, world: World) -> None:
    await world.owner.fetch(f"alter database {world.database.name} connection limit 0")
    problem(await nobody.get("/health/ready"), 503, "database_unavailable")
    await world.owner.fetch(f"alter database {world.database.name} connection limit -1")
    assert (await nobody.get("/health/ready")).status_code == 200


async def test_waiters_are_woken_again_after_the_listener_was_lost(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    listening = (
        "select pid from pg_stat_activity where application_name = 'devos api listen' and datname = $1"
    )

    async def listener() -> int:
        async with asyncio.timeout(10):
            while not (rows := await world.owner.fetch(listening, world.database.name)):
                await asyncio.sleep(0.02)
        return rows[0][0]

    first = await listener()
    await world.owner.fetch("select pg_terminate_backend($1)", first)
    async with asyncio.timeout(10):
        while await listener() == first:
            await asyncio.sleep(0.02)
