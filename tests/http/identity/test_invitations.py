"""Invitations: who asks whom in, where to, and how far that goes."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.http.conftest import SignedIn
from tests.support.api import give_password, problem
from tests.support.scene import add_invitation
from tests.support.world import Actor, World

INVITATIONS = "/api/invitations"
ACCEPT = f"{INVITATIONS}/accept"


@pytest.fixture
async def team(world: World) -> UUID:
    """A team of the supervisor."""
    team = uuid4()
    await world.owner.fetch("insert into public.teams (id, name) values ($1, 'ours')", team)
    await world.owner.fetch(
        "insert into public.team_members (team_id, user_id) values ($1, $2)", team, world.supervisor.id
    )
    return team


@pytest.fixture
async def guest_email(world: World) -> str:
    """The e-mail of the stranger, who is a supervisor elsewhere."""
    return await give_password(world.stranger, world.owner)


async def invite(person: httpx.AsyncClient, email: str = "ada@example.test", **fields: Any) -> httpx.Response:
    return await person.post(INVITATIONS, json={"email": email, **fields})


async def role_of(world: World, person: Actor) -> str:
    return await world.owner.value("select role::text from public.user_roles where user_id = $1", person.id)


async def test_a_supervisor_invites_to_its_project(supervisor: httpx.AsyncClient, world: World) -> None:
    answer = await invite(supervisor, " Ada@Example.TEST", project_id=str(world.project))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["invitation"]["email"] == "ada@example.test"
    assert (told["invitation"]["role"], told["invitation"]["project_id"]) == ("viewer", str(world.project))
    assert told["token"].startswith("devos_inv_")
    (listed,) = (await supervisor.get(INVITATIONS)).json()["items"]
    assert listed == told["invitation"]
    assert told["token"] not in str(await world.owner.fetch("select * from private.token_hashes"))


async def test_a_viewer_invites_nobody_and_sees_no_invitation(
    viewer: httpx.AsyncClient, world: World
) -> None:
    made, _ = await add_invitation(world.supervisor, "ada@example.test", project=world.project)
    problem(await invite(viewer, project_id=str(world.project)), 403, "role_required")
    assert (await viewer.get(INVITATIONS)).json()["items"] == []
    problem(await viewer.delete(f"{INVITATIONS}/{made['id']}"), 403, "role_required")


async def test_only_an_admin_gives_more_than_a_viewer_may(
    supervisor: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    for role in ("supervisor", "admin"):
        problem(await invite(supervisor, role=role), 403, "role_required")
        assert (await invite(admin, role=role)).json()["invitation"]["role"] == role
    problem(await invite(admin, role="owner"), 422, "invalid_request")


async def test_nobody_invites_to_what_it_does_not_see(
    supervisor: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    world: World,
    team: UUID,
    stranger: httpx.AsyncClient,
) -> None:
    for project in (str(world.stranger_project), str(uuid4())):
        problem(await invite(supervisor, project_id=project), 404, "project_not_found")
    for foreign in (str(team), str(uuid4())):
        problem(await invite(stranger, team_id=foreign), 404, "team_not_found")
    assert (await invite(supervisor, team_id=str(team))).status_code == 201
    assert (await invite(admin, team_id=str(team), project_id=str(world.project))).status_code == 201


async def test_what_is_no_email_is_not_invited(supervisor: httpx.AsyncClient) -> None:
    for email in ("x", "ada@example.test.", "\uff41da@example.test", "m\u0131ke@example.test"):
        problem(await invite(supervisor, email), 422, "invalid_email")


async def test_an_invitation_lives_one_to_thirty_days(supervisor: httpx.AsyncClient, world: World) -> None:
    for days in (0, -1, 31, None, "x"):
        problem(await invite(supervisor, expires_in_days=days), 422, "invalid_request")
    assert (await invite(supervisor, expires_in_days=30)).status_code == 201
    days = "select array_agg(extract(day from expires_at - created_at)::int) from public.invitations"
    assert await world.owner.value(days) == [30]


async def test_nothing_but_the_invitation_is_set_by_its_maker(supervisor: httpx.AsyncClient) -> None:
    for name in (
        "id",
        "created_by",
        "created_at",
        "accepted_at",
        "accepted_by",
        "revoked_at",
        "expires_at",
        "token",
    ):
        problem(await invite(supervisor, **{name: str(uuid4())}), 422, "invalid_request")


async def test_who_is_invited_comes_in(
    stranger: httpx.AsyncClient, guest_email: str, world: World, team: UUID
) -> None:
    _, token = await add_invitation(world.supervisor, guest_email, team=team, project=world.project)
    answer = await stranger.post(ACCEPT, json={"token": token})
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted_by"] == str(world.stranger.id)
    listed = {project["id"] for project in (await stranger.get("/api/projects")).json()["items"]}
    assert listed == {str(world.project), str(world.stranger_project)}
    teams = "select team_id from public.team_members where user_id = $1"
    assert await world.owner.value(teams, world.stranger.id) == team
    problem(await stranger.post(ACCEPT, json={"token": token}), 403, "invitation_not_valid")


async def test_an_invitation_raises_a_role_and_never_lowers_it(
    stranger: httpx.AsyncClient, guest_email: str, world: World
) -> None:
    for role, after in (("viewer", "supervisor"), ("admin", "admin"), ("supervisor", "admin")):
        _, token = await add_invitation(world.admin, guest_email, role=role)
        assert (await stranger.post(ACCEPT, json={"token": token})).status_code == 200
        assert await role_of(world, world.stranger) == after


async def test_an_invitation_is_of_no_use_to_anybody_else(
    stranger: httpx.AsyncClient,
    viewer: httpx.AsyncClient,
    supervisor: httpx.AsyncClient,
    guest_email: str,
    world: World,
) -> None:
    _, token = await add_invitation(world.admin, guest_email, role="admin", project=world.project)
    # Who sees it in the list is as little meant as who does not.
    for other in (viewer, supervisor):
        problem(await other.post(ACCEPT, json={"token": token}), 403, "invitation_not_valid")
    assert await role_of(world, world.viewer) == "viewer"
    assert await role_of(world, world.supervisor) == "supervisor"
    assert (await stranger.post(ACCEPT, json={"token": token})).status_code == 200


async def test_an_invitation_that_is_accepted_ten_times_at_once_counts_once(
    stranger: httpx.AsyncClient, guest_email: str, world: World
) -> None:
    _, token = await add_invitation(world.supervisor, guest_email, project=world.project)
    answers = await asyncio.gather(*(stranger.post(ACCEPT, json={"token": token}) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 403: 9}
    accepted = "select count(*) from public.audit_log where action = 'invitation.accept'"
    assert await world.owner.value(accepted) == 1


@pytest.mark.parametrize(
    "ending",
    [
        "update public.invitations set expires_at = now() - interval '1 second'",
        "update public.user_roles set role = 'viewer' where user_id = $1",
        "update auth.users set banned_until = 'infinity' where id = $1",
        "update auth.users set deleted_at = now() where id = $1",
        "delete from public.project_members where user_id = $1",
    ],
    ids=["expired", "its maker demoted", "its maker banned", "its maker deleted", "its maker removed"],
)
async def test_an_ended_invitation_is_of_no_use(
    ending: str, stranger: httpx.AsyncClient, guest_email: str, world: World
) -> None:
    _, token = await add_invitation(world.supervisor, guest_email, project=world.project)
    await world.owner.fetch(ending, *([world.supervisor.id] if "$1" in ending else []))
    problem(await stranger.post(ACCEPT, json={"token": token}), 403, "invitation_not_valid")


async def test_a_demoted_admin_leaves_no_way_to_more(
    stranger: httpx.AsyncClient, guest_email: str, world: World
) -> None:
    _, token = await add_invitation(world.admin, guest_email, role="admin")
    await world.owner.fetch(
        "update public.user_roles set role = 'supervisor' where user_id = $1", world.admin.id
    )
    problem(await stranger.post(ACCEPT, json={"token": token}), 403, "invitation_not_valid")
    assert await role_of(world, world.stranger) == "supervisor"


async def test_a_revoked_invitation_lets_nobody_in(
    supervisor: httpx.AsyncClient, stranger: httpx.AsyncClient, guest_email: str, world: World
) -> None:
    made, token = await add_invitation(world.supervisor, guest_email, project=world.project)
    for _ in range(2):
        assert (await supervisor.delete(f"{INVITATIONS}/{made['id']}")).status_code == 204
    problem(await stranger.post(ACCEPT, json={"token": token}), 403, "invitation_not_valid")
    (listed,) = (await supervisor.get(INVITATIONS)).json()["items"]
    assert listed["revoked_at"]


async def test_what_was_accepted_is_not_revoked(
    supervisor: httpx.AsyncClient, stranger: httpx.AsyncClient, guest_email: str, world: World
) -> None:
    made, token = await add_invitation(world.supervisor, guest_email, project=world.project)
    await stranger.post(ACCEPT, json={"token": token})
    problem(await supervisor.delete(f"{INVITATIONS}/{made['id']}"), 409, "invitation_accepted")


async def test_a_stranger_neither_sees_nor_revokes_an_invitation(
    stranger: httpx.AsyncClient, admin: httpx.AsyncClient, world: World, team: UUID
) -> None:
    made = [
        (await add_invitation(world.supervisor, "ada@example.test", project=world.project))[0]["id"],
        (await add_invitation(world.supervisor, "ada@example.test", team=team))[0]["id"],
        (await add_invitation(world.supervisor, "ada@example.test"))[0]["id"],
    ]
    assert (await stranger.get(INVITATIONS)).json()["items"] == []
    for invitation in (*made, str(uuid4())):
        problem(await stranger.delete(f"{INVITATIONS}/{invitation}"), 404, "invitation_not_found")
    assert [item["id"] for item in (await admin.get(INVITATIONS)).json()["items"]] == made


async def test_a_colleague_sees_the_invitations_to_what_they_share(signed_in: SignedIn, world: World) -> None:
    await world.owner.fetch(
        "insert into public.project_members (project_id, user_id) values ($1, $2)",
        world.project,
        world.stranger.id,
    )
    shared, _ = await add_invitation(world.supervisor, "ada@example.test", project=world.project)
    await add_invitation(world.supervisor, "eve@example.test")
    colleague = await signed_in(world.stranger)
    assert [item["id"] for item in (await colleague.get(INVITATIONS)).json()["items"]] == [shared["id"]]


async def test_an_agent_accepts_nothing(agent: httpx.AsyncClient, guest_email: str, world: World) -> None:
    _, token = await add_invitation(world.supervisor, guest_email)
    problem(await agent.post(ACCEPT, json={"token": token}), 403, "insufficient_scope")


async def test_what_is_no_token_is_not_valid(stranger: httpx.AsyncClient, world: World) -> None:
    for token in ("", "x", world.agent_key, "devos_inv_", "devos_api_" + world.agent_key[6:]):
        problem(await stranger.post(ACCEPT, json={"token": token}), 422, "invalid_request")
    unknown = f"devos_inv_{'0' * 12}_{'A' * 43}"
    problem(await stranger.post(ACCEPT, json={"token": unknown}), 403, "invitation_not_valid")


async def test_invitations_are_listed_page_by_page(supervisor: httpx.AsyncClient, world: World) -> None:
    made = [(await add_invitation(world.supervisor, "ada@example.test"))[0]["id"] for _ in range(5)]
    first = (await supervisor.get(f"{INVITATIONS}?limit=3")).json()
    rest = (await supervisor.get(f"{INVITATIONS}?limit=3&cursor={first['next_cursor']}")).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    assert rest["next_cursor"] is None


async def test_what_happens_to_an_invitation_is_written_down(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    made = (await invite(supervisor, project_id=str(world.project))).json()["invitation"]
    await supervisor.delete(f"{INVITATIONS}/{made['id']}")
    actions = await world.owner.fetch(
        "select action from public.audit_log where subject_id = $1 and actor_id = $2 order by id",
        UUID(made["id"]),
        world.supervisor.id,
    )
    assert [row["action"] for row in actions] == ["invitation.create", "invitation.revoke"]
    told = await world.owner.fetch(
        "select type, data from public.events where subject_id = $1", UUID(made["id"])
    )
    assert [row["type"] for row in told] == ["invitation.created", "invitation.revoked"]
    assert "ada@example.test" not in str(told), "viewers read these"
