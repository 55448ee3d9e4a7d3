"""Teams: made by supervisors; their members see their projects, and nobody else sees a team."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import audited, events
from tests.support.world import Actor, World, refused


@pytest.fixture
async def team(as_supervisor: Actor) -> UUID:
    """A team of the supervisor."""
    return UUID((await as_supervisor.call("create_team", name="team"))["id"])


async def listed(actor: Actor, function: str, **among: object) -> list[Any]:
    told = await actor.call(function, **among)
    return [item["id"] for item in (told if isinstance(told, list) else [told])]


async def test_who_creates_a_team_is_its_member(world: World, as_supervisor: Actor, team: UUID) -> None:
    assert await listed(as_supervisor, "list_teams") == [str(team)]
    assert await listed(as_supervisor, "list_people", team_id=team) == [str(as_supervisor.id)]
    assert (await as_supervisor.call("read_team", team_id=team))["name"] == "team"
    assert await events(world, team) == ["team.created"]
    assert await audited(world, team) == ["team.create"]


async def test_a_member_sees_the_projects_of_the_team_until_it_leaves(
    world: World, as_admin: Actor, as_supervisor: Actor, as_stranger: Actor, team: UUID
) -> None:
    project = await as_supervisor.call("create_project", name="of the team", team_id=team)
    await as_supervisor.call(
        "create_tasks", items=[{"project_id": project["id"], "kind": "test", "title": "Try"}]
    )
    assert project["id"] not in await listed(as_stranger, "list_projects")
    await as_admin.call("add_team_member", team_id=team, user_id=as_stranger.id)
    assert set(await listed(as_stranger, "list_projects")) == {project["id"], str(world.stranger_project)}
    assert (await as_stranger.call("list_tasks"))["project_id"] == project["id"]
    await as_admin.call("remove_team_member", team_id=team, user_id=as_stranger.id)
    assert await listed(as_stranger, "list_projects") == [str(world.stranger_project)]
    assert await as_stranger.call("list_tasks") == []
    assert await events(world, team) == ["team.created", "team.member_added", "team.member_removed"]
    assert await audited(world, team) == ["team.create", "team.add_member", "team.remove_member"]


async def test_to_add_a_member_twice_is_to_add_it_once(
    world: World, as_supervisor: Actor, as_viewer: Actor, team: UUID
) -> None:
    for _ in range(2):
        await as_supervisor.call("add_team_member", team_id=team, user_id=as_viewer.id)
    assert len(await listed(as_supervisor, "list_people", team_id=team)) == 2
    assert (await events(world, team)).count("team.member_added") == 1


async def test_only_people_that_one_sees_are_added(
    as_supervisor: Actor, as_stranger: Actor, team: UUID
) -> None:
    for user in (as_stranger.id, uuid4()):
        for function in ("add_team_member", "remove_team_member"):
            with refused("PT404", "user_not_found"):
                await as_supervisor.call(function, team_id=team, user_id=user)


async def test_a_foreign_team_answers_as_an_absent_one(
    as_supervisor: Actor, as_stranger: Actor, team: UUID
) -> None:
    for person, absent in ((as_stranger, team), (as_supervisor, uuid4())):
        calls = {
            "read_team": {},
            "update_team": {"name": "mine"},
            "delete_team": {},
            "list_people": {},
            "add_team_member": {"user_id": person.id},
            "remove_team_member": {"user_id": person.id},
            "create_project": {"name": "mine"},
        }
        for function, arguments in calls.items():
            with refused("PT404", "team_not_found"):
                await person.call(function, team_id=absent, **arguments)
    assert await as_stranger.call("list_teams") == []


async def test_a_viewer_changes_no_team(as_supervisor: Actor, as_viewer: Actor, team: UUID) -> None:
    await as_supervisor.call("add_team_member", team_id=team, user_id=as_viewer.id)
    assert await listed(as_viewer, "list_teams") == [str(team)]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("create_team", {"name": "mine"}),
        ("update_team", {"team_id": team, "name": "mine"}),
        ("delete_team", {"team_id": team}),
        ("add_team_member", {"team_id": team, "user_id": as_viewer.id}),
        ("remove_team_member", {"team_id": team, "user_id": as_viewer.id}),
    ]
    for function, arguments in calls:
        with refused("PT403", "role_required"):
            await as_viewer.call(function, **arguments)


async def test_an_admin_sees_every_team(as_admin: Actor, team: UUID) -> None:
    assert await listed(as_admin, "list_teams") == [str(team)]
    assert (await as_admin.call("update_team", team_id=team, name="theirs"))["name"] == "theirs"


async def test_an_edit_of_an_older_version_is_refused(world: World, as_supervisor: Actor, team: UUID) -> None:
    first = await as_supervisor.call("update_team", team_id=team, name="one", version=1)
    assert (first["name"], first["version"]) == ("one", 2)
    with refused("PT412", "version_changed"):
        await as_supervisor.call("update_team", team_id=team, name="two", version=1)
    assert (await as_supervisor.call("read_team", team_id=team))["name"] == "one"
    assert (await as_supervisor.call("update_team", team_id=team, name="three"))["version"] == 3
    assert (await events(world, team)).count("team.updated") == 2


async def test_a_team_with_projects_stays(world: World, as_supervisor: Actor, team: UUID) -> None:
    project = await as_supervisor.call("create_project", name="of the team", team_id=team)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="projects_team_id_fkey"):
        await as_supervisor.call("delete_team", team_id=team)
    await as_supervisor.call("delete_project", project_id=UUID(project["id"]))
    await as_supervisor.call("delete_team", team_id=team)
    assert await as_supervisor.call("list_teams") == []
    assert (await audited(world, team))[-1] == "team.delete"


async def test_what_happens_to_a_team_is_told_to_its_members_and_to_admins(
    as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor, as_admin: Actor, team: UUID
) -> None:
    query = "select type from public.events where subject_id = $1"
    for person in (as_supervisor, as_admin):
        assert await person.value(query, team) == "team.created"
    for person in (as_viewer, as_stranger):
        assert await person.value(query, team) is None
