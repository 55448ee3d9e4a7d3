"""Claims in parallel: never more than there is room for, at no commit; no task lost, and no deadlock."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from tests.sql.acting import blocked
from tests.sql.limits.acting import ALL, change, claim, end, limit, running, tasks
from tests.support.world import Actor, World

CLAIMERS, TASKS = 16, 2000
KEYS = ["acme/web", "acme/api", "acme/docs", None]
# What is true at every moment that anybody can see: a query sees what is committed, all at once.
_OVER = """
    select count(*) from public.limits m
     where m.max_running < (
         select max(r.tasks) from (
             select count(*) as tasks from public.tasks t
              where t.project_id = m.project_id and t.state = 'running'
                and (m.kind is null or t.kind = m.kind)
                and (m.scope <> 'key' or t.concurrency_key is not null)
              group by case m.scope when 'key' then t.concurrency_key end) r)"""


_OPEN = "select exists (select from public.tasks where state <> 'completed')"
_DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


async def drain(world: World, agent: Actor, dice: random.Random) -> int:
    """Claim, look, and end in some way, until there is nothing left; how many were completed."""
    watcher = world.owner.twin()
    done = 0
    while await watcher.value(_OPEN):
        claimed = await claim(agent, dice.choice([1, 3, 10]))
        assert await watcher.value(_OVER) == 0, "more run than there is room for"
        how = dice.choice(["complete_tasks", "complete_tasks", "complete_tasks", "release_tasks"])
        await end(agent, claimed, how)
        done += len(claimed) if how == "complete_tasks" else 0
    return done


async def test_sixteen_claimers_never_run_more_than_each_limit_allows(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    await limit(world, "all", max_running=12)
    await limit(world, "deploys", scope="kind", kind="deploy", max_running=5)
    await limit(world, "one repository", scope="key", max_running=4)
    dice = random.Random(7)
    for _ in range(TASKS // 20):
        kind, key = dice.choice(ALL), dice.choice(KEYS)
        await tasks(world, 20, kind=kind, concurrency_key=key, priority=dice.choice([2, 3]))
    shares = await asyncio.gather(
        *(
            drain(world, (as_agent, as_other_agent)[nr % 2].twin(), random.Random(nr))
            for nr in range(CLAIMERS)
        )
    )
    assert sum(shares) == TASKS
    assert await world.owner.value("select count(*) from public.tasks where state <> 'completed'") == 0
    assert await world.owner.value(_DEADLOCKS) == 0


async def race(world: World, first: Actor, second: Actor) -> list[int]:
    """The first claims and does not commit; the second claims meanwhile. How much each got."""
    holder = await first.connection()
    async with holder.transaction():
        assert first.caller is not None
        await holder.execute(first.caller.begin.removeprefix("begin; "))
        got = await holder.fetchval("select public.claim_tasks($1, 100)", ALL)
        waiting = asyncio.ensure_future(claim(second))
        watching = asyncio.ensure_future(blocked(world.database))
        await asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
        watching.cancel()
    return [len(got), len(await waiting)]


async def test_who_claims_at_the_same_time_waits_and_counts_the_first(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    fields: list[dict[str, Any]] = [
        {"scope": "project", "max_running": 3},
        {"scope": "kind", "kind": "code_review", "max_running": 3},
        {"scope": "key", "max_running": 3},
        {"scope": "project", "rate_count": 3, "rate_seconds": 3600},
    ]
    for said in fields:
        made = await limit(world, str(said), **said)
        await tasks(world, 10, concurrency_key="k")
        assert await race(world, as_agent, as_other_agent) == [3, 0], said
        assert await running(world) == 3
        await world.supervisor.call("delete_limit", limit_id=made["id"])
        await world.owner.fetch("delete from public.tasks")


async def test_claims_under_different_keys_do_not_wait_for_each_other(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    await limit(world, scope="key", max_running=1)
    await tasks(world, 2, concurrency_key="a")
    holder = await as_agent.connection()
    async with holder.transaction():
        assert as_agent.caller is not None
        await holder.execute(as_agent.caller.begin.removeprefix("begin; "))
        assert len(await holder.fetchval("select public.claim_tasks($1, 100)", ["code_review"])) == 1
        await tasks(world, 1, kind="lint", concurrency_key="b")
        async with asyncio.timeout(5):
            assert len(await claim(as_other_agent, kinds=["lint"])) == 1


async def test_limits_go_up_and_down_under_load(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    made = await limit(world, max_running=8)
    await tasks(world, 400, concurrency_key="k")

    async def turn() -> None:
        for most in (2, 5, 1, 8, 3, 8):
            await change(world, made, max_running=most)
            await asyncio.sleep(0.05)

    async def work(agent: Actor) -> None:
        watcher = world.owner.twin()
        while await watcher.value(_OPEN):
            claimed = await claim(agent, 3)
            assert await watcher.value("select count(*) from public.tasks where state = 'running'") <= 8
            await end(agent, claimed)

    agents = [agent.twin() for agent in (as_agent, as_other_agent) for _ in range(4)]
    await asyncio.gather(turn(), *(work(agent) for agent in agents))
    assert await world.owner.value(_DEADLOCKS) == 0
