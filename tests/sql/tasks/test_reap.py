"""Reaping: what a silent agent held is claimed again; a living agent's task is never touched."""

from __future__ import annotations

import asyncio
from uuid import UUID

from tests.sql.acting import KIND, attempts, events, stored_task
from tests.support.world import Actor, World, refused


async def test_a_living_lease_is_never_taken(world: World, as_worker: Actor) -> None:
    task = await world.claimed(lease_seconds=1)
    before = await stored_task(world, task)
    assert await as_worker.call("reap_expired_leases") == 0
    assert await stored_task(world, task) == before


async def test_a_passed_lease_gives_the_task_back(
    world: World, as_worker: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed()
    await world.expire(task["id"])
    assert await as_worker.call("reap_expired_leases") == 1
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"], row["agent_id"]) == ("pending", 1, None)
    assert row["last_error"]["code"] == "lease_expired"
    assert await attempts(world, task) == ["lease_expired"]
    assert (await events(world, task["id"]))[-1] == "task.lease_expired"
    (again,) = await as_other_agent.call("claim_tasks", kinds=["code_review"])
    assert (again["id"], again["attempt"]) == (task["id"], 2)


async def test_a_task_out_of_retries_is_a_dead_letter(world: World, as_worker: Actor) -> None:
    task = await world.claimed(max_retries=0)
    await world.expire(task["id"])
    assert await as_worker.call("reap_expired_leases") == 1
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"]) == ("failed", 0)
    assert row["finished_at"] is not None


async def test_a_cancelled_task_ends_when_its_holder_falls_silent(
    world: World, as_worker: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
    await world.expire(task["id"])
    assert await as_worker.call("reap_expired_leases") == 1
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"]) == ("cancelled", 0)


async def test_reaping_again_takes_nothing(world: World, as_worker: Actor) -> None:
    await world.expire((await world.claimed())["id"])
    assert [await as_worker.call("reap_expired_leases") for _ in range(2)] == [1, 0]


async def test_of_parallel_reapers_each_lease_is_taken_by_one(world: World, as_worker: Actor) -> None:
    tasks = [await world.claimed() for _ in range(20)]
    await world.owner.fetch("update public.tasks set lease_expires_at = now() - interval '1 second'")
    taken = await asyncio.gather(*(as_worker.twin().call("reap_expired_leases") for _ in range(4)))
    assert sum(taken) == 20
    assert [await attempts(world, task) for task in tasks] == [["lease_expired"]] * 20


async def test_nobody_but_the_worker_reaps(world: World) -> None:
    # A stranger would learn how many leases passed, and stand in the events of a project that is not his.
    for actor in (world.admin, world.supervisor, world.agent, world.stranger_agent, world.anon, world.login):
        with refused("42501"):
            await actor.call("reap_expired_leases")


async def test_a_task_of_a_silent_agent_keeps_its_place_in_line(
    world: World, as_agent: Actor, as_worker: Actor
) -> None:
    first = await world.claimed()
    await world.task(title="behind it")
    await world.expire(first["id"])
    assert await as_worker.call("reap_expired_leases") == 1
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert (again["id"], again["attempt"]) == (first["id"], 2)
