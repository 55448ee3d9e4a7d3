"""One pool of connections for everybody: nobody meets what another request left behind."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx

from tests.support.world import World

REQUESTS = 1_200


async def test_interleaved_and_aborted_requests_see_their_own_only(
    supervisor: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    agent: httpx.AsyncClient,
    stranger_agent: httpx.AsyncClient,
    world: World,
) -> None:
    ours, theirs = await world.claimed(title="ours"), await _foreign_task(world)
    callers = [
        (supervisor, {ours["id"]}),
        (agent, {ours["id"]}),
        (stranger, {theirs["id"]}),
        (stranger_agent, set[str]()),
    ]
    dice = random.Random(12)
    aborted = 0

    async def ask(caller: httpx.AsyncClient, own: set[str]) -> None:
        nonlocal aborted
        request = asyncio.ensure_future(caller.get("/api/tasks"))
        if dice.random() < 0.1:
            await asyncio.sleep(dice.random() / 100)
            aborted += not request.done()
            request.cancel()
            await asyncio.gather(request, return_exceptions=True)
            return
        answer = await request
        assert answer.status_code == 200, answer.text
        assert {task["id"] for task in answer.json()["items"]} == own

    for _ in range(REQUESTS // 40):
        await asyncio.gather(*(ask(*dice.choice(callers)) for _ in range(40)))
    assert aborted > REQUESTS / 50, "too few requests were cut off: the test was idle"
    left = "select count(*) from pg_stat_activity where usename = 'devos_login' and state like 'idle in %'"
    assert await world.owner.value(left) == 0


async def _foreign_task(world: World) -> Any:
    item = {"project_id": str(world.stranger_project), "kind": "code_review", "title": "theirs"}
    return await world.stranger.call("create_tasks", items=[item])
