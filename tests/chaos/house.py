"""A whole installation that can be killed part by part: Postgres, two APIs, two workers, agents."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from control_plane.db.migrate import migrate
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.chaos.balancer import balancer
from tests.chaos.plan import Plan
from tests.support.api import settings_for
from tests.support.processes import eventually
from tests.support.servers import Program, api_process, is_ready, worker_process
from tests.support.world import Database, build_world, new_agent

_NAME = "devos"
_ROOT = Path(__file__).parents[2]


@dataclass
class House:
    """Everything that runs, and when there was no Postgres or no agent."""

    folder: Path
    postgres: EmbeddedPostgres
    keys: list[str]
    url: str = ""
    apis: list[tuple[str, Program]] = field(default_factory=list)
    workers: list[Program] = field(default_factory=list)
    agents: list[Program] = field(default_factory=list)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    freezes: list[tuple[datetime, datetime]] = field(default_factory=list)
    api_away: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def fetch(self, sql: str, *arguments: object) -> list[Any]:
        """Rows as the owner sees them, on a connection of its own; waits while Postgres is away."""
        async with asyncio.timeout(60):
            while True:
                try:
                    connection = await asyncpg.connect(self.postgres.dsn(database=_NAME), timeout=5)
                    try:
                        return await connection.fetch(sql, *arguments)
                    finally:
                        await connection.close(timeout=5)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                    await asyncio.sleep(0.05)

    async def value(self, sql: str, *arguments: object) -> Any:
        return (await self.fetch(sql, *arguments))[0][0]

    async def kill_postgres(self) -> None:
        """End the server by SIGKILL, and start it as `devos up` does."""
        gone_at = datetime.now(UTC)
        assert self.postgres.pid is not None
        os.kill(self.postgres.pid, signal.SIGKILL)
        # In this thread: the server is to end with it. A first try may meet what the old one still holds.
        while True:
            self.postgres.revive()
            try:
                await asyncio.wait_for(self._ping(), 2)
                break
            except (asyncpg.PostgresError, OSError, TimeoutError):
                await asyncio.sleep(0.05)
        self.outages.append((gone_at, datetime.now(UTC)))

    async def kill_api(self, number: int) -> None:
        """One copy at a time: for that there are two."""
        async with self.api_away:
            url, program = self.apis[number % len(self.apis)]
            program.restart()
            await asyncio.to_thread(eventually, lambda: is_ready(url), 60)

    async def stop_workers(self, seconds: float) -> None:
        """Both at once: the one that leads keeps its lock, and nobody can lead."""
        began = datetime.now(UTC)
        await asyncio.gather(*(self.stop(worker, seconds) for worker in self.workers))
        self.freezes.append((began, datetime.now(UTC)))

    async def stop(self, program: Program, seconds: float) -> None:
        """Freeze a process, as a long pause of its machine would, and let it go on."""
        process = program.process
        process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            process.send_signal(signal.SIGCONT)

    async def _ping(self) -> None:
        connection = await asyncpg.connect(self.postgres.dsn(database=_NAME), timeout=2)
        await connection.close(timeout=2)


async def furnished(postgres: EmbeddedPostgres, plan: Plan) -> tuple[Database, list[str]]:
    """The database with its tasks, and a key for each agent; the zombies have the last."""
    await migrate(postgres.dsn(database=_NAME), sql=Path(sql_dir()))
    database = Database(postgres, _NAME)
    world = await build_world(database)
    item = {"project_id": str(world.project), "kind": "work", "title": "w", "max_retries": 100}
    for first in range(0, plan.tasks, 1000):
        await world.supervisor.call("create_tasks", items=[item] * min(1000, plan.tasks - first))
    names = [f"steady {number}" for number in range(plan.agents)]
    keys = [(await new_agent(world.supervisor, name, world.project))[1] for name in names]
    await database.close()
    return database, [*keys, world.agent_key]


@asynccontextmanager
async def inhabited(database: Database, keys: list[str], folder: Path) -> AsyncIterator[House]:
    """Two APIs behind one address and two workers on the database; the agents are still to come."""
    settings = settings_for(database)
    with ExitStack() as running:
        house = House(folder, database.cluster, keys)
        for name in ("worker-1", "worker-2"):
            house.workers.append(running.enter_context(worker_process(settings, folder, name)))
        for _ in range(2):
            house.apis.append(running.enter_context(api_process(settings, folder)))
        async with balancer([urlsplit(url).port or 0 for url, _ in house.apis]) as house.url:
            yield house


@contextmanager
def employed(house: House, plan: Plan) -> Iterator[None]:
    """Agents, each a process written with the SDK."""
    command = [sys.executable, "-m", "tests.chaos.steady_agent"]
    with ExitStack() as running:
        for number in range(plan.agents):
            env = {
                "DEVOS_URL": house.url,
                "DEVOS_AGENT_KEY": house.keys[number],
                "STEADY_ENDS": str(house.folder / "ends"),
                "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")])),
            }
            program = Program(command, env, house.folder / f"agent-{number}.log")
            running.callback(program.kill)
            house.agents.append(program)
        yield
