"""One look for all who wait: whose turn it is, and who need not wait any longer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.acting import KIND, stored_task
from tests.support.world import Actor, World


@pytest.fixture
async def keys(world: World) -> dict[str, str]:
    rows = await world.owner.fetch("select agent_id, id from private.agent_keys")
    return {str(agent): key for agent, key in map(tuple, rows)}


async def woken(world: World, keys: list[str], kinds: list[str] = KIND) -> list[Any]:
    return sorted(await world.login.call("private.keys_to_wake", waiting=[{"kinds": kinds, "keys": keys}]))


async def test_who_may_take_what_is_due_is_woken(world: World, keys: dict[str, str]) -> None:
    key = keys[str(world.agent.id)]
    assert await woken(world, [key]) == []
    await world.task()
    assert await woken(world, [key]) == [key]


async def test_what_is_not_asked_for_wakes_nobody(world: World, keys: dict[str, str]) -> None:
    key = keys[str(world.agent.id)]
    await world.task()
    assert await woken(world, [key], ["other"]) == []


async def test_what_nobody_here_may_take_wakes_nobody(world: World, keys: dict[str, str]) -> None:
    key = keys[str(world.agent.id)]
    await world.task(required_capabilities=["never"])
    await world.task(run_at="2100-01-01T00:00:00Z")
    assert await woken(world, [key]) == []


async def test_each_is_woken_for_its_own_kinds(world: World, keys: dict[str, str]) -> None:
    mine, other = keys[str(world.agent.id)], keys[str(world.other_agent.id)]
    await world.task()
    waiting = [{"kinds": KIND, "keys": [mine]}, {"kinds": ["other"], "keys": [other]}]
    assert await world.login.call("private.keys_to_wake", waiting=waiting) == [mine]


async def test_a_key_that_has_ended_is_woken(world: World, keys: dict[str, str]) -> None:
    mine, other = keys[str(world.agent.id)], keys[str(world.other_agent.id)]
    await world.owner.fetch("update private.agent_keys set revoked_at = now() where id = $1", mine)
    await world.owner.fetch("update public.agents set is_active = false where id = $1", world.other_agent.id)
    assert await woken(world, [mine, other, "000000000000"]) == sorted([mine, other, "000000000000"])


async def test_it_takes_back_what_a_silent_agent_held(
    world: World, keys: dict[str, str], as_other_agent: Actor
) -> None:
    task = await world.claimed(by=as_other_agent)
    key = keys[str(world.agent.id)]
    assert await woken(world, [key]) == []
    await world.expire(task["id"])
    assert await woken(world, [key]) == [key]
    assert (await stored_task(world, task))["state"] == "pending"
