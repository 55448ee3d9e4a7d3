"""Editing and deleting: while a task waits, by one person at a time, and never once it has a history."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import KIND, audited, complete, events, fail, release, stored_task
from tests.support.world import Actor, World, refused

CHANGES = {
    "title": "Better",
    "description": "All of it",
    "priority": 1,
    "required_capabilities": ["code-review"],
    "input": {"number": 8},
    "max_retries": 9,
    "run_at": "2026-01-01T00:00:00+00:00",
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


async def test_a_failed_task_goes_back_with_its_history(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.claimed(max_retries=0)
    await fail(as_agent, task)
    told = await as_supervisor.call("requeue_tasks", task_ids=[UUID(task["id"])])
    assert (told["state"], told["retry_count"], told["finished_at"]) == ("pending", 0, None)
    assert told["last_error"]["code"] == "boom"
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert (again["id"], again["attempt"]) == (task["id"], 2)
    assert "task.requeued" in await events(world, task["id"])


async def test_requeueing_is_for_all_or_none(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    failed = await world.claimed(max_retries=0)
    await fail(as_agent, failed)
    done = await world.claimed(kind="ci")
    await complete(as_agent, done)
    with refused("PT409", "illegal_transition"):
        await as_supervisor.call("requeue_tasks", task_ids=[UUID(failed["id"]), UUID(done["id"])])
    with refused("PT404", "task_not_found"):
        await as_supervisor.call("requeue_tasks", task_ids=[UUID(failed["id"]), uuid4()])
    assert (await stored_task(world, failed))["state"] == "failed"


async def test_a_blocked_task_is_requeued_and_a_waiting_one_left_alone(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    blocked, waiting = await world.claimed(), await world.task(kind="ci")
    await fail(as_agent, blocked, blocked_reason="ci")
    told = await as_supervisor.call("requeue_tasks", task_ids=[UUID(blocked["id"]), UUID(waiting["id"])])
    assert {task["state"] for task in told} == {"pending"}
    assert await stored_task(world, waiting) == waiting


async def test_dead_letters_are_listed_with_their_history(
    world: World, as_viewer: Actor, as_agent: Actor, as_stranger: Actor
) -> None:
    task = await world.claimed(max_retries=1)
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    await fail(as_agent, again)
    told = await as_viewer.call("list_dead_letters", project_id=world.project)
    assert told["task"]["id"] == task["id"]
    assert [(a["attempt"], a["outcome"]) for a in told["attempts"]] == [(1, "retried"), (2, "failed")]
    for narrowed in ({"kind": "ci"}, {"error_code": "other"}, {"before": UUID(task["id"])}):
        assert await as_viewer.call("list_dead_letters", **narrowed) == []
    assert await as_stranger.call("list_dead_letters") == []
