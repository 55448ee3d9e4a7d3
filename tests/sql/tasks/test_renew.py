"""Renewal: a living agent keeps its lease, a passed one is told so, and is told when to stop."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import lease, outcomes, stored_task
from tests.support.world import Actor, World, refused


async def renew(agent: Actor, *tasks: Any, seconds: int = 60) -> Any:
    return await agent.call("extend_leases", leases=[lease(task) for task in tasks], lease_seconds=seconds)


async def test_a_renewed_lease_lasts_longer(world: World, as_agent: Actor) -> None:
    task = await world.claimed(lease_seconds=10)
    (told,) = await renew(as_agent, task, seconds=600)
    row = await stored_task(world, task)
    assert told == {
        "task_id": task["id"],
        "outcome": "extended",
        "cancel_requested": False,
        "lease_expires_at": row["lease_expires_at"],
        "lease_left_seconds": 600,
    }
    assert row["lease_expires_at"] > task["lease_expires_at"]
    assert (row["lease_token"], row["lease_seconds"]) == (task["lease_token"], 600)


async def left(world: World, task: Any, seconds: float) -> None:
    """So much is left of its lease."""
    await world.owner.fetch(
        "update public.tasks"
        " set lease_expires_at = clock_timestamp() + $2 * interval '1 second' where id = $1",
        UUID(task["id"]),
        seconds,
    )


async def version(world: World, task: Any) -> Any:
    """The row as it was written last."""
    return await world.owner.value(
        "select (xmin, ctid)::text from public.tasks where id = $1", UUID(task["id"])
    )


async def test_a_lease_that_is_nearly_whole_is_not_written_again(world: World, as_agent: Actor) -> None:
    task = await world.claimed(lease_seconds=60)
    await left(world, task, 50)
    before = await version(world, task)
    (told,) = await renew(as_agent, task)
    assert (told["outcome"], await version(world, task)) == ("extended", before)
    # Who counts from the answer knows what is left, and not what was asked for.
    assert 49 < told["lease_left_seconds"] <= 50


@pytest.mark.parametrize("seconds", [3, 60, 3600])
async def test_whoever_stops_at_four_fifths_of_what_was_asked_for_stops_in_time(
    world: World, as_agent: Actor, seconds: int
) -> None:
    """An agent that takes each renewal for a whole lease still has it when it stops."""
    task = await world.claimed(kind="lint", lease_seconds=seconds)
    for part in (0.99, 0.85, 0.79, 0.5, 0.1):
        await left(world, task, part * seconds)
        (told,) = await renew(as_agent, task, seconds=seconds)
        assert told["lease_left_seconds"] >= 0.79 * seconds
        if part < 0.8:
            assert told["lease_left_seconds"] == seconds


async def test_a_cancellation_is_told_where_nothing_is_written(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
    before = await version(world, task)
    (told,) = await renew(as_agent, task)
    assert (told["cancel_requested"], await version(world, task)) == (True, before)


async def test_many_leases_are_answered_one_by_one_in_the_order_sent(world: World, as_agent: Actor) -> None:
    kept, passed, foreign = (
        await world.claimed(),
        await world.claimed(),
        await world.claimed(by=world.other_agent),
    )
    await world.expire(passed["id"])
    unknown = {"id": str(uuid4()), "lease_token": 1}
    wrong_token = {**kept, "lease_token": kept["lease_token"] + 1000}
    told = await renew(as_agent, passed, kept, foreign, unknown, wrong_token, kept)
    lost, extended = "lease_lost", "extended"
    assert outcomes(told) == [lost, extended, lost, lost, lost, extended]
    assert [answer["task_id"] for answer in told] == [
        task["id"] for task in (passed, kept, foreign, unknown, wrong_token, kept)
    ]


async def test_a_passed_lease_is_not_revived(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    await world.expire(task["id"])
    before = await stored_task(world, task)
    assert outcomes(await renew(as_agent, task)) == ["lease_lost"]
    assert await stored_task(world, task) == before


async def test_another_agent_does_not_renew_with_the_right_token(world: World, as_other_agent: Actor) -> None:
    task = await world.claimed(lease_seconds=10)
    before = await stored_task(world, task)
    assert outcomes(await renew(as_other_agent, task)) == ["lease_lost"]
    assert await stored_task(world, task) == before


async def test_a_cancelled_task_is_told_at_the_renewal(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
    (told,) = await renew(as_agent, task)
    assert (told["outcome"], told["cancel_requested"]) == ("extended", True)


async def test_a_renewal_names_one_to_a_thousand_leases(as_agent: Actor) -> None:
    wrong: list[Any] = [[], {}, None, [{}] * 1001]
    for leases in wrong:
        with refused("PT422", "invalid_leases"):
            await as_agent.call("extend_leases", leases=leases)


async def test_a_renewal_lasts_a_second_to_an_hour(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    for seconds in (0, 3601, None):
        with refused("PT422", "invalid_leases"):
            await as_agent.call("extend_leases", leases=[lease(task)], lease_seconds=seconds)


async def test_a_renewal_is_a_heartbeat(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    assert await world.owner.value("select count(*) from public.agent_heartbeats") == 0
    await renew(as_agent, task)
    assert await world.owner.value("select agent_id from public.agent_heartbeats") == as_agent.id


async def test_a_person_renews_nothing(world: World, as_supervisor: Actor) -> None:
    task = await world.claimed()
    with refused("42501"):
        await renew(as_supervisor, task)


async def test_renewal_and_reaping_never_both_win(world: World, as_agent: Actor) -> None:
    """A lease about to pass is renewed and kept, or reaped and lost: never extended for one who lost it."""
    for _ in range(10):
        task = await world.claimed()
        await world.owner.fetch(
            "update public.tasks set lease_expires_at = clock_timestamp() + interval '2 ms' where id = $1",
            UUID(task["id"]),
        )
        told, reaped = await asyncio.gather(renew(as_agent, task), world.worker.call("reap_expired_leases"))
        extended = outcomes(told) == ["extended"]
        assert not (extended and reaped)
        row = await stored_task(world, task)
        assert (row["state"] == "running") == (reaped == 0)
        assert not extended or row["lease_token"] == task["lease_token"]
        if row["state"] == "running":
            await world.expire(task["id"])
            await world.worker.call("reap_expired_leases")
        await world.owner.fetch("update public.tasks set state = 'cancelled' where state = 'pending'")
