"""The broker is gone, blocked, or swallows what it is sent: nobody waits for it, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.broker.conftest import Fleet, consumers, late, listening
from tests.chaos.proxy import Target, proxied, through
from tests.support.api import give_password, settings_for, sign_in
from tests.support.broker import Broker, make_fleet, queue_of
from tests.support.world import REVIEW, Database, World
from tests.worker.conftest import at_work, eventually

# By long poll a task is heard of at once; an agent that nobody tells asks after four to six seconds.
BY_LONG_POLL = 2.0


async def created(world: World, url: str) -> list[float]:
    """How long each of thirty creations over HTTP takes."""
    async with httpx.AsyncClient(base_url=url, timeout=30) as nobody:
        token = await sign_in(nobody, await give_password(world.supervisor, world.owner))
        body = {"project_id": str(world.project), "kind": "code_review", "title": "t", "input": REVIEW}
        took: list[float] = []
        for _ in range(30):
            began = time.monotonic()
            answer = await nobody.post("/api/tasks", json=body, headers={"Authorization": f"Bearer {token}"})
            took.append(time.monotonic() - began)
            assert answer.status_code == 201, answer.text
        return took


async def all_done(world: World) -> bool:
    return not await world.owner.fetch("select from public.tasks where state <> 'completed'")


async def nothing_is_to_tell(world: World) -> bool:
    return not await world.owner.fetch("select from private.outbox where topic = 'tasks.ready'")


async def test_a_broker_that_stops_is_noticed_by_nobody_and_used_again_when_it_is_back(
    world: World, broker: Broker, url: str
) -> None:
    fleet = Fleet(world, broker, world.agent, concurrency=10)
    async with fleet.at_work(url):
        queue = await listening(world, broker, fleet)
        await asyncio.to_thread(broker.runner.stop)
        took = await created(world, url)
        assert sorted(took)[-2] <= 0.3 or max(took) <= 1, f"the API waits for the broker: {took}"
        assert await late(world, fleet) < BY_LONG_POLL
        await eventually(lambda: all_done(world), seconds=60)
        # The relay throws away what it cannot tell: the outbox stays as small as without a broker.
        await eventually(lambda: nothing_is_to_tell(world))
        # Not in a thread: the node would end with it.
        broker.runner.start(with_parent=True)
        await eventually(lambda: consumers(broker, queue), seconds=60)
        assert await late(world, fleet) < BY_LONG_POLL


async def test_a_broker_without_memory_blocks_nobody(world: World, broker: Broker, url: str) -> None:
    fleet = Fleet(world, broker, world.agent, concurrency=10)
    async with fleet.at_work(url):
        await listening(world, broker, fleet)
        control = broker.runner.control
        await asyncio.to_thread(control, "set_vm_memory_high_watermark", "0.0001")
        try:
            assert max(await created(world, url)) <= 1
            # Its hints are held back, so it hears of work when it asks by itself.
            await eventually(lambda: all_done(world), seconds=60)
        finally:
            await asyncio.to_thread(control, "set_vm_memory_high_watermark", "0.4")
        await eventually(lambda: is_woken(world, fleet), seconds=60)


async def is_woken(world: World, fleet: Fleet) -> bool:
    return await late(world, fleet) < BY_LONG_POLL


async def test_hints_that_were_swallowed_are_told_again(
    world: World, database: Database, broker: Broker
) -> None:
    await make_fleet(world, world.agent)
    async with swallowing(broker) as (address, swallow):
        settings = settings_for(database, **{**broker.settings, "broker_url": address})
        async with at_work(settings):
            first = await world.task()
            queue = await queue_of(world, first)
            assert await eventually(lambda: broker.take(queue))
            swallow.set()
            lost = await world.task()
            told: Any = await eventually(lambda: told_of(broker, queue, lost), seconds=25)
    assert told


async def test_a_broker_far_away_is_told_all_the_same(
    world: World, database: Database, broker: Broker, tmp_path: Path
) -> None:
    await make_fleet(world, world.agent)
    async with proxied(Target(port=broker.node.port), tmp_path) as line:
        line.way_seconds = 0.05
        settings = settings_for(database, **{**broker.settings, "broker_url": through(line, broker.url)})
        async with at_work(settings):
            queue = await queue_of(world, await world.task())
            assert await eventually(lambda: broker.take(queue), seconds=60)


async def told_of(broker: Broker, queue: str, task: Any) -> bool:
    hint = await broker.take(queue)
    return hint is not None and hint["task_id"] == task["id"]


@asynccontextmanager
async def swallowing(broker: Broker) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """An address of the broker; once the event is set, what is sent on connections of before goes nowhere."""
    swallow, open_ = asyncio.Event(), set[asyncio.Task[None]]()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, sent: bool) -> None:
        before = not swallow.is_set()
        try:
            with suppress(OSError):
                while data := await reader.read(65536):
                    if sent and before and swallow.is_set():
                        continue
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", broker.node.port)
        await asyncio.gather(pass_on(reader, back, sent=True), pass_on(there, writer, sent=False))

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(serve(reader, writer))
        open_.add(connection)
        connection.add_done_callback(open_.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    parts = urlsplit(broker.url)
    port = server.sockets[0].getsockname()[1]
    try:
        yield parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}").geturl(), swallow
    finally:
        server.close()
        for connection in open_:
            connection.cancel()
        await asyncio.gather(*open_, return_exceptions=True)
