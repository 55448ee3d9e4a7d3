"""Small facts are written together: each at least once, few statements, and none is lost on the way."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from control_plane.db.batch import Batcher
from control_plane.db.pool import Call, Database
from control_plane.platform.errors import DomainError
from tests.support.world import World
from tests.worker.conftest import eventually

WRITE = "private.write_token_uses"


class Counting(Database):
    """A database that counts what it is asked, and is away when told so."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn, name="test", size=2)
        self.asked: list[Call] = []
        self.away = False

    async def call(self, call: Call) -> list[str]:
        self.asked.append(call)
        if self.away:
            raise DomainError(503, "database_unavailable", "Away.")
        return await super().call(call)


@pytest.fixture
async def counting(world: World) -> Any:
    database = Counting(world.database.dsn("devos_login"))
    await database.open()
    yield database
    await database.close()


async def noted(world: World) -> set[UUID]:
    return {row[0] for row in await world.owner.fetch("select token_id from private.token_uses")}


async def test_many_uses_are_few_statements(counting: Counting, world: World) -> None:
    ids = [uuid4() for _ in range(50)]
    batcher = Batcher(counting, WRITE, every_seconds=0.05)
    async with batcher.running():
        for one in ids * 20:
            batcher.add(one)
        await eventually(lambda: has(world, ids))
        await asyncio.sleep(0.2)
    assert len(counting.asked) == 1


async def has(world: World, ids: list[UUID]) -> bool:
    return await noted(world) == {*ids}


async def test_what_is_left_is_written_at_the_end(counting: Counting, world: World) -> None:
    batcher, one = Batcher(counting, WRITE, every_seconds=3600), uuid4()
    async with batcher.running():
        batcher.add(one)
    assert await noted(world) == {one}


async def test_what_came_while_the_database_was_away_is_written_later(
    counting: Counting, world: World
) -> None:
    batcher, ids = Batcher(counting, WRITE), [uuid4(), uuid4()]
    counting.away = True
    batcher.add(ids[0])
    await batcher.flush()
    batcher.add(ids[1])
    await batcher.flush()
    assert await noted(world) == set()
    counting.away = False
    await batcher.flush()
    assert await noted(world) == {*ids}


async def test_a_batch_that_is_broken_does_not_end_the_next(counting: Counting, world: World) -> None:
    batcher, one = Batcher(counting, WRITE), uuid4()
    batcher.add("no id")  # pyright: ignore[reportArgumentType]
    with capture_logs() as lines:
        await batcher.flush()
    assert [line["event"] for line in lines] == ["a batch is lost"]
    batcher.add(one)
    await batcher.flush()
    assert await noted(world) == {one}


async def test_two_processes_write_the_same_tokens_at_once(counting: Counting, world: World) -> None:
    ids = [uuid4() for _ in range(500)]
    both = [Batcher(counting, WRITE) for _ in range(2)]
    for _ in range(10):
        for batcher, order in zip(both, (ids, ids[::-1]), strict=True):
            for one in order:
                batcher.add(one)
        await asyncio.gather(*(batcher.flush() for batcher in both))
    assert await noted(world) == {*ids}
