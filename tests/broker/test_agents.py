"""Agents that wait at the broker: woken by hints, misled by nothing, and at work without it."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack
from statistics import quantiles
from uuid import uuid4

from tests.broker.conftest import Fleet, consumers, late, listening
from tests.support.broker import Broker, queue_of
from tests.support.world import World, new_agent
from tests.worker.conftest import eventually

# An agent that nobody wakes asks after four to six seconds.
WOKEN = 2.0


async def test_a_hint_wakes_an_agent(world: World, broker: Broker, url: str) -> None:
    fleet = Fleet(world, broker, world.agent)
    async with fleet.at_work(url):
        queue = await listening(world, broker, fleet)
        waits = [await late(world, fleet) for _ in range(5)]
        assert max(waits) < WOKEN, f"nobody woke it: {waits}"
        assert await broker.waiting(queue) == 0, "a hint is acknowledged at once"


async def test_a_hint_is_acknowledged_before_the_work_is_done(world: World, broker: Broker, url: str) -> None:
    fleet = Fleet(world, broker, world.agent, concurrency=2)
    async with fleet.at_work(url):
        queue = await listening(world, broker, fleet)
        fleet.may_end.clear()
        await fleet.took(await world.task())

        # Said by the node itself: the figures of the management API are some seconds old.
        told = ("list_queues", "-p", broker.virtual_host, "name", "messages_unacknowledged")
        held = await asyncio.to_thread(broker.runner.control, *told)
        assert [queue, "0"] in [line.split() for line in held.splitlines()], held


async def test_a_busy_agent_leaves_hints_to_others(world: World, broker: Broker, url: str) -> None:
    # Its tasks are long, so it fetches none ahead.
    busy, idle = Fleet(world, broker, world.agent, works=1), Fleet(world, broker, world.other_agent)
    async with busy.at_work(url):
        queue = await listening(world, broker, busy)
        busy.may_end.clear()
        await busy.took(await world.task())

        async def nobody_listens() -> bool:
            return await consumers(broker, queue) == 0

        await eventually(nobody_listens)
        async with idle.at_work(url):
            await eventually(lambda: consumers(broker, queue), seconds=30)
            assert max([await late(world, idle) for _ in range(5)]) < WOKEN


async def test_forged_messages_have_no_effect(world: World, broker: Broker, url: str) -> None:
    fleet = Fleet(world, broker, world.agent)
    async with fleet.at_work(url):
        queue = await listening(world, broker, fleet)
        done = next(iter(fleet.began))
        item = {"project_id": str(world.stranger_project), "kind": "code_review", "title": "Theirs"}
        foreign = await world.stranger.call("create_tasks", items=[item])
        later = await world.task(run_at="2100-01-01T00:00:00Z")
        before = await world.owner.fetch("select id, state, attempt, agent_id from public.tasks order by id")
        forged = [{"task_id": known} for known in (str(uuid4()), done, foreign["id"], later["id"])]
        garbage = [b"", b"\xff\x00", b"[]", b'"task_id"', b"{}", b'{"task_id": ' + b"[" * 5000]
        for body in (*(json.dumps(hint).encode() for hint in forged), *garbage):
            await broker.publish(queue, body)

        async def all_were_read() -> bool:
            return await broker.waiting(queue) == 0 and await broker.waiting("tasks.dead") == len(garbage)

        await eventually(all_were_read)
        assert await late(world, fleet) < WOKEN, "the agent hears no more"
        after = await world.owner.fetch(
            "select id, state, attempt, agent_id from public.tasks where id = any ($1) order by id",
            [row["id"] for row in before],
        )
        assert after == before
        assert foreign["id"] not in fleet.began


async def test_a_deleted_queue_and_a_closed_channel_are_survived(
    world: World, broker: Broker, url: str
) -> None:
    fleet = Fleet(world, broker, world.agent)
    async with fleet.at_work(url):
        queue = await listening(world, broker, fleet)
        # The broker cancels the consumer, and closes the channel on which the agent tries again.
        async with broker.channel() as channel:
            await channel.queue_delete(queue)
        assert await late(world, fleet) < WOKEN, "it went over to long poll"
        await eventually(lambda: consumers(broker, queue), seconds=45)
        # The broker ends every connection of the fleet.
        user = broker.address.user_of((await broker_users(world))[0])
        broker.manage("DELETE", f"/connections/username/{user}").raise_for_status()
        assert await late(world, fleet) < WOKEN
        await eventually(lambda: consumers(broker, queue), seconds=45)
        assert await late(world, fleet) < WOKEN


async def broker_users(world: World) -> list[str]:
    return [row[0] for row in await world.owner.fetch("select agent_key_id from private.broker_users")]


async def test_a_mixed_fleet_picks_up_within_a_second(world: World, broker: Broker, url: str) -> None:
    abilities = {"python": ["python"], "rust": ["rust"], "both": ["python", "rust"], "none": []}
    fleets: dict[str, Fleet] = {}
    for name, capabilities in abilities.items():
        agent, _ = await new_agent(world.supervisor, name, world.project)
        what = {"name": name, "capabilities": capabilities, "labels": {}}
        await world.supervisor.call("update_agent", agent_id=agent.id, **what)
        fleets[name] = Fleet(world, broker, agent, concurrency=2)
    needs = [[], ["python"], ["rust"], ["python", "rust"]]
    async with AsyncExitStack() as stack:
        for fleet in fleets.values():
            await stack.enter_async_context(fleet.at_work(url))
        first = [await world.task(required_capabilities=need) for need in needs]
        for task in first:
            queue = await queue_of(world, task)
            await eventually(lambda queue=queue: consumers(broker, queue), seconds=60)
        made: dict[str, tuple[float, list[str]]] = {}
        for number in range(100):
            need = needs[number % len(needs)]
            began = time.monotonic()
            made[(await world.task(required_capabilities=need))["id"]] = began, need
            await asyncio.sleep(0.02)  # the rate of arrivals

        def who(task: str) -> str | None:
            return next((name for name, fleet in fleets.items() if task in fleet.began), None)

        async def all_began() -> bool:
            return all(who(task) for task in made)

        await eventually(all_began, seconds=30)
    for task, (_, need) in made.items():
        assert set(need) <= set(abilities[who(task) or ""])
    waits = [fleets[who(task) or ""].began[task] - began for task, (began, _) in made.items()]
    assert quantiles(waits, n=100, method="inclusive")[98] <= 1.0, sorted(waits)[-10:]
