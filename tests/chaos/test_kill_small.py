"""The kill test in small: agents and the API die again and again, and no task is lost or completed twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.api import settings_for
from tests.support.folders import enterable_folder
from tests.support.processes import eventually
from tests.support.servers import Program, api_process, is_ready, worker_process
from tests.support.world import World

TASKS = 2_000
AGENTS = 3
KILLS = 20
ZOMBIES = 4
DEADLINE_SECONDS = 150
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Zombie:
    """A process that was stopped while it held leases."""

    process: subprocess.Popen[str]
    claimed: list[str]


async def test_no_task_is_lost_or_completed_twice_while_agents_and_the_api_are_killed(world: World) -> None:
    item = {"project_id": str(world.project), "kind": "work", "title": "w", "max_retries": 100}
    for _ in range(TASKS // 1000):
        await world.supervisor.call("create_tasks", items=[item] * 1000)
    # The zombies get these, and after their leases the next agents do.
    urgent = "update public.tasks set priority = 1 where id in (select id from public.tasks limit $1)"
    await world.owner.fetch(urgent, ZOMBIES * 10)
    with enterable_folder() as folder, ExitStack() as running:
        settings = settings_for(world.database)
        url, api = running.enter_context(api_process(settings, folder))
        running.enter_context(worker_process(settings, folder))
        env = {"DEVOS_URL": url, "DEVOS_AGENT_KEY": world.agent_key}
        zombies = [running.enter_context(frozen_zombie(env)) for _ in range(ZOMBIES)]
        agents = [
            running.enter_context(steady_agent(env, folder / f"agent-{nr}.log")) for nr in range(AGENTS)
        ]
        waking = asyncio.gather(*(wake_when_overtaken(world, zombie) for zombie in zombies))
        kills, told = await asyncio.gather(kill_until_done(world, agents, api, url), waking)
        outcomes = [outcome for outcomes in told for outcome in outcomes]

    assert kills >= KILLS
    assert len(outcomes) >= 20
    assert set(outcomes) == {"lease_lost"}, "a completion after its lease had an effect"
    states = await world.owner.fetch("select state::text, count(*) from public.tasks group by 1")
    assert {row[0]: row[1] for row in states} == {"completed": TASKS}, "a task was lost"
    twice = await world.owner.value(
        "select count(*) from (select task_id from public.task_attempts where outcome = 'completed'"
        " group by task_id having count(*) > 1) t"
    )
    completions = await world.owner.value(
        "select count(*) from public.task_attempts where outcome = 'completed'"
    )
    events = await world.owner.value("select count(*) from public.events where type = 'task.completed'")
    assert (twice, completions, events) == (0, TASKS, TASKS), "a task was completed twice"


async def kill_until_done(world: World, agents: list[Program], api: Program, url: str) -> int:
    """Kill agents in turn, and the API twice, until every task is done; how many agents were killed."""
    deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
    kills, api_restarts = 0, 0
    while True:
        left = await world.owner.value("select count(*) from public.tasks where state <> 'completed'")
        if left == 0:
            return kills
        assert asyncio.get_running_loop().time() < deadline, f"{left} tasks are not done"
        if left < TASKS * (2 - api_restarts) / 3 and api_restarts < 2:
            api_restarts += 1
            api.restart()
            await asyncio.to_thread(eventually, lambda: is_ready(url), 30)
        elif kills < KILLS + 5:
            # Long enough for a new process to have claimed, so that each kill hurts.
            victim = agents[kills % len(agents)]
            await work_was_claimed(world)
            victim.restart()
            kills += 1
        else:
            await asyncio.sleep(0.2)


async def work_was_claimed(world: World) -> None:
    """Return when some tasks have been claimed since the call."""
    claimed = "select count(*) from public.events where type = 'task.claimed'"
    before = await world.owner.value(claimed)
    wanted = random.randint(15, 40)
    for _ in range(100):
        if await world.owner.value(claimed) >= before + wanted:
            return
        await asyncio.sleep(0.05)


@contextmanager
def steady_agent(env: dict[str, str], log: Path) -> Iterator[Program]:
    """An agent process, written with the SDK."""
    program = Program([sys.executable, str(_HERE / "steady_agent.py")], env, log)
    try:
        yield program
    finally:
        program.kill()


@contextmanager
def frozen_zombie(env: dict[str, str]) -> Iterator[Zombie]:
    """A process that holds claims and is stopped, as by a long pause of its machine."""
    process = subprocess.Popen(
        [sys.executable, str(_HERE / "zombie.py")],
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        claimed = process.stdout.readline().split()
        assert len(claimed) == 10
        process.send_signal(signal.SIGSTOP)
        yield Zombie(process, claimed)
    finally:
        process.kill()
        process.communicate()


async def wake_when_overtaken(world: World, zombie: Zombie) -> list[str]:
    """Let a zombie go on while another agent works on one of its tasks; what became of its completions."""
    overtaken = (
        "select 1 from public.tasks t join public.task_attempts a on a.task_id = t.id"
        " where t.id = any ($1::uuid[]) and t.state = 'running' and a.outcome = 'lease_expired'"
    )
    watcher = world.owner.twin()
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not await watcher.fetch(overtaken, zombie.claimed):
            await asyncio.sleep(0.02)
    zombie.process.send_signal(signal.SIGCONT)
    told, _ = await asyncio.to_thread(zombie.process.communicate, "go on\n", 30)
    return told.split()
