"""Projects: made by supervisors, seen by members; an admin sees all of them, and is made once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from tests.sql.acting import audited, events
from tests.support.world import Actor, Database, World, refused


async def test_who_creates_a_project_is_its_member(world: World, as_supervisor: Actor) -> None:
    project = await as_supervisor.call("create_project", name="new")
    assert project["id"] in [seen["id"] for seen in await as_supervisor.call("list_projects")]
    assert await events(world, project["id"]) == ["project.created"]
    assert await audited(world, project["id"]) == ["project.create"]


async def test_a_viewer_creates_no_project(world: World, as_viewer: Actor) -> None:
    with refused("PT403", "role_required"):
        await as_viewer.call("create_project", name="new")
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await actor.call("create_project", name="new")


async def test_a_project_has_a_name(as_supervisor: Actor) -> None:
    for name in ("", "x" * 101):
        with pytest.raises(Exception, match="projects_name_length"):
            await as_supervisor.call("create_project", name=name)


async def test_members_see_their_projects_and_an_admin_all(
    world: World, as_viewer: Actor, as_stranger: Actor, as_admin: Actor
) -> None:
    assert (await as_viewer.call("list_projects"))["id"] == str(world.project)
    assert (await as_stranger.call("list_projects"))["id"] == str(world.stranger_project)
    assert len(await as_admin.call("list_projects")) == 2


async def test_a_removed_member_sees_nothing(world: World, as_viewer: Actor) -> None:
    await world.task()
    await world.owner.fetch("delete from public.project_members where user_id = $1", as_viewer.id)
    assert await as_viewer.call("list_projects") == []
    assert await as_viewer.call("list_tasks") == []


async def test_projects_are_listed_page_by_page(as_supervisor: Actor, world: World) -> None:
    made = [str(world.project)]
    made += [(await as_supervisor.call("create_project", name=str(nr)))["id"] for nr in range(4)]
    first = await as_supervisor.call("list_projects", limit=3)
    rest = await as_supervisor.call("list_projects", limit=3, after=UUID(first[-1]["id"]))
    assert [project["id"] for project in first + rest] == made


async def test_the_first_admin_is_made_once(database: Database) -> None:
    owners = [await database.connect() for _ in range(4)]
    made = await asyncio.gather(
        *(
            owner.fetchval("select private.ensure_admin($1, 'hash')", f"{nr}@x")
            for nr, owner in enumerate(owners)
        )
    )
    assert sorted(made) == [False, False, False, True]
    roles = await owners[0].fetch(
        "select r.role::text from auth.users u join public.user_roles r on r.user_id = u.id"
    )
    assert [row[0] for row in roles] == ["admin"]
    assert (
        await owners[0].fetchval("select count(*) from public.audit_log where action = 'admin.create'") == 1
    )


async def test_an_installation_with_people_gets_no_admin(world: World) -> None:
    assert await world.owner.value("select private.ensure_admin('x@x', 'hash')") is False
