"""Completion: exactly once, by the holder of the living lease, whatever is sent again."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import attempts, complete, events, fail, lease, outcomes, release, stored_task
from tests.support.world import Actor, World, refused


async def test_a_completed_task_keeps_its_result_and_one_attempt(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    told = await as_agent.call("complete_tasks", items=[lease(task, output={"verdict": "fine"})])
    assert told == [{"task_id": task["id"], "outcome": "completed", "state": "completed"}]
    row = await stored_task(world, task)
    assert (row["state"], row["output"]) == ("completed", {"verdict": "fine"})
    assert [row[key] for key in ("lease_token", "lease_expires_at", "agent_id")] == [None] * 3
    assert row["finished_at"] is not None
    assert await attempts(world, task) == ["completed"]
    assert (await events(world, task["id"]))[-1] == "task.completed"


async def test_an_attempt_says_who_held_which_lease_when(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    await complete(as_agent, task)
    (row,) = await world.owner.fetch("select * from public.task_attempts")
    assert (row["attempt"], row["agent_id"], row["lease_token"]) == (1, as_agent.id, task["lease_token"])
    assert row["started_at"] <= row["ended_at"]


async def test_a_completion_without_a_result_has_an_empty_one(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    await complete(as_agent, task)
    assert (await stored_task(world, task))["output"] == {}


async def test_another_agent_does_not_complete_with_the_right_token(
    world: World, as_other_agent: Actor, as_stranger_agent: Actor
) -> None:
    task = await world.claimed()
    for agent in (as_other_agent, as_stranger_agent):
        assert await complete(agent, task) == ["lease_lost"]
    assert (await stored_task(world, task))["state"] == "running"
    assert await attempts(world, task) == []


async def test_another_agent_is_not_told_that_the_task_was_completed(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed()
    await complete(as_agent, task)
    assert await complete(as_other_agent, task) == ["lease_lost"]


async def test_a_passed_lease_completes_nothing(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    await world.expire(task["id"])
    assert await complete(as_agent, task) == ["lease_lost"]
    assert (await stored_task(world, task))["state"] == "running"


async def test_a_reaped_task_is_completed_by_its_next_holder_only(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    zombies = await world.claimed()
    await world.expire(zombies["id"])
    assert await world.worker.call("reap_expired_leases") == 1
    assert await complete(as_agent, zombies) == ["lease_lost"]
    (again,) = await as_other_agent.call("claim_tasks", kinds=["code_review"])
    assert await complete(as_agent, zombies) == ["lease_lost"]
    assert await complete(as_other_agent, again, output={"by": "the second"}) == ["completed"]
    assert await complete(as_agent, zombies) == ["lease_lost"]
    assert (await stored_task(world, zombies))["output"] == {"by": "the second"}
    assert await attempts(world, zombies) == ["lease_expired", "completed"]


async def test_an_agents_own_older_lease_completes_nothing(world: World, as_agent: Actor) -> None:
    older = await world.claimed()
    await release(as_agent, older)
    (newer,) = await as_agent.call("claim_tasks", kinds=["code_review"])
    assert await complete(as_agent, {**older, "lease_token": newer["lease_token"] + 1000}) == ["lease_lost"]
    assert await complete(as_agent, older) == ["duplicate"]
    assert (await stored_task(world, newer))["state"] == "running"


async def test_a_task_named_twice_in_a_batch_is_completed_once(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    assert await complete(as_agent, task, task) == ["completed", "duplicate"]
    assert await attempts(world, task) == ["completed"]


async def test_a_completion_sent_again_is_a_duplicate_and_changes_nothing(
    world: World, as_agent: Actor
) -> None:
    task = await world.claimed()
    await complete(as_agent, task, output={"first": True})
    before = await stored_task(world, task)
    assert await complete(as_agent, task, output={"first": False}) == ["duplicate"]
    assert await fail(as_agent, task) == "duplicate"
    assert await release(as_agent, task) == "duplicate"
    assert await stored_task(world, task) == before
    assert (await events(world, task["id"])).count("task.completed") == 1


async def test_each_item_of_a_batch_is_answered_by_itself_in_the_order_sent(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    fine, passed, done = await world.claimed(), await world.claimed(), await world.claimed()
    foreign = await world.claimed(by=as_other_agent)
    await world.expire(passed["id"])
    await complete(as_agent, done)
    absent = {"id": str(uuid4()), "lease_token": 1}
    wrong = {**foreign, "lease_token": foreign["lease_token"] + 1000}
    sent = [passed, fine, absent, done, foreign, wrong]
    told = await as_agent.call("complete_tasks", items=[lease(task) for task in sent])
    assert outcomes(told) == [
        "lease_lost",
        "completed",
        "lease_lost",
        "duplicate",
        "lease_lost",
        "lease_lost",
    ]
    assert [answer["task_id"] for answer in told] == [task["id"] for task in sent]


async def test_a_cancelled_task_ends_as_cancelled(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
    assert await complete(as_agent, task) == ["cancelled"]
    assert (await stored_task(world, task))["state"] == "cancelled"
    assert await attempts(world, task) == ["cancelled"]


@pytest.mark.parametrize("function", ["complete_tasks", "fail_tasks", "release_tasks"])
async def test_a_batch_has_one_to_a_thousand_items(as_agent: Actor, function: str) -> None:
    wrong: list[Any] = [[], {}, None, "task", [{}] * 1001]
    for items in wrong:
        with refused("PT422", "invalid_items"):
            await as_agent.call(function, items=items)


@pytest.mark.parametrize("function", ["complete_tasks", "fail_tasks", "release_tasks"])
async def test_only_agents_end_tasks(world: World, function: str) -> None:
    task = await world.claimed()
    for actor in (world.admin, world.supervisor, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await actor.call(function, items=[lease(task)])
    await world.owner.fetch("update public.agents set is_active = false where id = $1", world.agent.id)
    with refused("PT403", "agent_required"):
        await world.agent.call(function, items=[lease(task)])
    assert (await stored_task(world, task))["state"] == "running"


async def test_the_action_is_the_functions_and_not_the_callers(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    told = await as_agent.call("release_tasks", items=[lease(task, action="complete")])
    assert outcomes(told) == ["released"]


async def test_a_result_is_an_object(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    with pytest.raises(Exception, match="tasks_output_is_object"):
        await complete(as_agent, task, output=[1])
    assert (await stored_task(world, task))["state"] == "running"


async def test_two_completions_in_parallel_complete_once(world: World, as_agent: Actor) -> None:
    twins = [as_agent.twin() for _ in range(4)]
    for _ in range(5):
        task = await world.claimed()
        told = await asyncio.gather(*(complete(twin, task) for twin in twins))
        assert sorted(told) == [["completed"], ["duplicate"], ["duplicate"], ["duplicate"]]
        assert await attempts(world, task) == ["completed"]
        assert (await events(world, task["id"])).count("task.completed") == 1


async def test_reaping_and_completion_never_both_win(world: World, as_agent: Actor) -> None:
    for _ in range(10):
        task = await world.claimed(max_retries=0)
        await world.owner.fetch(
            "update public.tasks set lease_expires_at = clock_timestamp() + interval '2 ms' where id = $1",
            UUID(task["id"]),
        )
        told, _ = await asyncio.gather(complete(as_agent, task), world.worker.call("reap_expired_leases"))
        if (await stored_task(world, task))["state"] == "running":
            await world.expire(task["id"])
            await world.worker.call("reap_expired_leases")
        ended = await attempts(world, task)
        assert (told, ended) in [(["completed"], ["completed"]), (["lease_lost"], ["lease_expired"])]


async def test_an_old_lease_in_a_batch_takes_nothing_from_the_new_one(world: World, as_agent: Actor) -> None:
    old = await world.claimed()
    await world.expire(old["id"])
    await world.worker.call("reap_expired_leases")
    (new,) = await as_agent.call("claim_tasks", kinds=["code_review"])
    items = [{"task_id": old["id"], "lease_token": lease["lease_token"]} for lease in (old, new)]
    told = await as_agent.call("complete_tasks", items=items)
    assert [item["outcome"] for item in told] == ["lease_lost", "completed"]
