"""Kinds: what is built in, what a project says itself, and what their tasks get."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.sql.acting import events, stored_task
from tests.support.world import Actor, World, refused

BUILT_IN = [
    "code_review",
    "execute_step",
    "fix_ci",
    "open_pr",
    "plan_protocol",
    "project_setup",
    "run_quality",
]
DEFAULTS = {
    "priority": "HIGH",
    "max_retries": 1,
    "retry_policy": {"base_seconds": 7, "cap_seconds": 70},
    "timeout_seconds": 600,
    "required_capabilities": ["python"],
    "resource_requirements": {"memory_mb": 512},
    "expected_artifacts": [{"name": "report.html"}],
    "acceptance": ["It is polite."],
}


async def set_kind(actor: Actor, project: UUID, name: str = "greet", **fields: Any) -> Any:
    version = fields.pop("version", None)
    return await actor.call("set_kind", project_id=project, name=name, kind=fields, version=version)


async def test_every_project_has_the_kinds_that_are_built_in(world: World, as_viewer: Actor) -> None:
    kinds = await as_viewer.call("list_kinds", project_id=world.project)
    assert [kind["name"] for kind in kinds] == BUILT_IN
    assert {(kind["project_id"], kind["version"]) for kind in kinds} == {(None, 1)}
    for kind in kinds:
        assert kind["input_schema"]["required"], kind["name"]
        assert kind["title"], kind["name"]


async def test_a_projects_own_kind_wins_over_a_built_in_one(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    own = await set_kind(as_supervisor, world.project, "code_review", title="Ours")
    assert own["project_id"] == str(world.project)
    assert await as_viewer.call("read_kind", project_id=world.project, name="code_review") == own
    listed = await as_viewer.call("list_kinds", project_id=world.project)
    assert [kind["name"] for kind in listed] == BUILT_IN
    theirs = await as_stranger.call("read_kind", project_id=world.stranger_project, name="code_review")
    assert theirs["project_id"] is None
    await as_supervisor.call("delete_kind", project_id=world.project, name="code_review")
    again = await as_viewer.call("read_kind", project_id=world.project, name="code_review")
    assert again["project_id"] is None
    assert await events(world, own["id"]) == ["kind.set", "kind.deleted"]


async def test_a_built_in_kind_stays(world: World, as_supervisor: Actor) -> None:
    with refused("PT409", "kind_built_in"):
        await as_supervisor.call("delete_kind", project_id=world.project, name="fix_ci")
    with refused("PT404", "kind_not_found"):
        await as_supervisor.call("delete_kind", project_id=world.project, name="nothing")
    with refused("PT404", "kind_not_found"):
        await as_supervisor.call("read_kind", project_id=world.project, name="nothing")


async def test_a_kind_is_changed_as_a_whole_and_by_version(world: World, as_supervisor: Actor) -> None:
    first = await set_kind(as_supervisor, world.project, title="Greet", defaults=DEFAULTS)
    second = await set_kind(as_supervisor, world.project, title="Meet", version=1)
    assert (first["version"], second["version"], second["title"]) == (1, 2, "Meet")
    assert (first["defaults"], second["defaults"]) == (DEFAULTS, {})
    for stale in (1, 3):
        with refused("PT412", "version_changed"):
            await set_kind(as_supervisor, world.project, title="Old", version=stale)
    with refused("PT412", "version_changed"):
        await set_kind(as_supervisor, world.project, "new", title="There is none to change", version=1)
    # One that is built in has been read as version 1.
    assert (await set_kind(as_supervisor, world.project, "fix_ci", version=1))["version"] == 2


async def test_of_two_who_replace_a_built_in_kind_one_is_told(world: World, as_supervisor: Actor) -> None:
    replacing = [
        set_kind(who, world.project, "open_pr", title=title, version=1)
        for who, title in ((as_supervisor, "mine"), (as_supervisor.twin(), "yours"))
    ]
    done = await asyncio.gather(*replacing, return_exceptions=True)
    lost = [one for one in done if isinstance(one, asyncpg.PostgresError)]
    assert [(one.sqlstate, getattr(one, "detail", None)) for one in lost] == [("PT412", "version_changed")]


async def test_a_stranger_cannot_tell_what_kinds_a_project_has(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    await set_kind(as_supervisor, world.project)
    ours = {"project_id": world.project}
    for call in (
        as_stranger.call("list_kinds", **ours),
        as_stranger.call("read_kind", **ours, name="greet"),
        as_stranger.call("delete_kind", **ours, name="greet"),
        set_kind(as_stranger, world.project),
    ):
        with refused("PT404", "project_not_found"):
            await call
    assert await as_stranger.fetch("select * from public.kinds") == []


async def test_a_viewer_changes_no_kind(world: World, as_viewer: Actor) -> None:
    with refused("PT403", "role_required"):
        await set_kind(as_viewer, world.project)
    with refused("PT403", "role_required"):
        await as_viewer.call("delete_kind", project_id=world.project, name="greet")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Greet Me"},
        {"title": "x" * 201},
        {"input_schema": [1]},
        {"input_schema": {"description": "x" * 65_536}},
        {"output_schema": "string"},
        {"defaults": {"project_id": "other"}},
        {"defaults": [1]},
    ],
    ids=["name", "title", "list", "size", "text", "field", "defaults"],
)
async def test_what_is_no_kind_is_not_kept(world: World, as_supervisor: Actor, fields: Any) -> None:
    with refused("23514"):
        await set_kind(as_supervisor, world.project, **fields)


async def test_a_task_that_says_nothing_gets_what_its_kind_gives(world: World, as_supervisor: Actor) -> None:
    await set_kind(as_supervisor, world.project, defaults=DEFAULTS)
    task = await stored_task(world, await world.task(kind="greet", required_capabilities=["code-review"]))
    assert {name: task[name] for name in DEFAULTS if name in task} == {
        **{name: value for name, value in DEFAULTS.items() if name != "retry_policy"},
        "priority": 2,
        "required_capabilities": ["code-review", "python"],
    }
    assert (task["retry_base_seconds"], task["retry_cap_seconds"], task["queue_priority"]) == (7, 70, 2)


async def test_what_a_task_says_itself_goes_before_its_kind(world: World, as_supervisor: Actor) -> None:
    await set_kind(as_supervisor, world.project, defaults=DEFAULTS)
    said: dict[str, Any] = {
        "priority": 4,
        "max_retries": 0,
        "timeout_seconds": 5,
        "resource_requirements": {},
        "expected_artifacts": [],
        "acceptance": ["It is short."],
    }
    task = await stored_task(world, await world.task(kind="greet", **said))
    assert {name: task[name] for name in said} == said
    assert task["required_capabilities"] == ["python"]


async def test_a_childs_priority_is_its_parents_before_its_kinds(world: World, as_supervisor: Actor) -> None:
    await set_kind(as_supervisor, world.project, defaults={"priority": "HIGH"})
    parent = await world.task(priority=1)
    child = await stored_task(world, await world.task(kind="greet", parent_task_id=parent["id"]))
    alone = await stored_task(world, await world.task(kind="greet"))
    assert (child["priority"], alone["priority"]) == (1, 2)


async def test_defaults_are_those_of_the_tasks_own_project(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    await set_kind(as_stranger, world.stranger_project, defaults={"max_retries": 9})
    ours = await stored_task(world, await world.task(kind="greet"))
    assert ours["max_retries"] == 3


async def test_in_one_list_each_task_gets_its_own_kinds_defaults(world: World, as_supervisor: Actor) -> None:
    for name, retries in (("first", 1), ("second", 2)):
        await set_kind(as_supervisor, world.project, name, defaults={"max_retries": retries})
    items = [
        {"project_id": str(world.project), "kind": kind, "title": kind}
        for kind in ("second", "third", "first", "second")
    ]
    made = await as_supervisor.call("create_tasks", items=items)
    assert [(task["kind"], task["max_retries"]) for task in made] == [
        ("second", 2),
        ("third", 3),
        ("first", 1),
        ("second", 2),
    ]


async def test_a_project_may_want_its_kinds_known(world: World, as_supervisor: Actor) -> None:
    plain = {"project_id": world.project, "default_priority": 3, "default_max_retries": 3}
    await world.task(kind="anything")
    assert (await as_supervisor.call("configure_project", **plain, unknown_kinds="refuse"))[
        "unknown_kinds"
    ] == "refuse"
    with refused("PT422", "unknown_kind"):
        await world.task(kind="anything")
    await world.task(kind="code_review")
    await set_kind(as_supervisor, world.project, "anything")
    await world.task(kind="anything")
    # Whoever does not speak of it leaves it as it is.
    assert (await as_supervisor.call("configure_project", **plain))["unknown_kinds"] == "refuse"


async def test_a_task_is_related_to_tasks_of_its_project(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    first = await world.task()
    second = await world.task(related_task_ids=[first["id"]], tags=["urgent"])
    assert (second["related_task_ids"], second["tags"]) == ([first["id"]], ["urgent"])
    item = {"project_id": str(world.stranger_project), "kind": "x", "title": "x"}
    with refused("PT404", "task_not_found"):
        await as_stranger.call("create_tasks", items=[{**item, "related_task_ids": [first["id"]]}])
    with refused("23514"):
        await world.task(tags=[None])


async def test_a_deleted_project_takes_its_kinds_along(world: World, as_supervisor: Actor) -> None:
    project = UUID((await as_supervisor.call("create_project", name="short"))["id"])
    await set_kind(as_supervisor, project)
    await as_supervisor.call("delete_project", project_id=project)
    assert await world.owner.value("select count(*) from public.kinds") == 0
