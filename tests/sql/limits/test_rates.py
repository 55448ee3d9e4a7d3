"""Rates: in no span of so many seconds do more tasks begin than a limit says."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from tests.sql.limits.acting import change, claim, end, let_pass, limit, tasks
from tests.support.world import Actor, World


async def test_no_more_begin_than_the_rate_allows(world: World, as_agent: Actor) -> None:
    await limit(world, rate_count=3, rate_seconds=60)
    await tasks(world, 10)
    claimed = await claim(as_agent)
    await end(as_agent, claimed)
    assert (len(claimed), await claim(as_agent)) == (3, [])
    await let_pass(world, 59)
    assert await claim(as_agent) == []
    await let_pass(world, 1)
    assert len(await claim(as_agent)) == 3


async def test_the_window_slides(world: World, as_agent: Actor) -> None:
    await limit(world, rate_count=3, rate_seconds=60)
    await tasks(world, 10)
    begun = []
    for _ in range(6):
        begun.append(len(await claim(as_agent, 1)))
        await let_pass(world, 25)
    assert begun == [1, 1, 1, 1, 1, 1]
    for _ in range(3):
        begun.append(len(await claim(as_agent, 1)))
        await let_pass(world, 10)
    assert begun[6:] == [1, 1, 0]


async def test_what_is_given_back_has_begun_all_the_same(world: World, as_agent: Actor) -> None:
    await limit(world, rate_count=2, rate_seconds=60)
    await tasks(world, 2)
    for left in (1, 0):
        (held,) = await claim(as_agent, 1)
        await end(as_agent, [held], "release_tasks")
        assert left or await claim(as_agent) == []


async def test_each_key_has_a_rate_of_its_own(world: World, as_agent: Actor) -> None:
    await limit(world, scope="key", rate_count=1, rate_seconds=60, max_running=5)
    for key in ("a", "b"):
        await tasks(world, 3, concurrency_key=key)
    assert (len(await claim(as_agent)), await claim(as_agent)) == (2, [])
    assert await world.owner.value("select count(*) from private.limit_rooms") == 2


async def test_a_rate_changes_while_work_goes_on(world: World, as_agent: Actor, as_supervisor: Actor) -> None:
    made = await limit(world, rate_count=1, rate_seconds=3600)
    await tasks(world, 10)
    assert len(await claim(as_agent)) == 1
    await change(world, made, rate_count=4)
    assert len(await claim(as_agent)) == 3
    await change(world, made, rate_count=2)
    assert await claim(as_agent) == []
    await as_supervisor.call("delete_limit", limit_id=UUID(made["id"]))
    assert len(await claim(as_agent)) == 6


async def test_many_claimers_never_begin_more_in_any_window(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    """By the database's clock, as each transaction of a claim tells it: before its statement and after it."""
    count, seconds = 7, 1
    await limit(world, rate_count=count, rate_seconds=seconds)
    await tasks(world, 200)
    spans: list[tuple[datetime, datetime]] = []

    async def work(agent: Actor, until: float) -> None:
        while asyncio.get_running_loop().time() < until:
            before = await agent.value("select clock_timestamp()")
            claimed = await claim(agent, 3)
            after = await agent.value("select clock_timestamp()")
            spans.extend([(before, after)] * len(claimed))

    until = asyncio.get_running_loop().time() + 3.5
    twins = [agent.twin() for agent in (as_agent, as_other_agent) for _ in range(4)]
    await asyncio.gather(*(work(twin, until) for twin in twins))
    assert len(spans) >= 3 * count, "the test was idle"
    # Of count + 1 that follow each other, the first began after its `before`, the last before its `after`.
    ends = sorted(after for _, after in spans)
    for first, last in zip(sorted(before for before, _ in spans), ends[count:], strict=False):
        assert last - first >= timedelta(seconds=seconds)
