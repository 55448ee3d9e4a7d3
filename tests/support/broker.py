"""A real RabbitMQ for the tests: one node for each test process, one virtual host for each test."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import aio_pika
import httpx
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelClosed

from control_plane.broker.names import BrokerAddress, lane_queue, password_about
from control_plane.broker.node import BrokerNode, Node, install
from control_plane.platform.keyring import Keyring
from tests.support.api import ENCRYPTION_KEY
from tests.support.folders import enterable_folder
from tests.support.world import Actor, World

_numbers = count(1)


@contextmanager
def broker_node() -> Generator[BrokerNode]:
    """A node that runs until the block ends; RabbitMQ is installed when it is missing."""
    install()
    with enterable_folder() as folder, BrokerNode(folder / "broker") as node:
        yield node


@dataclass(frozen=True)
class Broker:
    """A virtual host of a node, as somebody who may do everything there."""

    runner: BrokerNode
    virtual_host: str

    @property
    def node(self) -> Node:
        node = self.runner.find()
        assert node is not None
        return node

    @property
    def url(self) -> str:
        return self.node.url.rpartition("/")[0] + f"/{self.virtual_host}"

    @property
    def settings(self) -> dict[str, object]:
        """The settings of a devos that uses it."""
        return {"broker_url": self.url, "broker_management_url": self.node.management_url}

    @property
    def address(self) -> BrokerAddress:
        return BrokerAddress.of(self.url)

    def manage(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask the management API."""
        return httpx.request(method, f"{self.node.management_url}/api{path}", json=body, timeout=30)

    @asynccontextmanager
    async def channel(self, url: str | None = None) -> AsyncGenerator[AbstractChannel]:
        """A channel, as another user when a `url` is given."""
        connection = await aio_pika.connect(url or self.url, timeout=10)
        async with connection:
            yield await connection.channel()

    async def waiting(self, queue: str) -> int | None:
        """How many messages wait in a queue; None when there is no such queue."""
        async with self.channel() as channel:
            try:
                found = await channel.declare_queue(queue, passive=True)
            except ChannelClosed:
                return None
            return found.declaration_result.message_count

    async def take(self, queue: str) -> dict[str, Any] | None:
        """Take the next hint out of a queue, if there is one."""
        async with self.channel() as channel:
            try:
                message = await (await channel.get_queue(queue, ensure=False)).get(fail=False)
            except ChannelClosed:
                return None
            if message is None:
                return None
            await message.ack()
            return json.loads(message.body)

    async def publish(self, queue: str, body: bytes) -> None:
        """Put anything into a queue, as only the relay should."""
        async with self.channel() as channel:
            await channel.default_exchange.publish(aio_pika.Message(body), queue)


@contextmanager
def virtual_host(runner: BrokerNode) -> Generator[Broker]:
    """A new virtual host, removed at the end."""
    broker = Broker(runner, f"test-{next(_numbers)}-{secrets.token_hex(3)}")
    broker.manage("PUT", f"/vhosts/{broker.virtual_host}").raise_for_status()
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    broker.manage("PUT", f"/permissions/{broker.virtual_host}/devos", everything).raise_for_status()
    try:
        yield broker
    finally:
        if broker.node.answers:
            broker.manage("DELETE", f"/vhosts/{broker.virtual_host}")


async def make_fleet(world: World, agent: Actor) -> str:
    """Allow an agent the broker and ask for its credentials, as the API does; the id of its key."""
    await world.admin.call("set_agent_broker", agent_id=agent.id, is_allowed=True)
    key_id = await world.owner.value("select id from private.agent_keys where agent_id = $1", agent.id)
    sealed = Keyring(ENCRYPTION_KEY).seal(b"a password of the test", password_about(key_id))
    await world.login.call(
        "private.keep_broker_user", agent_key_id=key_id, key_id=sealed.key_id, sealed=sealed.data
    )
    return key_id


async def queue_of(world: World, task: Any) -> str:
    """The queue of the lane that a task is in."""
    return lane_queue(
        await world.owner.value("select lane_id from public.tasks where id::text = $1", task["id"])
    )
