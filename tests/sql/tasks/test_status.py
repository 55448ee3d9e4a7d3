"""Setting a status: people decide what waits for a decision, agents say what became of their lease."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import attempts, audited, complete, events, fail, stored_task
from tests.support.world import Actor, World, refused


async def set_status(caller: Actor, task: Any, status: str | None, **more: Any) -> Any:
    return await caller.call("update_task_status", task_id=UUID(task["id"]), status=status, **more)


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_a_person_ends_what_waits_for_a_decision(
    world: World, as_supervisor: Actor, as_agent: Actor, status: str
) -> None:
    task = await world.claimed()
    await fail(as_agent, task, blocked_reason="approval")
    error = {"code": "declined", "message": "No"}
    told = await set_status(as_supervisor, task, status, output={"by": "hand"}, error=error)
    assert told == await stored_task(world, task)
    assert (told["state"], told["blocked_reason"]) == (status, None)
    assert told["finished_at"] is not None
    assert told["output"] == ({"by": "hand"} if status == "completed" else None)
    assert (told["last_error"] == error) == (status == "failed")
    assert (await events(world, task["id"]))[-1] == f"task.{status}"
    assert await audited(world, task["id"]) == [f"task.{status}"]
    assert await set_status(as_supervisor, task, status) == told, "twice is once"


async def test_a_person_cancels_and_puts_back(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    waiting = await world.task(kind="ci")
    assert (await set_status(as_supervisor, waiting, "cancelled"))["state"] == "cancelled"
    failed = await world.claimed(max_retries=0)
    await fail(as_agent, failed)
    assert (await set_status(as_supervisor, failed, "pending"))["state"] == "pending"


async def test_a_person_does_not_end_what_an_agent_holds(world: World, as_supervisor: Actor) -> None:
    task = await world.claimed()
    for status in ("completed", "failed"):
        with refused("PT409", "task_running"):
            await set_status(as_supervisor, task, status)
    assert (await stored_task(world, task))["state"] == "running"


async def test_what_waits_in_the_queue_cannot_be_called_completed(world: World, as_supervisor: Actor) -> None:
    with refused("PT409", "illegal_transition"):
        await set_status(as_supervisor, await world.task(), "completed")


async def test_dependents_follow_what_a_person_decides(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    first = await world.claimed()
    second = await world.task(kind="ci", depends_on=[first["id"]])
    await fail(as_agent, first, blocked_reason="approval")
    await set_status(as_supervisor, first, "completed")
    assert (await stored_task(world, second))["open_dependencies"] == 0


@pytest.mark.parametrize(
    ("status", "state", "outcome"),
    [
        ("completed", "completed", "completed"),
        ("failed", "pending", "retried"),
        ("pending", "pending", "released"),
    ],
)
async def test_an_agent_says_what_became_of_its_lease(
    world: World, as_agent: Actor, status: str, state: str, outcome: str
) -> None:
    task = await world.claimed()
    told = await set_status(as_agent, task, status, lease_token=task["lease_token"])
    assert (told["state"], await attempts(world, task)) == (state, [outcome])


async def test_a_result_told_twice_shows_nothing_of_the_next_attempt(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed()
    token = task["lease_token"]
    told = await set_status(as_agent, task, "pending", lease_token=token)
    assert (await set_status(as_agent, task, "pending", lease_token=token)) == told, "twice is once"
    (again,) = await as_other_agent.call("claim_tasks", kinds=[task["kind"]])
    assert again["id"] == task["id"]
    with refused("PT409", "lease_lost"):
        await set_status(as_agent, task, "pending", lease_token=token)


async def test_an_agent_needs_its_lease(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    task = await world.claimed()
    with refused("PT422", "lease_token_required"):
        await set_status(as_agent, task, "completed")
    with refused("PT409", "lease_lost"):
        await set_status(as_agent, task, "completed", lease_token=task["lease_token"] + 1)
    with refused("PT404", "task_not_found"):
        await set_status(as_other_agent, task, "completed", lease_token=task["lease_token"])
    with refused("PT422", "invalid_status"):
        await set_status(as_agent, task, "cancelled", lease_token=task["lease_token"])
    assert (await stored_task(world, task))["state"] == "running"
    await complete(as_agent, task)
    told = await set_status(as_agent, task, "completed", lease_token=task["lease_token"])
    assert told["state"] == "completed", "told before, and the answer was lost on its way"


async def test_other_words_are_no_status(world: World, as_supervisor: Actor) -> None:
    task = await world.task()
    for status in ("running", "done", None):
        with refused("PT422", "invalid_status"):
            await set_status(as_supervisor, task, status)


async def test_a_stranger_and_a_viewer_set_nothing(
    world: World, as_stranger: Actor, as_viewer: Actor
) -> None:
    task = await world.task()
    for status in ("completed", "failed", "cancelled", "pending"):
        for asked in (task, {"id": str(uuid4())}):
            with refused("PT404", "task_not_found"):
                await set_status(as_stranger, asked, status)
        with refused("PT403", "role_required"):
            await set_status(as_viewer, task, status)
    assert await stored_task(world, task) == task
