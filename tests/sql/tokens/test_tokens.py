"""Tokens of people and projects: what they stand for, who makes and ends them, and when they stop."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from control_plane.db.caller import Caller
from control_plane.http.credentials import Token, parse_token
from tests.sql.acting import audited, events
from tests.support.scene import add_api_token, add_project_token
from tests.support.world import Actor, World, refused


async def authenticate(world: World, kind: str, text: str) -> Any:
    """Whom the login finds for a token."""
    token = parse_token(text)
    assert isinstance(token, Token)
    told = await world.login.call(f"private.authenticate_{kind}_token", key_id=token.id, key_hash=token.hash)
    return told or None


def acting(person: Actor, token_id: str) -> Actor:
    """A person who came with an API token."""
    caller = Caller("authenticated", user_id=person.id, token_id=UUID(token_id))
    return Actor(person.database, person.login, caller, person.id)


async def test_a_token_acts_for_its_person_within_its_scopes(world: World, as_supervisor: Actor) -> None:
    token_id, text = await add_api_token(as_supervisor, "tasks:write", "tasks:read", "tasks:read")
    assert await authenticate(world, "api", text) == {
        "token_id": token_id,
        "user_id": str(as_supervisor.id),
        "scopes": ["tasks:read", "tasks:write"],
    }
    by_token = acting(as_supervisor, token_id)
    assert (await by_token.call("list_projects"))["id"] == str(world.project)
    assert await audited(world, token_id) == ["api_token.create"]


async def test_a_token_is_found_by_all_of_its_text_and_its_kind(world: World, as_supervisor: Actor) -> None:
    _, text = await add_api_token(as_supervisor, "tasks:read")
    _, ci = await add_project_token(as_supervisor, world.project)
    last = "A" if text[-1] != "A" else "B"
    assert await authenticate(world, "api", text[:-1] + last) is None
    assert await authenticate(world, "api", text.replace("_api_", "_prj_")) is None
    assert await authenticate(world, "project", text) is None
    assert await authenticate(world, "api", ci) is None
    assert (await authenticate(world, "project", ci))["project_id"] == str(world.project)


@pytest.mark.parametrize(
    "end",
    [
        "update public.api_tokens set revoked_at = now() where user_id = $1",
        "update public.api_tokens set expires_at = now() where user_id = $1",
        "update auth.users set banned_until = now() + interval '1 hour' where id = $1",
        "update auth.users set deleted_at = now() where id = $1",
        "delete from public.api_tokens where user_id = $1",
    ],
    ids=["revoked", "expired", "banned", "deleted", "removed"],
)
async def test_an_ended_token_is_nobodys(world: World, as_supervisor: Actor, end: str) -> None:
    token_id, text = await add_api_token(as_supervisor, "projects:read", days=None)
    by_token = acting(as_supervisor, token_id)
    assert await authenticate(world, "api", text)
    await world.owner.fetch(end, as_supervisor.id)
    assert await authenticate(world, "api", text) is None
    assert await by_token.call("list_projects") == []
    with refused("PT401", "not_signed_in"):
        await by_token.call("create_project", name="new")


async def test_a_token_does_what_its_person_may_and_no_more(
    world: World, as_viewer: Actor, as_supervisor: Actor
) -> None:
    token_id, _ = await add_api_token(as_viewer, "projects:write")
    with refused("PT403", "role_required"):
        await acting(as_viewer, token_id).call("create_project", name="new")
    token_id, _ = await add_api_token(as_supervisor, "projects:write")
    await world.owner.fetch(
        "update public.user_roles set role = 'viewer' where user_id = $1", as_supervisor.id
    )
    with refused("PT403", "role_required"):
        await acting(as_supervisor, token_id).call("create_project", name="new")


async def test_nobody_acts_by_anothers_token(as_stranger: Actor, as_admin: Actor) -> None:
    token_id, _ = await add_api_token(as_admin, "projects:read")
    assert await acting(as_stranger, token_id).call("list_projects") == []


async def test_a_token_lives_as_long_as_was_asked(world: World, as_viewer: Actor) -> None:
    await add_api_token(as_viewer, "tasks:read", days=None)
    await add_api_token(as_viewer, "tasks:read", days=366)
    rows = await as_viewer.call("list_api_tokens")
    assert [row["expires_at"] is None for row in rows] == [True, False]
    days = "select extract(day from expires_at - now())::int from public.api_tokens where id = $1"
    assert await world.owner.value(days, UUID(rows[1]["id"])) in {365, 366}
    for wrong in (0, -1, 367, 2**31 - 1):
        for make in (
            add_api_token(as_viewer, "tasks:read", days=wrong),
            add_project_token(world.supervisor, world.project, wrong),
        ):
            with refused("PT422", "invalid_expiry"):
                await make


async def test_a_token_has_a_name_and_scopes(as_viewer: Actor) -> None:
    good = {
        "name": "ci",
        "scopes": ["tasks:read"],
        "expires_in_days": 1,
        "key_id": "a",
        "key_hash": b"x" * 32,
    }
    for change, constraint in (
        ({"name": ""}, "api_tokens_name_length"),
        ({"name": "x" * 101}, "api_tokens_name_length"),
        ({"scopes": []}, "api_tokens_scopes_count"),
        ({"scopes": [f"{'a' * (n + 1)}:read" for n in range(51)]}, "api_tokens_scopes_count"),
        ({"key_hash": b"short"}, "token_hashes_hash_is_sha256"),
    ):
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await as_viewer.call("create_api_token", **(good | change))
    with refused("23502"):
        await as_viewer.call("create_api_token", **(good | {"name": None}))


async def test_one_sees_and_ends_ones_own_tokens(world: World, as_viewer: Actor, as_admin: Actor) -> None:
    mine, text = await add_api_token(as_viewer, "tasks:read")
    theirs, _ = await add_api_token(as_admin, "tasks:read")
    listed = "select array_agg(id::text) from public.list_api_tokens()"
    assert [await person.value(listed) for person in (as_viewer, as_admin)] == [[mine], [theirs]]
    for _ in range(2):
        await as_viewer.call("revoke_api_token", token_id=UUID(mine))
    assert await authenticate(world, "api", text) is None
    assert (await as_viewer.call("list_api_tokens"))["revoked_at"]
    assert await audited(world, mine) == ["api_token.create", "api_token.revoke"]


async def test_an_admin_ends_anyones_token(world: World, as_viewer: Actor, as_admin: Actor) -> None:
    token_id, text = await add_api_token(as_viewer, "tasks:read")
    await as_admin.call("revoke_api_token", token_id=UUID(token_id))
    assert await authenticate(world, "api", text) is None


async def test_a_stranger_cannot_tell_that_the_token_exists(
    world: World, as_viewer: Actor, as_stranger: Actor, as_supervisor: Actor
) -> None:
    token_id, text = await add_api_token(as_viewer, "tasks:read")
    for person in (as_stranger, as_supervisor):
        for asked in (UUID(token_id), uuid4()):
            with refused("PT404", "token_not_found"):
                await person.call("revoke_api_token", token_id=asked)
    assert await authenticate(world, "api", text)


async def test_a_projects_token_speaks_for_its_project_until_it_ends(
    world: World, as_supervisor: Actor
) -> None:
    token_id, text = await add_project_token(as_supervisor, world.project)
    assert await authenticate(world, "project", text) == {
        "token_id": token_id,
        "project_id": str(world.project),
    }
    for _ in range(2):
        await as_supervisor.call("revoke_project_token", project_id=world.project, token_id=UUID(token_id))
    assert await authenticate(world, "project", text) is None
    assert await events(world, token_id) == ["project_token.created", "project_token.revoked"]
    assert await audited(world, token_id) == ["project_token.create", "project_token.revoke"]
    _, late = await add_project_token(as_supervisor, world.project)
    await world.owner.fetch("update public.project_tokens set expires_at = now()")
    assert await authenticate(world, "project", late) is None


async def test_supervisors_of_a_project_keep_its_tokens(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_admin: Actor
) -> None:
    token_id, _ = await add_project_token(as_supervisor, world.project)
    assert (await as_admin.call("list_project_tokens", project_id=world.project))["id"] == token_id
    named = {"project_id": world.project}
    with refused("PT403", "role_required"):
        await add_project_token(as_viewer, world.project)
    with refused("PT403", "role_required"):
        await as_viewer.call("list_project_tokens", **named)
    with refused("PT403", "role_required"):
        await as_viewer.call("revoke_project_token", **named, token_id=UUID(token_id))
    assert await as_viewer.value("select count(*) from public.project_tokens") == 0
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await actor.call("list_project_tokens", **named)
        with refused("42501"):
            await actor.call("list_api_tokens")


async def test_a_stranger_reaches_no_token_of_a_project(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    token_id, text = await add_project_token(as_supervisor, world.project)
    for project in (world.project, uuid4()):
        with refused("PT404", "project_not_found"):
            await add_project_token(as_stranger, project)
        with refused("PT404", "project_not_found"):
            await as_stranger.call("list_project_tokens", project_id=project)
        with refused("PT404", "project_not_found"):
            await as_stranger.call("revoke_project_token", project_id=project, token_id=UUID(token_id))
    with refused("PT404", "token_not_found"):
        await as_stranger.call(
            "revoke_project_token", project_id=world.stranger_project, token_id=UUID(token_id)
        )
    assert await authenticate(world, "project", text)


async def test_the_last_use_is_shown_with_the_token(world: World, as_supervisor: Actor) -> None:
    token_id, _ = await add_api_token(as_supervisor, "tasks:read")
    ci, _ = await add_project_token(as_supervisor, world.project)
    assert (await as_supervisor.call("list_api_tokens"))["used_at"] is None
    for _ in range(2):
        await world.login.call("private.write_token_uses", ids=[UUID(token_id), UUID(ci)])
    assert (await as_supervisor.call("list_api_tokens"))["used_at"]
    assert (await as_supervisor.call("list_project_tokens", project_id=world.project))["used_at"]
    with refused("42501"):
        await as_supervisor.call("private.write_token_uses", ids=[UUID(token_id)])


async def test_everybody_learns_whom_a_credential_speaks_for(
    world: World, as_supervisor: Actor, as_agent: Actor, as_admin: Actor
) -> None:
    ours = [str(world.project)]
    person = {"kind": "person", "id": str(as_supervisor.id), "name": f"{as_supervisor.id}@example.test"}
    person |= {"role": "supervisor", "project_ids": ours}
    assert await as_supervisor.call("whoami") == person | {"scopes": None}
    token_id, _ = await add_api_token(as_supervisor, "tasks:read")
    assert await acting(as_supervisor, token_id).call("whoami") == person | {"scopes": ["tasks:read"]}
    nobody = {"role": None, "scopes": None}
    assert await as_agent.call("whoami") == nobody | {
        "kind": "agent",
        "id": str(as_agent.id),
        "name": "agent",
        "project_ids": ours,
    }
    ci = Actor(world.database, "devos_login", Caller("integration", project_id=world.project))
    assert await ci.call("whoami") == nobody | {
        "kind": "project",
        "id": str(world.project),
        "name": "ours",
        "project_ids": ours,
    }
    assert len((await as_admin.call("whoami"))["project_ids"]) == 2
    with refused("PT401", "not_signed_in"):
        await world.webhook.call("whoami")
