"""Who may wait at the broker, what they may do there, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import aio_pika
import httpx
import pytest
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError, ChannelClosed
from yarl import URL

from control_plane.broker.names import DEFAULT
from control_plane.platform.keyring import new_key
from control_plane.platform.settings import Settings
from tests.support.api import client, give_key, problem, running, settings_for
from tests.support.broker import Broker, make_fleet, queue_of
from tests.support.servers import free_port
from tests.support.world import Actor, Database, World, refused
from tests.worker.conftest import at_work, eventually

ASK = "/api/agents/broker-credentials"


@pytest.fixture
async def nobody(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    async with running(settings) as app, client(app) as made:
        yield made


async def as_fleet(world: World, agent: Actor) -> dict[str, str]:
    """The credentials that an agent asks the API with, once an admin trusts it."""
    await world.admin.call("set_agent_broker", agent_id=agent.id, is_allowed=True)
    return {"X-API-Key": await give_key(agent, world.owner)}


def url_of(told: dict[str, Any]) -> str:
    there = URL(told["url"])
    return str(
        there.with_user(told["user"]).with_password(told["password"]).with_path("/" + told["virtual_host"])
    )


async def may_enter(broker: Broker, url: str) -> bool:
    try:
        async with broker.channel(url):
            return True
    except (AMQPError, ConnectionError):
        return False


async def enter(url: str) -> tuple[AbstractConnection, asyncio.Event]:
    """A connection, and what is set when the broker ends it."""
    ended = asyncio.Event()
    connection = await aio_pika.connect(url, timeout=10)
    connection.close_callbacks.add(lambda *_: ended.set(), weak=False)
    return connection, ended


async def may_read(broker: Broker, url: str, queue: str) -> bool:
    try:
        async with broker.channel(url) as channel:
            await (await channel.get_queue(queue, ensure=False)).get(fail=False)
    except ChannelClosed:
        return False
    return True


async def declare(broker: Broker, url: str) -> None:
    async with broker.channel(url) as channel:
        await channel.declare_queue("mine")


async def publish(broker: Broker, url: str, exchange: str, queue: str) -> None:
    async with broker.channel(url) as channel:
        there = channel.default_exchange
        if exchange:
            there = await channel.get_exchange(exchange, ensure=False)
        await there.publish(aio_pika.Message(b"{}"), queue, timeout=5)


async def test_an_agent_that_nobody_trusts_gets_no_credentials(
    nobody: httpx.AsyncClient, world: World
) -> None:
    key = {"X-API-Key": await give_key(world.agent, world.owner)}
    problem(await nobody.put(ASK, headers=key), 403, "broker_not_allowed")


async def test_only_an_admin_trusts_an_agent_with_the_broker(world: World) -> None:
    with refused("PT403", "role_required"):
        await world.supervisor.call("set_agent_broker", agent_id=world.agent.id, is_allowed=True)
    allowed = await world.admin.call("set_agent_broker", agent_id=world.agent.id, is_allowed=True)
    assert allowed["broker_allowed"]


async def test_without_a_broker_there_are_no_credentials(database: Database, world: World) -> None:
    async with running(settings_for(database)) as app, client(app) as nobody:
        answer = await nobody.put(ASK, headers=await as_fleet(world, world.agent))
        problem(answer, 409, "broker_not_configured")


async def test_a_fleet_reads_the_queues_of_its_lanes_and_does_nothing_else(
    nobody: httpx.AsyncClient, world: World, broker: Broker, settings: Settings
) -> None:
    ours = await queue_of(world, await world.task())
    # A lane that begins like ours, and one of another fleet.
    theirs = await queue_of(world, await world.task(required_capabilities=["signing"]))
    async with broker.channel() as channel:
        for name in (f"{ours}0", theirs):
            await channel.declare_queue(name, auto_delete=True)
        async with at_work(settings):
            key = await as_fleet(world, world.agent)
            told = (await nobody.put(ASK, headers=key)).json()
            assert told["queues"] == [ours]
            url = url_of(told)
            await eventually(lambda: may_enter(broker, url))
            assert await may_read(broker, url, ours)
            for other in (theirs, f"{ours}0", DEFAULT, "tasks.dead"):
                assert not await may_read(broker, url, other), f"it may read {other}"
            assert (await nobody.put(ASK, headers=key)).json() == told, "the same until its key ends"
    with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
        await declare(broker, url)
    for exchange in ("", "tasks", "tasks.dead", "tasks.delay.1"):
        with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
            await publish(broker, url, exchange, ours)
    elsewhere = str(URL(url).with_path("/devos"))
    assert not await may_enter(broker, elsewhere), "another virtual host"


@pytest.mark.parametrize("end", ["deactivated", "revoked", "not trusted any more"])
@pytest.mark.usefixtures("worker")
async def test_the_user_of_a_fleet_ends_with_what_it_stands_on(
    nobody: httpx.AsyncClient, world: World, broker: Broker, end: str
) -> None:
    agent = world.agent
    key = await as_fleet(world, agent)
    url = url_of((await nobody.put(ASK, headers=key)).json())
    await eventually(lambda: may_enter(broker, url))
    living, ended = await enter(url)
    async with living:
        if end == "deactivated":
            await world.supervisor.call("set_agent_activation", agent_id=agent.id, is_active=False)
        elif end == "revoked":
            key_id = key["X-API-Key"].split("_")[1]
            await world.supervisor.call("revoke_agent_key", agent_id=agent.id, key_id=key_id)
        else:
            await world.admin.call("set_agent_broker", agent_id=agent.id, is_allowed=False)

        async def is_shut_out() -> bool:
            return not await may_enter(broker, url)

        await eventually(is_shut_out)
        async with asyncio.timeout(10):
            await ended.wait()

    async def is_forgotten() -> bool:
        return not await world.owner.fetch("select from private.broker_users")

    await eventually(is_forgotten)


async def test_a_user_ends_though_the_queues_of_others_cannot_be_made(
    database: Database, world: World, broker: Broker, settings: Settings
) -> None:
    key_id = await make_fleet(world, world.agent)
    user = f"/users/{broker.address.user_of(key_id)}"

    async def is_there() -> bool:
        return broker.manage("GET", user).status_code == 200

    async def is_gone() -> bool:
        return not await is_there()

    async with at_work(settings):
        await eventually(is_there)
    await world.supervisor.call("revoke_agent_key", agent_id=world.agent.id, key_id=key_id)
    port = {"broker_url": str(URL(broker.url).with_port(free_port()))}
    async with at_work(settings_for(database, **{**broker.settings, **port})):
        await eventually(is_gone)


@pytest.mark.usefixtures("worker")
async def test_a_new_lane_is_readable_and_a_lost_one_is_not(
    nobody: httpx.AsyncClient, world: World, broker: Broker
) -> None:
    key = await as_fleet(world, world.agent)
    first = await queue_of(world, await world.task())
    url = url_of((await nobody.put(ASK, headers=key)).json())
    await eventually(lambda: may_enter(broker, url))
    second = await queue_of(world, await world.task(required_capabilities=["code-review"]))
    await eventually(lambda: may_read(broker, url, second))
    assert sorted((await nobody.put(ASK, headers=key)).json()["queues"]) == sorted([first, second])
    living, ended = await enter(url)
    async with living:
        what = {"name": "agent", "capabilities": [], "labels": {}}
        await world.supervisor.call("update_agent", agent_id=world.agent.id, **what)
        async with asyncio.timeout(10):
            await ended.wait()
    assert not await may_read(broker, url, second)
    assert await may_read(broker, url, first)


@pytest.mark.usefixtures("worker")
async def test_a_broker_that_has_lost_everything_knows_the_fleet_again(
    nobody: httpx.AsyncClient, world: World, broker: Broker
) -> None:
    key = await as_fleet(world, world.agent)
    told = (await nobody.put(ASK, headers=key)).json()
    await eventually(lambda: may_enter(broker, url_of(told)))
    broker.manage("DELETE", f"/users/{told['user']}").raise_for_status()
    await eventually(lambda: may_enter(broker, url_of(told)), seconds=45)


async def test_a_password_under_a_key_that_is_gone_is_replaced(
    database: Database, world: World, broker: Broker
) -> None:
    key = await as_fleet(world, world.agent)
    told: list[dict[str, Any]] = []
    for keys in (new_key(), new_key()):
        settings = settings_for(database, **broker.settings, encryption_keys=keys)
        async with running(settings) as app, client(app) as nobody:
            told.append((await nobody.put(ASK, headers=key)).json())
    assert told[0]["user"] == told[1]["user"]
    assert told[0]["password"] != told[1]["password"]
