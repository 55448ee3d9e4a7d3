"""Sessions: a person acts while the session lives; signing out, a ban and an end hold on the next request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from control_plane.db.caller import Caller
from tests.support.world import Actor, World, refused


def with_claims(person: Actor, **claims: Any) -> Actor:
    """The person with other claims, as a forged or an old token would have them."""
    assert person.caller is not None
    own: dict[str, Any] = {"user_id": person.caller.user_id, "session_id": person.caller.session_id}
    return Actor(person.database, person.login, Caller("authenticated", **(own | claims)), person.id)


async def test_a_living_session_acts_as_its_person(world: World, as_supervisor: Actor) -> None:
    assert await as_supervisor.value("select public.get_my_role()") == "supervisor"
    assert (await as_supervisor.call("list_projects"))["id"] == str(world.project)


@pytest.mark.parametrize(
    "end",
    [
        "delete from auth.sessions where user_id = $1",
        "update auth.sessions set not_after = now() where user_id = $1",
        "update auth.users set banned_until = now() + interval '1 hour' where id = $1",
        "update auth.users set deleted_at = now() where id = $1",
    ],
    ids=["removed", "expired", "banned", "deleted"],
)
async def test_an_ended_session_sees_nothing_and_does_nothing(
    world: World, as_supervisor: Actor, as_admin: Actor, end: str
) -> None:
    task = await world.task()
    for person in (as_supervisor, as_admin):
        assert (await person.call("list_tasks"))["id"] == task["id"]
        await world.owner.fetch(end, person.id)
        assert await person.call("list_tasks") == []
        assert await person.call("list_projects") == []
        assert await person.value("select public.get_my_role()") is None
        assert await person.value("select count(*) from public.events") == 0
        with refused("PT404", "task_not_found"):
            await person.call("read_task", task_id=UUID(task["id"]))
        with refused("PT401", "not_signed_in"):
            await person.call("cancel_task", task_id=UUID(task["id"]))


async def test_an_old_ban_and_a_later_end_change_nothing(world: World, as_supervisor: Actor) -> None:
    await world.owner.fetch(
        "update auth.users set banned_until = now() - interval '1 second' where id = $1", as_supervisor.id
    )
    await world.owner.fetch("update auth.sessions set not_after = now() + interval '1 hour'")
    assert (await as_supervisor.call("list_projects"))["id"] == str(world.project)


async def test_claims_without_a_session_of_that_person_are_nobodys(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    assert as_stranger.caller is not None
    foreign = {"session_id": as_stranger.caller.session_id}
    for claims in ({"session_id": None}, {"session_id": uuid4()}, foreign, {"user_id": None}):
        nobody = with_claims(as_supervisor, **claims)
        assert await nobody.call("list_projects") == []
        with refused("PT401", "not_signed_in"):
            await nobody.call("create_project", name="mine")


async def test_empty_claims_are_closed(world: World) -> None:
    await world.claimed()
    login = await world.login.connection()
    for role in ("authenticated", "agent"):
        for claims in (None, "", "{}", '{"role":"authenticated"}', '{"sub":null,"session_id":null}'):
            async with login.transaction():
                await login.execute(f"set local role {role}")
                if claims is not None:
                    await login.execute("select set_config('request.jwt.claims', $1, true)", claims)
                assert await login.fetchval("select count(*) from public.tasks") == 0


async def open_session(world: World, person: Actor, token: str = "hash", user_agent: str = "") -> Any:
    return await world.login.call(
        "private.open_session",
        user_id=person.id,
        refresh_token=token,
        user_agent=user_agent,
        ip="127.0.0.1",
    )


async def test_a_session_is_opened_for_the_password_that_was_checked(world: World, as_viewer: Actor) -> None:
    """Between the check and the session the password may change, and the person may be banned."""
    await world.owner.fetch("update auth.users set encrypted_password = 'new' where id = $1", as_viewer.id)

    async def opened(checked: str | None) -> Any:
        session = {"user_id": as_viewer.id, "user_agent": "", "ip": None, "refresh_token": f"of {checked}"}
        return await world.login.call("private.open_session", **session, encrypted_password=checked)

    assert await opened("old") is None
    assert (await opened("new"))["user"]["id"] == str(as_viewer.id)
    for ending in ("banned_until = 'infinity'", "banned_until = null, deleted_at = now()"):
        await world.owner.fetch(f"update auth.users set {ending} where id = $1", as_viewer.id)
        assert await opened("new") is None
        assert await opened(None) is None
    await world.owner.fetch("update auth.users set deleted_at = null, encrypted_password = null")
    assert await opened("new") is None
    assert await opened(None) is not None


async def test_a_session_lives_thirty_days_and_its_access_token_ten_minutes(
    world: World, as_viewer: Actor
) -> None:
    opened = await open_session(world, as_viewer, user_agent="x" * 600)
    assert opened["expires_at"] - opened["issued_at"] == 600
    person = with_claims(as_viewer, session_id=UUID(opened["session_id"]))
    assert (await person.call("list_projects"))["id"] == str(world.project)
    row = await world.owner.value(
        "select to_jsonb(s) from auth.sessions s where id = $1", UUID(opened["session_id"])
    )
    assert (row["ip"], len(row["user_agent"])) == ("127.0.0.1", 500)
    lives = datetime.fromisoformat(row["not_after"]) - datetime.fromisoformat(row["created_at"])
    assert timedelta(days=30) <= lives < timedelta(days=30, seconds=5)


async def test_signing_out_ends_this_session_only(world: World, as_viewer: Actor) -> None:
    opened = await open_session(world, as_viewer)
    other = with_claims(as_viewer, session_id=UUID(opened["session_id"]))
    assert await as_viewer.call("close_session", scope="local") == 1
    assert await as_viewer.call("close_session", scope="local") == 0
    assert await as_viewer.call("list_projects") == []
    assert (await other.call("list_projects"))["id"] == str(world.project)


async def test_signing_out_ends_all_sessions_or_all_others(world: World, as_viewer: Actor) -> None:
    opened = [await open_session(world, as_viewer, token) for token in ("first", "second")]
    first, second = (with_claims(as_viewer, session_id=UUID(one["session_id"])) for one in opened)
    assert await first.call("close_session", scope="others") == 2
    assert await second.call("close_session", scope="global") == 0, "an ended session ends nothing"
    assert await first.call("close_session", scope="nonsense") == 0
    assert await first.call("close_session") == 1
    assert await world.owner.value("select count(*) from auth.refresh_tokens") == 0


async def test_nobody_ends_anothers_session(world: World, as_stranger: Actor, as_supervisor: Actor) -> None:
    assert as_supervisor.caller is not None
    forger = with_claims(as_stranger, session_id=as_supervisor.caller.session_id)
    for scope in ("local", "others", "global"):
        assert await forger.call("close_session", scope=scope) == 0
    assert (await as_supervisor.call("list_projects"))["id"] == str(world.project)


async def test_a_living_session_is_authenticated_with_its_role(world: World, as_viewer: Actor) -> None:
    assert as_viewer.caller is not None
    login = await world.login.connection()
    query = "select private.authenticate_session($1, $2)"
    told = await login.fetchval(query, as_viewer.id, as_viewer.caller.session_id)
    assert told == {"id": str(as_viewer.id), "email": f"{as_viewer.id}@example.test", "role": "viewer"}
    for user, session in [(as_viewer.id, uuid4()), (world.admin.id, as_viewer.caller.session_id)]:
        assert await login.fetchval(query, user, session) is None
    await world.owner.fetch("update auth.users set banned_until = now() + interval '1 hour'")
    assert await login.fetchval(query, as_viewer.id, as_viewer.caller.session_id) is None


async def test_a_login_is_found_by_its_e_mail_in_any_case(world: World, as_viewer: Actor) -> None:
    await world.owner.fetch("update auth.users set encrypted_password = 'hash' where id = $1", as_viewer.id)
    login = await world.login.connection()
    query, email = "select private.find_login($1)", f"{as_viewer.id}@Example.TEST"
    told = await login.fetchval(query, email)
    assert told == {"id": str(as_viewer.id), "email": email.lower(), "encrypted_password": "hash"}
    assert await login.fetchval(query, "nobody@example.test") is None
    for change in ("banned_until = now() + interval '1 hour'", "banned_until = null, deleted_at = now()"):
        await world.owner.fetch(f"update auth.users set {change} where id = $1", as_viewer.id)
        assert await login.fetchval(query, email) is None


async def test_credentials_are_checked_by_the_login_alone(world: World) -> None:
    calls = [
        "select private.find_login('a')",
        "select private.open_session(gen_random_uuid(), '', '', null)",
        "select private.refresh_session('a', 'b')",
        "select private.sign_up('a@b', 'c', '{}', true, null, null)",
        "select private.take_allowance('sign_in', 'a@b', null)",
        "select private.return_allowance('sign_in', 'a@b', null)",
        "select private.authenticate_session(gen_random_uuid(), gen_random_uuid())",
        "select private.ensure_admin('a', 'b')",
    ]
    for actor in (world.admin, world.agent, world.anon, world.webhook, world.worker):
        for call in calls:
            with refused("42501"):
                await actor.fetch(call)
    with refused("42501"):
        await world.login.fetch(calls[-1])


async def test_a_change_of_role_holds_on_the_next_request(world: World, as_supervisor: Actor) -> None:
    await world.owner.fetch(
        "update public.user_roles set role = 'viewer' where user_id = $1", as_supervisor.id
    )
    with refused("PT403", "role_required"):
        await as_supervisor.call("create_project", name="new")
    await world.owner.fetch("delete from public.user_roles where user_id = $1", as_supervisor.id)
    with refused("PT403", "role_required"):
        await as_supervisor.call("create_project", name="new")
