"""Cancelling: at once while nobody works, by asking while somebody does, and never after the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.sql.acting import audited, complete, events, fail, stored_task
from tests.support.world import Actor, World, refused


async def cancel(person: Actor, task: Any) -> Any:
    return await person.call("cancel_task", task_id=UUID(task["id"]))


async def test_a_waiting_task_is_cancelled_at_once(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.task()
    told = await cancel(as_supervisor, task)
    assert told == await stored_task(world, task)
    assert told["state"] == "cancelled"
    assert told["finished_at"] is not None
    assert await as_agent.call("claim_tasks", kinds=["code_review"]) == []
    assert await events(world, task["id"]) == ["task.created", "task.cancelled"]
    assert await audited(world, task["id"]) == ["task.cancel"]


async def test_a_blocked_task_is_cancelled_at_once(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.claimed()
    await fail(as_agent, task, blocked_reason="ci")
    told = await cancel(as_supervisor, task)
    assert (told["state"], told["blocked_reason"]) == ("cancelled", None)


async def test_a_running_task_is_asked_to_stop(world: World, as_supervisor: Actor) -> None:
    task = await world.claimed()
    told = await cancel(as_supervisor, task)
    assert (told["state"], told["lease_token"]) == ("running", task["lease_token"])
    assert told["cancel_requested_at"] is not None
    assert told["finished_at"] is None
    assert (await events(world, task["id"]))[-1] == "task.cancel_requested"


async def test_cancelling_twice_is_once(world: World, as_supervisor: Actor) -> None:
    for task in (await world.task(), await world.claimed(kind="ci")):
        first = await cancel(as_supervisor, task)
        assert await cancel(as_supervisor, task) == first
        assert await audited(world, task["id"]) == ["task.cancel"]


async def test_an_ended_task_is_not_cancelled(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    completed, failed = await world.claimed(), await world.claimed()
    await complete(as_agent, completed)
    await fail(as_agent, failed, retryable=False)
    for task in (completed, failed):
        before = await stored_task(world, task)
        with refused("PT409", "illegal_transition"):
            await cancel(as_supervisor, task)
        assert await stored_task(world, task) == before
        assert await audited(world, task["id"]) == []


async def test_a_foreign_task_answers_as_an_absent_one(
    world: World, as_stranger: Actor, as_supervisor: Actor
) -> None:
    task = await world.task()
    with refused("PT404", "task_not_found"):
        await cancel(as_stranger, task)
    with refused("PT404", "task_not_found"):
        await cancel(as_supervisor, {"id": str(uuid4())})
    assert (await stored_task(world, task))["state"] == "pending"


async def test_a_viewer_cancels_nothing(world: World, as_viewer: Actor) -> None:
    task = await world.task()
    with refused("PT403", "role_required"):
        await cancel(as_viewer, task)


async def test_only_people_cancel(world: World) -> None:
    task = await world.task()
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await cancel(actor, task)
    assert (await stored_task(world, task))["state"] == "pending"
