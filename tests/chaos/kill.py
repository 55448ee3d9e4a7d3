"""Everything is killed again and again while tasks are done: what was lost, done twice, written too late."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from control_plane.platform.postgres import EmbeddedPostgres
from tests.chaos.figures import Figure, p99
from tests.chaos.house import House, employed, furnished, inhabited
from tests.chaos.plan import (
    FEWEST_STALE,
    FULL,
    LEASE_SECONDS,
    MOST_RUN_TWICE,
    MOST_SECONDS_TO_CLAIM_AGAIN,
    MOST_SECONDS_WITHOUT_WORKER,
    Plan,
)
from tests.chaos.rabbit import Rabbit

_ZOMBIE = Path(__file__).parent / "zombie.py"
_CLAIMED_AGAIN = """
select (gone.data ->> 'lease_expires_at')::timestamptz as expired_at, again.at as claimed_at
  from public.events gone
  join public.events again on again.subject_id = gone.subject_id and again.type = 'task.claimed'
   and (again.data ->> 'attempt')::integer = (gone.data ->> 'attempt')::integer + 1
 where gone.type = 'task.lease_expired'
"""
_PASSED = """
select count(*) as passed, count(*) filter (where t.state = 'running') as taken,
       count(*) filter (where t.state = 'completed') as done
  from public.task_attempts a join public.tasks t on t.id = a.task_id
 where a.lease_token = any ($1::bigint[]) and a.outcome = 'lease_expired'
"""


@dataclass(frozen=True)
class Zombie:
    """A process that was stopped while it held leases."""

    process: subprocess.Popen[str]
    leases: list[int]


async def play(folder: Path, plan: Plan = FULL) -> list[Figure]:
    """One round in an empty folder."""
    with EmbeddedPostgres(folder / "postgres") as postgres:
        # With a broker that is killed, half of the agents wait at it, the others by long poll beside them.
        at_broker = plan.agents // 2 if plan.broker_kills else 0
        ground = await furnished(postgres, agents=plan.agents, at_broker=at_broker, tasks=plan.tasks)
        async with AsyncExitStack() as running:
            rabbit = await running.enter_async_context(Rabbit.running(folder)) if at_broker else None
            house = await running.enter_async_context(inhabited(ground, folder, rabbit=rabbit))
            zombies = [await running.enter_async_context(_frozen(house)) for _ in range(plan.zombies)]
            waking = asyncio.gather(*(_wake_when_overtaken(house, zombie) for zombie in zombies))
            began = time.monotonic()
            running.enter_context(employed(house, [house.url] * plan.agents, at_broker=at_broker))
            await _done(house, 1)
            house.outages.append((datetime.min.replace(tzinfo=UTC), datetime.now(UTC)))
            async with asyncio.timeout(plan.seconds):
                await _break_until_done(house, plan)
                told = [outcome for outcomes in await waking for outcome in outcomes]
            return await _figures(house, plan, told, time.monotonic() - began)


async def _break_until_done(house: House, plan: Plan) -> None:
    """Spread the faults over the work, in random order."""
    faults = random.sample(plan.faults, k=len(plan.faults))
    going_on: list[asyncio.Task[None]] = []
    for number, fault in enumerate(faults):
        # The first comes when the agents are at work, the last while there is still much to do.
        await _done(house, plan.tasks * (number + 0.5) / (len(faults) + 2))
        going_on += await _commit(house, fault, number)
    await asyncio.gather(*going_on)
    await _done(house, plan.tasks)


async def _done(house: House, wanted: float) -> None:
    """Return when so many tasks are completed."""
    while True:
        done = await house.value("select count(*) from public.tasks where state = 'completed'")
        if done >= wanted:
            return
        await asyncio.sleep(0.1)


async def _commit(house: House, fault: str, number: int) -> list[asyncio.Task[None]]:
    """Let one thing go wrong; what goes on for a while is answered."""
    if fault == "kill an agent":
        house.agents[number % len(house.agents)].restart()
    elif fault == "kill an API":
        return [asyncio.create_task(house.kill_api(number))]
    elif fault == "kill a worker":
        house.workers[number % len(house.workers)].restart()
    elif fault == "kill Postgres":
        await house.kill_postgres()
    elif fault == "kill the broker":
        assert house.rabbit is not None
        return [asyncio.create_task(house.rabbit.kill())]
    elif fault == "stop the workers":
        return [asyncio.create_task(house.stop_workers(LEASE_SECONDS))]
    else:
        assert fault == "stop an agent past its lease", fault
        return [asyncio.create_task(house.stop(house.agents[number % len(house.agents)], LEASE_SECONDS + 2))]
    return []


@asynccontextmanager
async def _frozen(house: House) -> AsyncIterator[Zombie]:
    """A process that holds claims and is stopped, as by a long pause of its machine."""
    env = {"DEVOS_URL": house.url, "DEVOS_AGENT_KEY": house.ground.keys[-1]}
    process = subprocess.Popen(
        [sys.executable, str(_ZOMBIE)],
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        leases = [int(token) for token in (await asyncio.to_thread(process.stdout.readline)).split()]
        assert len(leases) == 10
        process.send_signal(signal.SIGSTOP)
        yield Zombie(process, leases)
    finally:
        process.kill()
        process.communicate()


async def _wake_when_overtaken(house: House, zombie: Zombie) -> list[str]:
    """Let a zombie go on when others have its tasks; what became of what it then wrote."""
    while True:
        (now,) = await house.fetch(_PASSED, zombie.leases)
        # Best while another works on one of them; too late for that when all are done.
        if now["passed"] == len(zombie.leases) and (now["taken"] or now["done"] == len(zombie.leases)):
            break
        await asyncio.sleep(0.02)
    zombie.process.send_signal(signal.SIGCONT)
    told, _ = await asyncio.to_thread(zombie.process.communicate, "go on\n", 60)
    return told.split()


async def _figures(house: House, plan: Plan, told: list[str], seconds: float) -> list[Figure]:
    ended = Counter((house.folder / "ends").read_text().split())
    outcomes = dict(
        await house.fetch("select outcome::text, count(*)::integer from public.task_attempts group by 1")
    )
    events = await house.value("select count(*) from public.events where type = 'task.completed'")
    completed = await house.value("select count(*) from public.tasks where state = 'completed'")
    logs = await house.value("select count(*) from public.task_logs")
    again = await house.fetch(_CLAIMED_AGAIN)
    alone = [row for row in again if any(row[0] < end and begin < row[1] for begin, end in house.freezes)]
    late = [_late(house, *row) for row in again if row not in alone]
    longest_alone = max((_late(house, *row) for row in alone), default=0.0)
    refused = sum(log.read_text().count(": lease_lost\n") for log in house.folder.glob("agent-*.log"))
    stale = told.count("complete=lease_lost") + refused
    accepted = sum(not outcome.endswith("=lease_lost") for outcome in told) + logs
    run_twice = sum(times > 1 for times in ended.values())
    expired = outcomes.get("lease_expired", 0)
    return [
        Figure(1, "tasks", plan.tasks),
        Figure(1, "faults", len(plan.faults) + plan.zombies),
        Figure(1, "lost", plan.tasks - completed, at_most=0),
        Figure(1, "completed twice", max(outcomes.get("completed", 0), events) - completed, at_most=0),
        Figure(1, "work done to its end twice", run_twice, at_most=MOST_RUN_TWICE * plan.tasks),
        Figure(1, "attempts that died with their agent", expired),
        Figure(1, "seconds", seconds),
        Figure(2, "tasks of silent agents claimed again", len(again), at_least=1),
        Figure(2, "seconds after the lease, p99", p99(late), at_most=MOST_SECONDS_TO_CLAIM_AGAIN),
        Figure(2, "at the most, while no worker runs", longest_alone, at_most=MOST_SECONDS_WITHOUT_WORKER),
        Figure(3, "agents frozen past their leases", plan.zombies + plan.agent_stops, at_least=1),
        Figure(3, "stale completions refused", stale, at_least=FEWEST_STALE),
        Figure(3, "stale writes accepted", accepted, at_most=0),
    ]


def _late(house: House, free_at: datetime, claimed_at: datetime) -> float:
    """How long a task of a silent agent waited after its lease; not while nobody could have claimed it."""
    for gone_at, back_at in house.outages:
        if gone_at <= claimed_at and free_at < back_at:
            free_at = back_at
    return (claimed_at - free_at).total_seconds()
