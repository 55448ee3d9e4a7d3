"""One RabbitMQ for this test process, a virtual host and a devos that uses it for each test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aio_pika.exceptions import ChannelClosed

from control_plane.broker.node import BrokerNode
from control_plane.broker.publisher import Publisher
from control_plane.broker.relay import HintRelay
from control_plane.broker.topology import Topology
from control_plane.db.pool import Database as Reading
from control_plane.platform.settings import Settings
from devos_sdk import Agent, Context
from tests.support.api import give_key, settings_for
from tests.support.broker import Broker, broker_node, queue_of, virtual_host
from tests.support.folders import enterable_folder
from tests.support.servers import api_process
from tests.support.world import Actor, Database, World
from tests.worker.conftest import at_work, eventually


@pytest.fixture(scope="session")
def node() -> Generator[BrokerNode]:
    with broker_node() as running:
        yield running


@pytest.fixture
def broker(node: BrokerNode) -> Generator[Broker]:
    with virtual_host(node) as made:
        yield made


@pytest.fixture
def settings(database: Database, broker: Broker) -> Settings:
    return settings_for(database, **broker.settings)


@pytest.fixture
async def worker(settings: Settings, world: World) -> AsyncGenerator[None]:
    """A worker that runs as long as the test."""
    async with at_work(settings):
        yield


@pytest.fixture
async def url(settings: Settings, world: World) -> AsyncGenerator[str]:
    """The API in a process of its own, as agents reach it, beside a worker."""
    with enterable_folder() as folder, api_process(settings, folder) as (url, _):
        async with at_work(settings):
            yield url


@asynccontextmanager
async def relaying(settings: Settings, broker: Broker) -> AsyncIterator[HintRelay]:
    """A relay that tells when the test says so."""
    assert settings.worker_database_url is not None
    reading = Reading(settings.worker_database_url.get_secret_value(), name="relay")
    await reading.open()
    topology = Topology(broker.url)
    relay = HintRelay(reading, Publisher(broker.url, topology), topology)
    try:
        yield relay
    finally:
        await relay.close()
        await reading.close()


class Fleet:
    """An agent of the SDK, and when its handler began with which task."""

    def __init__(
        self, world: World, broker: Broker, agent: Actor, *, concurrency: int = 1, works: float = 0
    ) -> None:
        self._world, self._broker, self._agent = world, broker, agent
        self.began: dict[str, float] = {}
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.agent = Agent("fleet", concurrency=concurrency, broker_url=broker.address.url)

        @self.agent.task("code_review")
        async def review(ctx: Context) -> None:
            self.began[str(ctx.task.id)] = time.monotonic()
            await asyncio.sleep(works)
            await self.may_end.wait()

    @asynccontextmanager
    async def at_work(self, url: str) -> AsyncIterator[None]:
        await self._world.admin.call("set_agent_broker", agent_id=self._agent.id, is_allowed=True)
        key = await give_key(self._agent, self._world.owner)
        serving = asyncio.create_task(self.agent.serve(url=url, api_key=key))
        try:
            yield
        finally:
            self.may_end.set()
            self.agent.stop()
            self.agent.stop()
            await serving

    async def took(self, task: Any, seconds: float = 20) -> float:
        """When the handler began with this task."""

        async def has_begun() -> float | None:
            return self.began.get(task["id"])

        return await eventually(has_begun, seconds)


async def consumers(broker: Broker, queue: str) -> int:
    async with broker.channel() as channel:
        try:
            found = await channel.declare_queue(queue, passive=True)
        except ChannelClosed:
            return 0
        return found.declaration_result.consumer_count or 0


async def listening(world: World, broker: Broker, fleet: Fleet) -> str:
    """The queue of the fleet's one lane, once it listens there and its first look has found nothing more."""
    task = await world.task()
    queue = await queue_of(world, task)
    await fleet.took(task, seconds=30)
    await eventually(lambda: consumers(broker, queue), seconds=30)
    return queue


async def late(world: World, fleet: Fleet) -> float:
    """How long a new task waits for its handler."""
    task = await world.task()
    began = time.monotonic()
    return await fleet.took(task) - began
