"""People: seen by who shares something with them; let in and out by admins, of whom one always stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import audited, blocked, events
from tests.support.world import Actor, World, refused


async def people(actor: Actor, **among: UUID) -> set[UUID]:
    told = await actor.call("list_people", **among)
    return {UUID(person["id"]) for person in (told if isinstance(told, list) else [told])}


async def team(person: Actor, *members: Actor) -> UUID:
    made = UUID((await person.call("create_team", name="team"))["id"])
    for member in members:
        await person.call("add_team_member", team_id=made, user_id=member.id)
    return made


async def second_admin(world: World) -> Actor:
    await world.admin.call("set_role", user_id=world.supervisor.id, role="admin")
    return world.supervisor


def ids(*actors: Actor) -> set[UUID | None]:
    return {actor.id for actor in actors}


async def test_people_see_themselves_and_who_shares_a_project(
    as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor, as_admin: Actor
) -> None:
    ours = ids(as_supervisor, as_viewer)
    assert await people(as_supervisor) == await people(as_viewer) == ours
    assert await people(as_stranger) == ids(as_stranger)
    assert await people(as_admin) == ours | ids(as_stranger, as_admin)


async def test_people_see_who_shares_a_team_with_them_or_with_their_project(
    world: World, as_admin: Actor, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    shared = await team(as_admin, as_stranger)
    await world.owner.fetch("update public.projects set team_id = $1 where id = $2", shared, world.project)
    everybody = ids(as_admin, as_supervisor, as_viewer, as_stranger)
    for person in (as_stranger, as_viewer):
        assert await people(person) == everybody


async def test_a_person_is_shown_without_what_is_secret(as_supervisor: Actor, as_viewer: Actor) -> None:
    told = await as_supervisor.call("read_person", user_id=as_viewer.id)
    assert told.pop("created_at")
    assert told == {
        "id": str(as_viewer.id),
        "email": f"{as_viewer.id}@example.test",
        "role": "viewer",
        "is_active": True,
    }


async def test_a_stranger_cannot_tell_that_a_person_exists(as_stranger: Actor, as_viewer: Actor) -> None:
    for user in (as_viewer.id, uuid4()):
        with refused("PT404", "user_not_found"):
            await as_stranger.call("read_person", user_id=user)
    assert as_viewer.id not in {
        row[0] for row in await as_stranger.fetch("select user_id from public.user_roles")
    }


async def test_who_left_is_seen_by_nobody(world: World, as_admin: Actor, as_viewer: Actor) -> None:
    await world.owner.fetch("update auth.users set deleted_at = now() where id = $1", as_viewer.id)
    assert as_viewer.id not in await people(as_admin)
    with refused("PT404", "user_not_found"):
        await as_admin.call("read_person", user_id=as_viewer.id)


async def test_people_are_listed_page_by_page(as_admin: Actor) -> None:
    whole = await as_admin.call("list_people")
    first = await as_admin.call("list_people", limit=3)
    assert [*first, await as_admin.call("list_people", after=UUID(first[-1]["id"]))] == whole


async def test_a_role_holds_with_the_next_request(
    world: World, as_admin: Actor, as_viewer: Actor, as_supervisor: Actor
) -> None:
    assert (await as_admin.call("set_role", user_id=as_viewer.id, role="supervisor"))["role"] == "supervisor"
    assert (await as_viewer.call("create_project", name="new"))["name"] == "new"
    await as_admin.call("set_role", user_id=as_supervisor.id, role="viewer")
    with refused("PT403", "role_required"):
        await as_supervisor.call("create_project", name="new")
    assert await events(world, as_viewer.id) == ["user.role_changed"]
    assert await audited(world, as_supervisor.id) == ["user.set_role"]


async def test_a_role_that_was_had_before_changes_nothing(
    world: World, as_admin: Actor, as_viewer: Actor
) -> None:
    assert (await as_admin.call("set_role", user_id=as_viewer.id, role="viewer"))["role"] == "viewer"
    assert await audited(world, as_viewer.id) == []


async def test_a_person_who_was_never_given_a_role_gets_one(
    world: World, as_admin: Actor, as_viewer: Actor
) -> None:
    await world.owner.fetch("delete from public.user_roles where user_id = $1", as_viewer.id)
    assert (await as_admin.call("read_person", user_id=as_viewer.id))["role"] is None
    await as_admin.call("set_role", user_id=as_viewer.id, role="viewer")
    assert await as_viewer.value("select public.get_my_role()") == "viewer"


async def test_only_an_admin_gives_roles_and_lets_in(
    world: World, as_supervisor: Actor, as_viewer: Actor
) -> None:
    for person in (as_supervisor, as_viewer):
        for user in (person.id, as_viewer.id, uuid4()):
            with refused("PT403", "role_required"):
                await person.call("set_role", user_id=user, role="admin")
            with refused("PT403", "role_required"):
                await person.call("set_activation", user_id=user, is_active=False)
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await actor.call("set_role", user_id=as_viewer.id, role="admin")


async def test_an_admin_is_told_of_a_person_who_is_not_there(as_admin: Actor) -> None:
    with refused("PT404", "user_not_found"):
        await as_admin.call("set_role", user_id=uuid4(), role="viewer")
    with refused("PT404", "user_not_found"):
        await as_admin.call("set_activation", user_id=uuid4(), is_active=False)


async def test_who_is_let_out_is_refused_at_once_and_signs_in_anew_when_let_in(
    world: World, as_admin: Actor, as_viewer: Actor
) -> None:
    assert (await as_admin.call("set_activation", user_id=as_viewer.id, is_active=False))[
        "is_active"
    ] is False
    assert await as_viewer.call("list_projects") == []
    assert await world.login.call("private.find_login", email=f"{as_viewer.id}@example.test") is None
    told = await as_admin.call("set_activation", user_id=as_viewer.id, is_active=True)
    assert (told, told["is_active"]) == (await as_admin.call("read_person", user_id=as_viewer.id), True)
    assert await as_viewer.call("list_projects") == [], "the session came back"
    assert await world.login.call("private.find_login", email=f"{as_viewer.id}@example.test")
    assert await events(world, as_viewer.id) == ["user.deactivated", "user.activated"]
    assert await audited(world, as_viewer.id) == ["user.set_activation"] * 2


async def test_supabase_can_read_until_when_a_person_is_out(
    world: World, as_admin: Actor, as_viewer: Actor
) -> None:
    await as_admin.call("set_activation", user_id=as_viewer.id, is_active=False)
    (row,) = await world.owner.fetch("select banned_until from auth.users where id = $1", as_viewer.id)
    century = timedelta(days=100 * 366)
    assert datetime.now(UTC) + century * 0.99 < row["banned_until"] < datetime.now(UTC) + century


async def test_the_last_admin_stays(world: World, as_admin: Actor) -> None:
    other = await second_admin(world)
    await as_admin.call("set_activation", user_id=other.id, is_active=False)
    for call in (
        as_admin.call("set_role", user_id=as_admin.id, role="viewer"),
        as_admin.call("set_activation", user_id=as_admin.id, is_active=False),
    ):
        with refused("PT409", "last_admin"):
            await call
    await as_admin.call("set_activation", user_id=other.id, is_active=True)
    assert (await as_admin.call("set_role", user_id=as_admin.id, role="viewer"))["role"] == "viewer"


async def test_an_admin_may_let_itself_out_while_another_stays(world: World, as_admin: Actor) -> None:
    await second_admin(world)
    told = await as_admin.call("set_activation", user_id=as_admin.id, is_active=False)
    assert told["is_active"] is False
    with refused("PT401", "not_signed_in"):
        await as_admin.call("set_role", user_id=as_admin.id, role="viewer")


@pytest.mark.parametrize(
    ("function", "change"), [("set_role", {"role": "viewer"}), ("set_activation", {"is_active": False})]
)
async def test_two_admins_who_put_each_other_out_at_once_leave_one(
    world: World, as_admin: Actor, function: str, change: dict[str, Any]
) -> None:
    other = await second_admin(world)
    held = await world.owner.connection()
    async with held.transaction():
        # Both are past what they check, or behind the other, before either can write.
        await held.execute("select from public.user_roles for update")
        await held.execute("select from auth.users for update")
        calls = [
            asyncio.create_task(by.call(function, user_id=whom.id, **change))
            for by, whom in ((as_admin, other), (other, as_admin))
        ]
        await blocked(world.database, 2)
    told = await asyncio.gather(*calls, return_exceptions=True)
    left = await world.owner.value(
        "select count(*) from public.user_roles r join auth.users u on u.id = r.user_id"
        " where r.role = 'admin' and u.banned_until is null"
    )
    assert left == 1
    assert sorted(type(answer) is dict for answer in told) == [False, True]
