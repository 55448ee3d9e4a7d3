"""Projects: made by supervisors, seen by members and their team; an admin sees all of them."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import audited, blocked, events
from tests.support.scene import add_repository
from tests.support.world import Actor, World, refused


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


async def test_a_foreign_project_answers_as_an_absent_one(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    for person, absent in ((as_stranger, world.project), (as_supervisor, uuid4())):
        calls = {
            "read_project": {},
            "update_project": {"name": "mine", "description": "", "team_id": None},
            "configure_project": {"default_priority": 1, "default_max_retries": 1},
            "delete_project": {},
            "list_people": {},
            "add_project_member": {"user_id": person.id},
            "remove_project_member": {"user_id": person.id},
        }
        for function, arguments in calls.items():
            with refused("PT404", "project_not_found"):
                await person.call(function, project_id=absent, **arguments)


async def test_a_viewer_changes_no_project(world: World, as_viewer: Actor) -> None:
    calls = {
        "update_project": {"name": "mine", "description": "", "team_id": None},
        "configure_project": {"default_priority": 1, "default_max_retries": 1},
        "delete_project": {},
        "add_project_member": {"user_id": as_viewer.id},
        "remove_project_member": {"user_id": as_viewer.id},
    }
    for function, arguments in calls.items():
        with refused("PT403", "role_required"):
            await as_viewer.call(function, project_id=world.project, **arguments)


async def test_a_project_is_changed_as_a_whole_and_by_version(world: World, as_supervisor: Actor) -> None:
    team = await as_supervisor.call("create_team", name="team")
    sent = {"name": "new", "description": "What for", "team_id": UUID(team["id"])}
    told = await as_supervisor.call("update_project", project_id=world.project, **sent, version=1)
    assert told == told | {**sent, "team_id": team["id"], "version": 2}
    with refused("PT412", "version_changed"):
        await as_supervisor.call("update_project", project_id=world.project, **sent, version=1)
    with refused("PT412", "version_changed"):
        await as_supervisor.call(
            "configure_project",
            project_id=world.project,
            default_priority=1,
            default_max_retries=1,
            version=1,
        )
    assert (await events(world, world.project)).count("project.updated") == 1
    assert await audited(world, world.project) == ["project.create", "project.update"]


async def test_a_project_goes_to_no_foreign_team(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    theirs = UUID((await as_stranger.call("create_team", name="theirs"))["id"])
    for team in (theirs, uuid4()):
        with refused("PT404", "team_not_found"):
            await as_supervisor.call(
                "update_project", project_id=world.project, name="ours", description="", team_id=team
            )


async def test_who_is_not_in_the_team_of_a_project_may_change_the_rest(
    world: World, as_admin: Actor, as_supervisor: Actor
) -> None:
    team = UUID((await as_admin.call("create_team", name="theirs"))["id"])
    await as_admin.call("update_project", project_id=world.project, name="ours", description="", team_id=team)
    told = await as_supervisor.call(
        "update_project", project_id=world.project, name="renamed", description="", team_id=team
    )
    assert (told["name"], told["team_id"]) == ("renamed", str(team))


async def test_tasks_get_what_their_project_says_unless_they_say_it(
    world: World, as_supervisor: Actor
) -> None:
    await as_supervisor.call(
        "configure_project", project_id=world.project, default_priority=4, default_max_retries=0
    )
    other = await as_supervisor.call("create_project", name="other")
    item = {"project_id": str(world.project), "kind": "test", "title": "Try"}
    made = await as_supervisor.call(
        "create_tasks",
        items=[
            item,
            {**item, "priority": None, "max_retries": None},
            {**item, "priority": 1, "max_retries": 7},
            {**item, "project_id": other["id"]},
        ],
    )
    assert [(task["priority"], task["max_retries"]) for task in made] == [(4, 0), (4, 0), (1, 7), (3, 3)]
    assert (await events(world, world.project))[-1] == "project.configured"
    assert (await audited(world, world.project))[-1] == "project.configure"


async def test_a_project_is_configured_within_bounds(world: World, as_supervisor: Actor) -> None:
    for priority, retries, constraint in (
        (0, 3, "priority"),
        (5, 3, "priority"),
        (3, -1, "retries"),
        (3, 101, "retries"),
    ):
        with pytest.raises(asyncpg.CheckViolationError, match=f"projects_default_(max_)?{constraint}_range"):
            await as_supervisor.call(
                "configure_project",
                project_id=world.project,
                default_priority=priority,
                default_max_retries=retries,
            )


async def test_people_that_one_sees_are_let_in_and_taken_out(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    project = UUID((await as_supervisor.call("create_project", name="new"))["id"])
    for _ in range(2):
        await as_supervisor.call("add_project_member", project_id=project, user_id=as_viewer.id)
    assert len(await as_viewer.call("list_projects")) == 2
    assert len(await as_viewer.call("list_people", project_id=project)) == 2
    await as_supervisor.call("remove_project_member", project_id=project, user_id=as_viewer.id)
    assert (await as_viewer.call("list_projects"))["id"] == str(world.project)
    for user in (as_stranger.id, uuid4()):
        for function in ("add_project_member", "remove_project_member"):
            with refused("PT404", "user_not_found"):
                await as_supervisor.call(function, project_id=project, user_id=user)
    told = ["project.created", "project.member_added", "project.member_removed"]
    assert await events(world, project) == told
    assert await audited(world, project) == ["project.create", "project.add_member", "project.remove_member"]


async def test_a_project_goes_while_nothing_has_happened(
    world: World, as_supervisor: Actor, as_admin: Actor
) -> None:
    empty = UUID((await as_supervisor.call("create_project", name="empty"))["id"])
    await as_supervisor.call("delete_project", project_id=empty)
    with refused("PT404", "project_not_found"):
        await as_supervisor.call("read_project", project_id=empty)
    assert (
        await as_admin.value("select type from public.events where subject_id = $1", empty)
        == "project.deleted"
    )
    assert (await audited(world, empty))[-1] == "project.delete"


@pytest.mark.parametrize("history", ["task", "service", "repository", "agent"])
async def test_a_project_with_a_history_stays(world: World, as_supervisor: Actor, history: str) -> None:
    project = UUID((await as_supervisor.call("create_project", name="used"))["id"])
    if history == "task":
        item = {"project_id": str(project), "kind": "test", "title": "Try"}
        await as_supervisor.call("create_tasks", items=[item])
    elif history == "service":
        await as_supervisor.call("create_service", project_id=project, name="model", limit=1)
    elif history == "repository":
        await add_repository(as_supervisor, project)
    else:
        key = {"key_id": "a" * 12, "key_hash": b"x" * 32}
        await as_supervisor.call("register_agent", name="a", project_ids=[project], capabilities=[], **key)
    with refused("PT409", "project_has_history"):
        await as_supervisor.call("delete_project", project_id=project)
    assert (await as_supervisor.call("read_project", project_id=project))["name"] == "used"


async def test_a_project_in_which_something_is_just_happening_stays(
    world: World, as_supervisor: Actor
) -> None:
    project = UUID((await as_supervisor.call("create_project", name="busy"))["id"])
    happening = await as_supervisor.connection()
    assert as_supervisor.caller is not None
    async with happening.transaction():
        await happening.execute(as_supervisor.caller.begin.removeprefix("begin; "))
        await happening.execute("select public.create_service($1, 'model', 1)", project)
        deleting = asyncio.create_task(as_supervisor.twin().call("delete_project", project_id=project))
        await blocked(world.database)
    with refused("PT409", "project_has_history"):
        await deleting


async def test_what_comes_while_a_project_goes_is_refused(world: World, as_supervisor: Actor) -> None:
    project = UUID((await as_supervisor.call("create_project", name="going"))["id"])
    going = await as_supervisor.connection()
    assert as_supervisor.caller is not None
    item = {"project_id": str(project), "kind": "test", "title": "Try"}
    async with going.transaction():
        await going.execute(as_supervisor.caller.begin.removeprefix("begin; "))
        await going.execute("select public.delete_project($1)", project)
        coming = asyncio.create_task(as_supervisor.twin().call("create_tasks", items=[item]))
        await blocked(world.database)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="lanes_project_id_fkey"):
        await coming
