"""A whole installation that can be killed part by part: Postgres, RabbitMQ, APIs, workers, agents."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from control_plane.db.migrate import migrate
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.chaos.balancer import balancer
from tests.chaos.rabbit import Rabbit
from tests.support.api import give_password, settings_for
from tests.support.processes import eventually
from tests.support.servers import Program, api_process, is_ready, worker_process
from tests.support.world import Database, build_world, new_agent

_NAME = "devos"
_DONE = "select count(*) from public.tasks where state = 'completed'"
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Tenant:
    """Somebody with a project of its own."""

    project: UUID
    email: str


@dataclass(frozen=True)
class Ground:
    """A database in which people may create tasks and agents do them."""

    database: Database
    tenant: Tenant
    # Has the same agents where they are shared.
    neighbour: Tenant
    # The last is nobody's yet.
    keys: list[str]


@dataclass
class House:
    """Everything that runs, and when there was no Postgres or no agent."""

    folder: Path
    ground: Ground
    rabbit: Rabbit | None = None
    url: str = ""
    apis: list[tuple[str, Program]] = field(default_factory=list)
    workers: list[Program] = field(default_factory=list)
    agents: list[Program] = field(default_factory=list)
    outages: list[tuple[datetime, datetime]] = field(default_factory=list)
    freezes: list[tuple[datetime, datetime]] = field(default_factory=list)
    api_away: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def postgres(self) -> EmbeddedPostgres:
        return self.ground.database.cluster

    @property
    def programs(self) -> list[Program]:
        """Every process but Postgres and RabbitMQ."""
        return [*(program for _, program in self.apis), *self.workers, *self.agents]

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

    async def more_done(self, tasks: int = 5) -> None:
        """Return when so many more tasks are completed than now."""
        wanted = await self.value(_DONE) + tasks
        async with asyncio.timeout(60):
            while await self.value(_DONE) < wanted:
                await asyncio.sleep(0.05)

    async def logged(self, agent: int, text: str) -> None:
        """Return when an agent has said something."""
        log = self.folder / f"agent-{agent}.log"
        await asyncio.to_thread(eventually, lambda: text in log.read_text(), 60)

    async def kill_postgres(self) -> None:
        """End the server by SIGKILL, and start it as `devos up` does."""
        gone_at = datetime.now(UTC)
        self.signal_postgres(signal.SIGKILL)
        await self.postgres_back()
        self.outages.append((gone_at, datetime.now(UTC)))

    def signal_postgres(self, how: signal.Signals) -> None:
        """SIGINT ends it as an operator would, SIGKILL at once."""
        assert self.postgres.pid is not None
        os.kill(self.postgres.pid, how)

    async def postgres_back(self) -> None:
        """Start it once it has ended, and return when it answers."""
        # In this thread: the server is to end with it. A first try may meet what the old one still holds.
        while True:
            self.postgres.revive()
            try:
                await asyncio.wait_for(self._ping(), 2)
                return
            except (asyncpg.PostgresError, OSError, TimeoutError):
                await asyncio.sleep(0.05)

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


async def furnished(
    postgres: EmbeddedPostgres, *, agents: int, at_broker: int = 0, tasks: int = 0, shared: bool = False
) -> Ground:
    """A database with its tasks and a key for each agent; the first of them may wait at the broker."""
    await migrate(postgres.dsn(database=_NAME), sql=Path(sql_dir()))
    database = Database(postgres, _NAME)
    world = await build_world(database)
    item = {"project_id": str(world.project), "kind": "work", "title": "w", "max_retries": 100}
    for first in range(0, tasks, 1000):
        await world.supervisor.call("create_tasks", items=[item] * min(1000, tasks - first))
    keys: list[str] = []
    projects = [world.project, world.stranger_project] if shared else [world.project]
    for number in range(agents):
        agent, key = await new_agent(world.admin, f"steady {number}", *projects)
        if number < at_broker:
            await world.admin.call("set_agent_broker", agent_id=agent.id, is_allowed=True)
        keys.append(key)
    tenant = Tenant(world.project, await give_password(world.supervisor, world.owner))
    neighbour = Tenant(world.stranger_project, await give_password(world.stranger, world.owner))
    await database.close()
    return Ground(database, tenant, neighbour, [*keys, world.agent_key])


@asynccontextmanager
async def inhabited(
    ground: Ground,
    folder: Path,
    *,
    rabbit: Rabbit | None = None,
    copies: int = 2,
    api: Mapping[str, object] | None = None,
    worker: Mapping[str, object] | None = None,
) -> AsyncIterator[House]:
    """APIs behind one address and workers on the database; the agents are still to come.

    `api` and `worker`: settings of these processes that differ, as they reach a server by another line.
    """
    if rabbit is not None:
        await rabbit.ready()
    broker = rabbit.settings if rabbit else {}
    api_settings = settings_for(ground.database, **{**broker, **(api or {})})
    worker_settings = settings_for(ground.database, **{**broker, **(worker or {})})
    with ExitStack() as running:
        house = House(folder, ground, rabbit)
        for number in range(copies):
            house.workers.append(
                running.enter_context(worker_process(worker_settings, folder, f"worker-{number + 1}"))
            )
        # They take seconds to start: all at once.
        starting = (api_process(api_settings, folder) for _ in range(copies))
        house.apis += await asyncio.gather(
            *(asyncio.to_thread(running.enter_context, api) for api in starting)
        )
        async with balancer([urlsplit(url).port or 0 for url, _ in house.apis]) as house.url:
            yield house


@contextmanager
def employed(house: House, urls: Sequence[str], *, at_broker: int = 0) -> Iterator[None]:
    """An agent for each URL, a process written with the SDK; the first of them wait at the broker."""
    command = [sys.executable, "-m", "tests.chaos.steady_agent"]
    with ExitStack() as running:
        for number, url in enumerate(urls):
            env = {
                "DEVOS_URL": url,
                "DEVOS_AGENT_KEY": house.ground.keys[number],
                "STEADY_ENDS": str(house.folder / "ends"),
                "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")])),
            }
            if number < at_broker:
                assert house.rabbit is not None
                env["DEVOS_BROKER_URL"] = house.rabbit.address
            program = Program(command, env, house.folder / f"agent-{number}.log")
            running.callback(program.kill)
            house.agents.append(program)
        yield


@asynccontextmanager
async def staffed(
    folder: Path, *, agents: int, at_broker: int = 0, copies: int = 1, shared: bool = False
) -> AsyncGenerator[House]:
    """Everything at work, RabbitMQ too when agents wait there."""
    async with AsyncExitStack() as running:
        rabbit = await running.enter_async_context(Rabbit.running(folder)) if at_broker else None
        postgres = running.enter_context(EmbeddedPostgres(folder / "postgres"))
        ground = await furnished(postgres, agents=agents, at_broker=at_broker, shared=shared)
        house = await running.enter_async_context(inhabited(ground, folder, rabbit=rabbit, copies=copies))
        running.enter_context(employed(house, [house.url] * agents, at_broker=at_broker))
        yield house
