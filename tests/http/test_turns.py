"""Who waits for a connection gets one in turn."""

from __future__ import annotations

import asyncio
from itertools import count

from control_plane.db.pool import Call, Database
from tests.support.world import World

_SEEN = 30


async def test_who_comes_just_now_passes_by_nobody_who_waits(world: World) -> None:
    database = Database(world.database.dsn("devos_login"), name="test", size=1)
    await database.open()
    order: list[int] = []

    async def caller(number: int) -> None:
        await database.call(Call("private.keys_to_wake", waiting=[]))
        order.append(number)

    callers: list[asyncio.Task[None]] = []
    try:
        # Somebody new in every moment, also in that between the end of one call and the begin of the next.
        for number in count():
            if len(order) >= _SEEN:
                break
            callers.append(asyncio.create_task(caller(number)))
            await asyncio.sleep(0)
    finally:
        for each in callers:
            each.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        await database.close()
    assert order[:_SEEN] == [*range(_SEEN)]
