"""devos on a stand-in of a Supabase project: people sign in there, and an operator makes the first admin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator

import httpx
import pytest

from control_plane.db.migrate import migrate
from control_plane.domains.identity import admin
from control_plane.platform.errors import OperatorError
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.api import client, problem, running, settings_for
from tests.support.supabase import make_project, supabase_cluster
from tests.support.supabase_keys import Supabase, supabase_project
from tests.support.world import Actor, Database, World, build_world

Enter = Callable[[Actor], httpx.AsyncClient]


@pytest.fixture(scope="module")
def cluster() -> Iterator[EmbeddedPostgres]:
    """A project that devos was deployed to, by its `postgres`."""

    async def deploy(cluster: EmbeddedPostgres) -> None:
        await make_project(cluster)
        await migrate(cluster.dsn(), sql=sql_dir())

    with supabase_cluster() as made:
        asyncio.run(deploy(made))
        yield made


@pytest.fixture
async def database(cluster: EmbeddedPostgres) -> AsyncGenerator[Database]:
    made = Database(cluster, "postgres")
    yield made
    await made.close()


@pytest.fixture
async def world(database: Database) -> World:
    made = await build_world(database)
    # Supabase's Auth writes it; the column there has no default.
    await made.owner.fetch("update auth.users set created_at = now() where created_at is null")
    return made


@pytest.fixture
def supabase() -> Iterator[Supabase]:
    with supabase_project() as project:
        yield project


@pytest.fixture
async def enter(database: Database, supabase: Supabase) -> AsyncGenerator[Enter]:
    """A new client of a person who signed in at the project."""
    async with running(settings_for(database, supabase_url=supabase.url)) as app:

        def as_person(person: Actor) -> httpx.AsyncClient:
            assert person.caller is not None
            assert person.caller.user_id is not None
            assert person.caller.session_id is not None
            token = supabase.token(person.caller.user_id, person.caller.session_id)
            return client(app, Authorization=f"Bearer {token}")

        yield as_person


async def confirm(world: World, person: Actor) -> str:
    return await world.owner.value(
        "update auth.users set email_confirmed_at = now() where id = $1 returning email", person.id
    )


async def test_people_of_the_project_work_as_their_roles_allow(enter: Enter, world: World) -> None:
    supervisor, viewer = enter(world.supervisor), enter(world.viewer)
    assert (await supervisor.post("/api/projects", json={"name": "new"})).status_code == 201
    problem(await viewer.post("/api/projects", json={"name": "new"}), 403, "role_required")
    seen = (await viewer.get("/api/projects")).json()["items"]
    assert [item["id"] for item in seen] == [str(world.project)]
    assert (await supervisor.get("/api/users")).status_code == 200


async def test_an_invitation_is_taken_up_by_an_account_of_the_project(enter: Enter, world: World) -> None:
    email = await confirm(world, world.stranger)
    body = {"email": email, "project_id": str(world.project)}
    made = await enter(world.supervisor).post("/api/invitations", json=body)
    assert made.status_code == 201, made.text
    accepted = await enter(world.stranger).post(
        "/api/invitations/accept", json={"token": made.json()["token"]}
    )
    assert accepted.status_code == 200, accepted.text
    seen = {item["id"] for item in (await enter(world.stranger).get("/api/projects")).json()["items"]}
    assert str(world.project) in seen


async def test_signing_out_at_the_project_holds_here(enter: Enter, world: World) -> None:
    viewer = enter(world.viewer)
    assert (await viewer.get("/api/projects")).status_code == 200
    await world.owner.fetch("delete from auth.sessions where user_id = $1", world.viewer.id)
    problem(await viewer.get("/api/projects"), 401, "not_signed_in")


async def test_an_operator_makes_an_account_of_the_project_an_admin(
    enter: Enter, world: World, database: Database
) -> None:
    email = await confirm(world, world.viewer)
    await admin.grant_role(database.dsn(), email, "admin")
    assert (await enter(world.viewer).post("/api/projects", json={"name": "new"})).status_code == 201
    with pytest.raises(OperatorError, match="There is no account"):
        await admin.grant_role(database.dsn(), "nobody@example.test", "admin")
