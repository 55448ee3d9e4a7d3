"""The outbox: the taken is hidden, the failed comes back later, the done is gone; it gives up in time."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.support.world import Actor, World, refused


@pytest.fixture
async def queue(world: World) -> Actor:
    """The worker, with three rows to take."""
    await world.owner.fetch(
        """insert into private.outbox (topic, payload, run_at)
           select case nr when 3 then 'b' else 'a' end, jsonb_build_object('nr', nr),
                  now() - interval '1 minute' + nr * interval '1 second'
             from generate_series(1, 3) nr"""
    )
    return world.worker


async def take(worker: Actor, *topics: str, limit: int = 10) -> list[Any]:
    told = await worker.call("private.take_outbox", topics=list(topics), limit=limit)
    return told if isinstance(told, list) else [told]


async def row_of(world: World, taken: Any) -> asyncpg.Record:
    (row,) = await world.owner.fetch(
        "select *, extract(epoch from run_at - now())::float as wait from private.outbox where id = $1",
        taken["id"],
    )
    return row


async def test_due_rows_of_the_topics_are_taken_oldest_first(queue: Actor) -> None:
    assert [row["payload"]["nr"] for row in await take(queue, "a", limit=1)] == [1]
    assert [row["payload"]["nr"] for row in await take(queue, "a", "b")] == [2, 3]
    assert await take(queue, "c") == []


async def test_a_look_names_the_topics_of_what_is_due(world: World, queue: Actor) -> None:
    async def due() -> list[str]:
        return await queue.call("private.due_topics", topics=["c", "b", "a"])

    assert sorted(await due()) == ["a", "b"]
    await take(queue, "a")
    assert await due() == ["b"], "the taken is hidden"
    await world.owner.fetch("update private.outbox set gave_up_at = now() where topic = 'b'")
    assert await due() == [], "the given up is nobody's"


async def test_what_is_taken_is_hidden_for_a_minute(world: World, queue: Actor) -> None:
    taken = await take(queue, "a", "b")
    assert await take(queue, "a", "b") == []
    row = await row_of(world, taken[0])
    assert (row["attempts"], 55 < row["wait"] <= 60) == (1, True)
    await world.owner.fetch("update private.outbox set run_at = now()")
    assert [row["attempts"] for row in await take(queue, "a", "b")] == [2, 2, 2]


async def test_of_parallel_workers_each_row_is_taken_by_one(queue: Actor) -> None:
    shares = await asyncio.gather(*(take(queue.twin(), "a", "b", limit=1) for _ in range(3)))
    assert sorted(row["payload"]["nr"] for share in shares for row in share) == [1, 2, 3]


async def test_what_is_delivered_is_gone(world: World, queue: Actor) -> None:
    (taken,) = await take(queue, "b")
    await queue.call("private.finish_outbox", id=taken["id"])
    assert await world.owner.value("select count(*) from private.outbox where topic = 'b'") == 0


async def test_a_failed_delivery_waits_longer_each_time_and_is_given_up_at_the_last(
    world: World, queue: Actor
) -> None:
    for attempt in range(1, 11):
        (taken,) = await take(queue, "b")
        gave_up = await queue.call("private.retry_outbox", id=taken["id"], error="refused " * 500)
        row = await row_of(world, taken)
        assert (gave_up, row["gave_up_at"] is not None) == (attempt == 10, attempt == 10)
        step = min(300, 2**attempt)
        assert step - 5 < row["wait"] <= step
        assert len(row["last_error"]) == 1000
        await world.owner.fetch("update private.outbox set run_at = now()")
    assert await take(queue, "b") == []


async def test_a_delivery_waits_as_long_as_it_was_told(world: World, queue: Actor) -> None:
    (taken,) = await take(queue, "b")
    assert not await queue.call("private.retry_outbox", id=taken["id"], error="slow down", after_seconds=900)
    assert 895 < (await row_of(world, taken))["wait"] <= 900


async def test_hints_are_told_once_in_one_notification(world: World, as_worker: Actor) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await world.database.connect("devos_login")
    await listener.add_listener("devos_tasks_ready", lambda *told: heard.put_nowait(told[-1]))
    for kind in ("ci", "code_review", "ci"):
        await world.task(kind=kind)
    assert await as_worker.call("private.relay_hints") == 2
    assert sorted((await asyncio.wait_for(heard.get(), 5)).split(",")) == ["ci", "code_review"]
    assert await as_worker.call("private.relay_hints") == 0
    assert heard.empty()
    assert await world.owner.value("select count(*) from private.outbox") == 0


async def test_the_outbox_is_the_workers_alone(world: World, queue: Actor) -> None:
    calls = [
        "select private.take_outbox(array['a'], 1)",
        "select private.finish_outbox(1)",
        "select private.retry_outbox(1, 'x')",
        "select private.relay_hints()",
        "select private.prune_idempotency_keys()",
    ]
    for actor in (world.admin, world.agent, world.anon, world.webhook, world.login):
        for call in calls:
            with refused("42501"):
                await actor.fetch(call)
    assert len(await take(queue, "a", "b")) == 3
