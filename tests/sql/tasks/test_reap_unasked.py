"""While the worker is away, agents that are here take back what silent ones hold."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.sql.acting import KIND, attempts, events, stored_task
from tests.support.world import Actor, World

LONG_AGO = "update public.agent_heartbeats set seen_at = now() - interval '10 seconds'"


async def exchange(world: World, wanted: int) -> Any:
    _, key_id, secret = world.agent_key.split("_", 2)
    return await world.login.call(
        "agent_exchange",
        key_id=key_id,
        key_hash=hashlib.sha256(f"devos_{key_id}_{secret}".encode()).digest(),
        items=[],
        kinds=KIND,
        wanted=wanted,
        lease_seconds=60,
    )


async def test_who_finds_no_work_gets_what_a_silent_agent_held(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed(by=as_other_agent)
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    await world.expire(task["id"])
    claimed = await as_agent.call("claim_tasks", kinds=KIND)
    assert [(again["id"], again["attempt"]) for again in claimed] == [(task["id"], 2)]
    assert await attempts(world, task) == ["lease_expired"]


async def test_the_event_names_no_agent(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    task = await world.claimed(by=as_other_agent)
    await world.expire(task["id"])
    await as_agent.call("claim_tasks", kinds=["other"])
    assert (await events(world, task["id"]))[-1] == "task.lease_expired"
    told = await world.owner.fetch(
        "select actor_kind, actor_id from public.events where type = 'task.lease_expired'"
    )
    assert [tuple(row) for row in told] == [("system", None)]


async def test_a_claim_after_it_is_still_the_agents(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    """Its claims are back when it claims what it took back, so the policies see the agent."""
    task = await world.claimed(by=as_other_agent)
    await world.expire(task["id"])
    await as_agent.call("claim_tasks", kinds=KIND)
    rows = await world.owner.fetch(
        "select actor_id from public.events where type = 'task.claimed' order by xid, id"
    )
    assert [row[0] for row in rows] == [as_other_agent.id, as_agent.id]


async def test_a_busy_agent_looks_every_five_seconds(world: World, as_other_agent: Actor) -> None:
    task = await world.claimed(by=as_other_agent)
    await exchange(world, 0)
    await world.expire(task["id"])
    await exchange(world, 0)
    assert (await stored_task(world, task))["state"] == "running"
    await world.owner.fetch(LONG_AGO)
    await exchange(world, 0)
    assert (await stored_task(world, task))["state"] == "pending"


async def test_a_living_lease_is_left_alone(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    task = await world.claimed(by=as_other_agent)
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    assert (await stored_task(world, task))["state"] == "running"
