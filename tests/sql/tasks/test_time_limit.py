"""The time limit of a task: no lease outlives it by more than the time that a result needs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.sql.acting import attempts, lease, stored_task
from tests.support.world import Actor, World


async def lasts(world: World, task: Any) -> float:
    """Seconds from the beginning of the attempt to the end of its lease."""
    return float(
        await world.owner.value(
            "select extract(epoch from lease_expires_at - started_at) from public.tasks where id = $1",
            UUID(task["id"]),
        )
    )


async def began(world: World, task: Any, seconds_ago: int) -> None:
    await world.owner.fetch(
        "update public.tasks set started_at = now() - $2 * interval '1 second' where id = $1",
        UUID(task["id"]),
        seconds_ago,
    )


async def test_a_claim_gives_no_more_than_the_limit_and_the_grace(world: World) -> None:
    short = await world.claimed(timeout_seconds=10, lease_seconds=3600)
    assert (await lasts(world, short), short["lease_seconds"], short["timeout_seconds"]) == (40, 40, 10)
    long = await world.claimed(timeout_seconds=3600, lease_seconds=60)
    assert (await lasts(world, long), long["lease_seconds"]) == (60, 60)
    free = await world.claimed(kind="lint", lease_seconds=3600)
    assert (await lasts(world, free), free["timeout_seconds"]) == (3600, None)


async def test_a_hanging_agent_cannot_hold_a_task_for_ever(
    world: World, as_agent: Actor, as_worker: Actor
) -> None:
    task = await world.claimed(timeout_seconds=100)
    await began(world, task, 99)
    await world.owner.fetch("update public.tasks set lease_expires_at = now() + interval '1 second'")
    (kept,) = await as_agent.call("extend_leases", leases=[lease(task)], lease_seconds=60)
    assert kept["outcome"] == "extended"
    assert await lasts(world, task) == 130
    await began(world, task, 131)
    await world.owner.fetch(
        "update public.tasks set lease_expires_at = started_at + interval '130 seconds' where id = $1",
        UUID(task["id"]),
    )
    (lost,) = await as_agent.call("extend_leases", leases=[lease(task)], lease_seconds=60)
    assert lost["outcome"] == "lease_lost"
    assert await as_worker.call("reap_expired_leases") == 1
    row = await stored_task(world, task)
    assert (row["state"], row["last_error"]["code"]) == ("pending", "timeout")
    assert await attempts(world, task) == ["lease_expired"]


async def test_a_lease_that_lasts_to_the_limit_is_not_written_again(world: World, as_agent: Actor) -> None:
    task = await world.claimed(timeout_seconds=100, lease_seconds=3600)
    await began(world, task, 20)
    await world.owner.fetch("update public.tasks set lease_expires_at = now() + interval '50 seconds'")
    (kept,) = await as_agent.call("extend_leases", leases=[lease(task)], lease_seconds=3600)
    assert 105 < kept["lease_left_seconds"] <= 110
    row = "select (xmin, ctid)::text from public.tasks where id = $1"
    before = await world.owner.value(row, UUID(task["id"]))
    (kept,) = await as_agent.call("extend_leases", leases=[lease(task)], lease_seconds=3600)
    assert kept["outcome"] == "extended"
    assert await world.owner.value(row, UUID(task["id"])) == before


async def test_every_attempt_has_the_whole_time(world: World, as_agent: Actor, as_worker: Actor) -> None:
    task = await world.claimed(timeout_seconds=10)
    await world.expire(task["id"])
    await as_worker.call("reap_expired_leases")
    (again,) = await as_agent.call("claim_tasks", kinds=[task["kind"]], lease_seconds=3600)
    assert (again["id"], await lasts(world, again)) == (task["id"], 40)
