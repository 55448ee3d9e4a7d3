"""Cancelling: at once while nobody works, by asking while somebody does, and never after the end."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.sql.acting import attempts, audited, complete, events, fail, stored_task
from tests.sql.tasks.graphs import chain, claim, graph, item, states
from tests.support.world import Actor, World, refused


async def cancel(person: Actor, task: Any, **more: Any) -> Any:
    return await person.call("cancel_task", task_id=UUID(task["id"]), **more)


async def pass_grace(world: World, task: Any, seconds: int) -> None:
    """Let so many seconds pass since the cancellation was asked for."""
    await world.owner.fetch(
        "update public.tasks set cancel_requested_at = now() - $2 * interval '1 second' where id = $1",
        UUID(task["id"]),
        seconds,
    )


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


async def test_a_reason_is_kept(world: World, as_supervisor: Actor) -> None:
    task = await world.task()
    assert (await cancel(as_supervisor, task, reason="no longer wanted"))[
        "cancel_reason"
    ] == "no longer wanted"
    told = await world.owner.value(
        "select data from public.events where type = 'task.cancelled' and subject_id = $1", UUID(task["id"])
    )
    assert told == {"reason": "no longer wanted"}


async def test_a_cancellation_goes_down_to_the_descendants_when_that_is_asked(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    top = await world.task(kind="top")
    done = await world.claimed(kind="done", parent_task_id=top["id"])
    await complete(as_agent, done)
    running = await world.claimed(kind="running", parent_task_id=top["id"])
    below = await world.task(kind="below", parent_task_id=running["id"])
    beside = await world.task(kind="beside")
    waiting = await graph(world, item(world, "waiting", below))
    await cancel(as_supervisor, top, cascade="descendants")
    found = {
        kind: (await stored_task(world, task))["state"]
        for kind, task in [
            ("top", top),
            ("done", done),
            ("running", running),
            ("below", below),
            ("beside", beside),
            ("waiting", waiting["waiting"]),
        ]
    }
    assert found == {
        "top": "cancelled",
        "done": "completed",
        "running": "running",
        "below": "cancelled",
        "beside": "pending",
        "waiting": "failed",
    }
    assert (await stored_task(world, running))["cancel_requested_at"] is not None


async def test_a_cancellation_goes_on_to_the_dependents_when_that_is_asked(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await chain(world)
    free = await graph(world, item(world, "free", {"task_id": made["first"]["id"], "on_failure": "ignore"}))
    await cancel(as_supervisor, made["first"], cascade="dependents")
    assert await states(world) == {
        "first": "cancelled",
        "second": "cancelled",
        "third": "cancelled",
        "free": "pending",
    }
    assert [*await claim(as_agent)] == ["free"]
    assert await audited(world, made["third"]["id"]) == ["task.cancel"]
    with refused("PT422", "invalid_cascade"):
        await cancel(as_supervisor, free["free"], cascade="all")


async def test_a_stranger_cancels_no_cascade(world: World, as_stranger: Actor) -> None:
    made = await chain(world)
    with refused("PT404", "task_not_found"):
        await cancel(as_stranger, made["first"], cascade="dependents")
    assert {*(await states(world)).values()} == {"pending"}


async def test_an_agent_that_goes_on_past_the_grace_loses_the_task(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.claimed()
    other = await world.claimed(kind="ci")
    waiting = await graph(world, item(world, "waiting", task))
    for one in (task, other):
        await cancel(as_supervisor, one)
    await pass_grace(world, other, 59)
    assert await world.worker.call("private.end_cancelled_leases") == 0
    await pass_grace(world, task, 61)
    assert await world.worker.call("private.end_cancelled_leases") == 1
    told = await stored_task(world, task)
    assert (told["state"], told["lease_token"]) == ("cancelled", None)
    assert await attempts(world, task) == ["cancelled"]
    assert (await events(world, task["id"]))[-1] == "task.cancelled"
    assert (await stored_task(world, waiting["waiting"]))["state"] == "failed"
    assert await complete(as_agent, task) == ["lease_lost"]
    with refused("PT409", "lease_lost"):
        await as_agent.call(
            "write_progress", task_id=UUID(task["id"]), lease_token=task["lease_token"], progress=1
        )
    assert await complete(as_agent, other) == ["cancelled"]
    assert await complete(as_agent, other) == ["duplicate"]


async def test_the_grace_is_the_projects(world: World, as_supervisor: Actor) -> None:
    task = await world.claimed()
    await cancel(as_supervisor, task)
    await pass_grace(world, task, 61)
    config = {"project_id": world.project, "default_priority": 3, "default_max_retries": 3}
    await as_supervisor.call("configure_project", **config, cancel_grace_seconds=120)
    assert await world.worker.call("private.end_cancelled_leases") == 0
    told = await as_supervisor.call("configure_project", **config)
    assert told["cancel_grace_seconds"] == 120
    with refused("23514"):
        await as_supervisor.call("configure_project", **config, cancel_grace_seconds=0)
