"""Ways by which somebody could get more than was given, each of them closed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from control_plane.db.caller import Caller
from control_plane.http.credentials import parse_token
from tests.support.scene import add_api_token, add_invitation
from tests.support.world import Actor, World, refused


async def by_token(person: Actor, *scopes: str) -> Actor:
    """The person by an API token."""
    token, _ = await add_api_token(person, *scopes)
    return replace(person.twin(), caller=Caller("authenticated", user_id=person.id, token_id=UUID(token)))


async def accept(person: Actor, text: str) -> Any:
    token = parse_token(text)
    assert token is not None
    return await person.call("accept_invitation", token_id=token.id, token_hash=token.hash)


async def email_of(world: World, person: Actor) -> str:
    return await world.owner.value("select email from auth.users where id = $1", person.id)


async def role_of(person: Actor) -> str:
    return await person.value("select public.get_my_role()::text")


async def test_a_role_is_given_to_nobody_whose_email_may_be_anothers(
    world: World, as_admin: Actor, as_viewer: Actor
) -> None:
    await world.owner.fetch("update auth.users set email_confirmed_at = null where id = $1", as_viewer.id)
    with refused("PT409", "email_unconfirmed"):
        await as_admin.call("set_role", user_id=as_viewer.id, role="supervisor")
    _, token = await add_invitation(as_admin, await email_of(world, as_viewer), role="supervisor")
    await accept(as_viewer, token)
    assert await role_of(as_viewer) == "supervisor"


async def test_a_token_gives_nobody_a_role(world: World, as_admin: Actor, as_viewer: Actor) -> None:
    token = await by_token(as_admin, "people:write")
    with refused("PT403", "session_required"):
        await token.call("set_role", user_id=as_viewer.id, role="admin")
    with refused("PT403", "session_required"):
        await add_invitation(token, "eve@example.test", role="admin")
    await add_invitation(token, "eve@example.test")


async def test_what_was_taken_away_does_not_come_back_by_an_older_invitation(
    world: World, as_admin: Actor, as_viewer: Actor
) -> None:
    email = await email_of(world, as_viewer)
    team = UUID((await as_admin.call("create_team", name="team"))["id"])
    invitation = {"role": "supervisor", "team": team}
    texts = [(await add_invitation(as_admin, email, **invitation))[1] for _ in range(2)]
    _, to_team = await add_invitation(as_admin, email, team=team, project=world.project)
    _, to_role = await add_invitation(as_admin, email, role="admin")
    await accept(as_viewer, texts[0])
    await as_admin.call("set_role", user_id=as_viewer.id, role="viewer")
    await as_admin.call("remove_team_member", team_id=team, user_id=as_viewer.id)
    for text in (texts[1], to_team, to_role):
        with refused("PT403", "invitation_not_valid"):
            await accept(as_viewer, text)
    assert await role_of(as_viewer) == "viewer"


async def test_a_project_is_not_taken_from_a_team_by_who_is_none_of_it(
    world: World, as_admin: Actor, as_supervisor: Actor
) -> None:
    theirs = UUID((await as_admin.call("create_team", name="theirs"))["id"])
    fields = {"project_id": world.project, "name": "ours", "description": ""}
    await as_admin.call("update_project", **fields, team_id=theirs)
    mine = UUID((await as_supervisor.call("create_team", name="mine"))["id"])
    for team in (mine, None):
        with refused("PT403", "project_of_other_team"):
            await as_supervisor.call("update_project", **fields, team_id=team)
    await as_supervisor.call("update_project", **{**fields, "name": "renamed"}, team_id=theirs)


async def test_a_key_that_was_rotated_away_makes_no_other(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    old = world.agent_key.split("_")[1]
    as_old = replace(as_agent.twin(), caller=Caller("agent", agent_id=as_agent.id, key_id=old))

    async def rotate(actor: Actor, key_id: str) -> Any:
        hashed = hashlib.sha256(key_id.encode()).digest()
        named = {"agent_id": as_agent.id, "overlap_seconds": 3600}
        return await actor.call("rotate_agent_key", **named, key_id=key_id, key_hash=hashed)

    await rotate(as_supervisor, "a" * 12)
    with refused("PT403", "key_rotated_away"):
        await rotate(as_old, "b" * 12)
    as_new = replace(as_agent.twin(), caller=Caller("agent", agent_id=as_agent.id, key_id="a" * 12))
    await rotate(as_new, "c" * 12)


@pytest.mark.parametrize("scope", ["agent", "session", "public", "tasks:*", "tasks:read\n", ""])
async def test_a_scope_is_one_of_the_list(as_supervisor: Actor, scope: str) -> None:
    with refused("PT422", "invalid_scopes"):
        await add_api_token(as_supervisor, "tasks:read", scope)


async def test_an_agent_of_two_projects_tells_neither_of_the_other(world: World, as_admin: Actor) -> None:
    both = [world.project, world.stranger_project]
    made = await as_admin.call(
        "register_agent",
        name="shared",
        project_ids=both,
        capabilities=[],
        labels={},
        key_id=uuid4().hex[:12],
        key_hash=bytes(32),
    )
    rows = await world.supervisor.fetch(
        "select data::text from public.audit_log where subject_id = $1", UUID(made["id"])
    )
    assert len(rows) == 1
    assert str(world.stranger_project) not in rows[0][0]
