"""Dead letters: what failed for good is listed with its history, and goes back when somebody says so."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.sql.acting import KIND, complete, events, fail, stored_task
from tests.support.world import Actor, World, refused


async def test_a_failed_task_goes_back_with_its_history(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.claimed(max_retries=0)
    await fail(as_agent, task)
    told = await as_supervisor.call("requeue_task", task_id=UUID(task["id"]))
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
    assert told == {"requeued": 1, "task_ids": [blocked["id"]], "more": False}
    assert (await stored_task(world, blocked))["state"] == "pending"
    assert await stored_task(world, waiting) == waiting


async def test_dead_letters_are_listed_with_their_history(
    world: World, as_viewer: Actor, as_agent: Actor, as_stranger: Actor
) -> None:
    task = await world.claimed(max_retries=1)
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    await fail(as_agent, again)
    told = await as_viewer.call("list_dead_letters", project_id=world.project)
    assert told["id"] == task["id"]
    assert [(a["attempt"], a["outcome"]) for a in told["attempts"]] == [(1, "retried"), (2, "failed")]
    for narrowed in ({"kind": "ci"}, {"error_code": "other"}, {"before": UUID(task["id"])}):
        assert await as_viewer.call("list_dead_letters", **narrowed) == []
    assert await as_stranger.call("list_dead_letters") == []
