"""Renewal: a living agent keeps its lease, a passed one is told so, and is told when to stop."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

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
    }
    assert row["lease_expires_at"] > task["lease_expires_at"]
    assert (row["lease_token"], row["lease_seconds"]) == (task["lease_token"], 600)


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
    task = await world.claimed()
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
