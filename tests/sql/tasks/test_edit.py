"""Editing and deleting: while a task waits, by one person at a time, and never once it has a history."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import KIND, audited, complete, events, release, stored_task
from tests.support.world import Actor, World, refused

CHANGES = {
    "title": "Better",
    "description": "All of it",
    "priority": 1,
    "required_capabilities": ["code-review"],
    "input": {"number": 8},
    "max_retries": 9,
    "run_at": "2026-01-01T00:00:00+00:00",
    "retry_base_seconds": 5,
    "retry_cap_seconds": 50,
    "timeout_seconds": 60,
    "tags": ["ui"],
    "related_task_ids": [],
    "resource_requirements": {"cpu": 2},
    "expected_artifacts": [{"name": "report.html"}],
    "acceptance": [{"text": "It builds"}],
}


async def edit(person: Actor, task: Any, changes: Any = None, **arguments: Any) -> Any:
    return await person.call("update_task", task_id=UUID(task["id"]), changes=changes or CHANGES, **arguments)


async def test_a_waiting_task_is_edited(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    task = await world.task()
    told = await edit(as_supervisor, task)
    assert told == await stored_task(world, task)
    assert {name: told[name] for name in CHANGES} == CHANGES
    assert (told["version"], await events(world, task["id"])) == (2, ["task.created", "task.updated"])
    (claimed,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert (claimed["id"], claimed["input"]) == (task["id"], {"number": 8})


@pytest.mark.parametrize("field", sorted(CHANGES))
async def test_an_edit_of_one_field_leaves_the_others(world: World, as_supervisor: Actor, field: str) -> None:
    task = await world.task(input={"number": 7})
    told = await edit(as_supervisor, task, {field: CHANGES[field]})
    assert told[field] == CHANGES[field]
    changed = {name for name in task if told[name] != task[name]}
    assert changed <= {field, "version", "updated_at", "lane_id", "queue_priority"}


async def test_a_task_moves_to_the_lane_of_its_new_capabilities(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.task()
    await edit(as_supervisor, task, {"required_capabilities": ["cobol"]})
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    await edit(as_supervisor, task, {"required_capabilities": []})
    assert len(await as_agent.call("claim_tasks", kinds=KIND)) == 1


async def test_a_task_is_assigned_to_an_agent_that_can_do_it_and_freed_again(
    world: World, as_supervisor: Actor, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.task()
    await edit(as_supervisor, task, {"assigned_agent_id": str(as_other_agent.id)})
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    with refused("PT422", "agent_not_suitable"):
        await edit(as_supervisor, task, {"assigned_agent_id": str(world.stranger_agent.id)})
    await edit(as_supervisor, task, {"assigned_agent_id": None})
    assert len(await as_agent.call("claim_tasks", kinds=KIND)) == 1


async def test_a_task_is_not_related_to_one_of_strangers(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    item = {"project_id": str(world.stranger_project), "kind": "code_review", "title": "theirs"}
    theirs = await as_stranger.call("create_tasks", items=[item])
    task = await world.task()
    for other in (theirs["id"], str(uuid4())):
        with refused("PT404", "task_not_found"):
            await edit(as_supervisor, task, {"related_task_ids": [other]})


async def test_an_edit_of_another_version_changes_nothing(world: World, as_supervisor: Actor) -> None:
    task = await world.task()
    await edit(as_supervisor, task, {"title": "first"}, version=1)
    with refused("PT412", "version_changed"):
        await edit(as_supervisor, task, {"title": "second"}, version=1)
    assert (await stored_task(world, task))["title"] == "first"


async def test_what_runs_or_has_ended_is_not_edited(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    running = await world.claimed()
    done = await world.claimed(kind="ci")
    await complete(as_agent, done)
    for task in (running, done):
        with refused("PT409", "task_not_editable"):
            await edit(as_supervisor, task)


async def test_a_task_that_nobody_ever_claimed_is_deleted(world: World, as_supervisor: Actor) -> None:
    task = await world.task()
    await as_supervisor.call("delete_task", task_id=UUID(task["id"]))
    assert await stored_task(world, task) is None
    assert (await events(world, task["id"]))[-1] == "task.deleted"
    assert await audited(world, task["id"]) == ["task.delete"]


async def test_a_task_with_a_history_is_not_deleted(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    running, released = await world.claimed(), await world.claimed(kind="ci")
    await release(as_agent, released)
    for task in (running, released):
        with refused("PT409", "task_has_history"):
            await as_supervisor.call("delete_task", task_id=UUID(task["id"]))


async def test_a_stranger_and_a_viewer_edit_and_delete_nothing(
    world: World, as_stranger: Actor, as_viewer: Actor
) -> None:
    task = await world.task()
    for asked in (task, {"id": str(uuid4())}):
        for call in ("update_task", "delete_task"):
            more = {"changes": {"title": "mine"}} if call == "update_task" else {}
            with refused("PT404", "task_not_found"):
                await as_stranger.call(call, task_id=UUID(asked["id"]), **more)
    for call in ("update_task", "delete_task"):
        more = {"changes": {"title": "mine"}} if call == "update_task" else {}
        with refused("PT403", "role_required"):
            await as_viewer.call(call, task_id=UUID(task["id"]), **more)
    assert await stored_task(world, task) == task
