"""One RabbitMQ for this test process, a virtual host and a devos that uses it for each test."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator

import pytest

from control_plane.broker.node import BrokerNode
from control_plane.platform.settings import Settings
from tests.support.api import settings_for
from tests.support.broker import Broker, broker_node, virtual_host
from tests.support.world import Database, World
from tests.worker.conftest import at_work


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
