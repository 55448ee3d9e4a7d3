"""How many event streams one person may have open, and that each way out of one makes room again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress

import httpx

from control_plane.domains.events.feed import MOST_STREAMS
from tests.http.events.following import bearer, ended, following, parsed
from tests.support.api import problem
from tests.support.scene import add_api_token
from tests.support.world import Actor, World


async def room(web: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Wait until one more stream may be opened, and open it for a moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            while True:
                async with web.stream("GET", "/api/stream", headers=headers) as answer:
                    if answer.status_code == 200:
                        await anext(parsed(answer))
                        return
                await asyncio.sleep(0.02)
    raise AssertionError("what ended still counts")


async def test_a_person_has_so_many_streams_and_no_more(
    web: httpx.AsyncClient, as_viewer: Actor, as_supervisor: Actor
) -> None:
    headers, second, other = await bearer(as_viewer), await bearer(as_viewer), await bearer(as_supervisor)
    async with AsyncExitStack() as streams:
        for number in range(MOST_STREAMS):
            await streams.enter_async_context(following(web, (headers, second)[number % 2]))
        for asked in (headers, second):
            refusal = await web.get("/api/stream", headers=asked)
            problem(refusal, 429, "too_many_streams")
            assert refusal.headers["retry-after"] == "5"
        async with following(web, other):
            pass
    await room(web, headers)


async def test_every_way_that_a_stream_ends_makes_room(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    token, text = await add_api_token(as_viewer, "events:read")
    headers = await bearer(as_viewer)
    async with AsyncExitStack() as streams:
        for _ in range(MOST_STREAMS - 1):
            await streams.enter_async_context(following(web, headers))
        async with following(web, {"Authorization": f"Bearer {text}"}) as messages:
            problem(await web.get("/api/stream", headers=headers), 429, "too_many_streams")
            # Its credential ends.
            await as_viewer.call("revoke_api_token", token_id=token)
            await ended(messages)
            await room(web, headers)
        # Whoever called goes away, having read something or nothing.
        for _ in range(3):
            await room(web, headers)
            async with web.stream("GET", "/api/stream", headers=headers):
                pass


async def test_those_who_come_at_once_are_not_more_than_may_be(
    web: httpx.AsyncClient, as_viewer: Actor
) -> None:
    headers, told = await bearer(as_viewer), asyncio.Queue[str]()
    done = asyncio.Event()

    async def follow() -> None:
        async with web.stream("GET", "/api/stream", headers=headers) as answer:
            messages = parsed(answer)  # named: it closes the stream when it goes
            begun = await anext(messages) if answer.status_code == 200 else {"event": "end"}
            await told.put("refused" if begun.get("event") == "end" else "follows")
            await done.wait()

    following_ = [asyncio.create_task(follow()) for _ in range(3 * MOST_STREAMS)]
    async with asyncio.timeout(30):
        seen = [await told.get() for _ in following_]
    done.set()
    await asyncio.gather(*following_)
    assert seen.count("follows") == MOST_STREAMS
