"""Who waits for a connection gets one in turn."""

from __future__ import annotations

import asyncio

from control_plane.db.pool import Call, Database
from tests.support.world import World


async def test_who_waits_longest_comes_first(world: World) -> None:
    database = Database(world.database.dsn("devos_login"), name="test", size=1)
    await database.open()
    order: list[int] = []

    async def caller(number: int) -> None:
        for _ in range(3):
            await database.call(Call("private.keys_to_wake", waiting=[]))
            order.append(number)

    try:
        await asyncio.gather(*(caller(number) for number in range(5)))
    finally:
        await database.close()
    assert order == [*range(5)] * 3
