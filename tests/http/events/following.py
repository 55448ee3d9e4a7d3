"""Following the event stream as a client does, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx

from tests.support.scene import add_api_token
from tests.support.world import Actor, World

Message = dict[str, Any]


async def bearer(person: Actor) -> dict[str, str]:
    """The header of a person's token that may read events."""
    _, text = await add_api_token(person, "events:read")
    return {"Authorization": f"Bearer {text}"}


@asynccontextmanager
async def following(
    web: httpx.AsyncClient, headers: dict[str, str], after: str | None = None, **params: Any
) -> AsyncGenerator[AsyncIterator[Message]]:
    """The messages of an open stream that has begun."""
    resumed = {} if after is None else {"Last-Event-ID": after}
    async with web.stream("GET", "/api/stream", headers={**headers, **resumed}, params=params) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        messages = parsed(answer)
        begun = await anext(messages)
        assert "id" in begun, "it begins with its cursor"
        yield _with_first(begun, messages)


async def _with_first(first: Message, rest: AsyncIterator[Message]) -> AsyncGenerator[Message]:
    if "event" in first:
        yield first
    async for message in rest:
        yield message


async def parsed(answer: httpx.Response) -> AsyncGenerator[Message]:
    """The messages of a stream; comments are left out."""
    message: Message = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line == "":
            if message:
                yield message
            message = {}
        elif name:
            message[name] = json.loads(value) if name == "data" else value


async def heard(messages: AsyncIterator[Message], until: str, seconds: float = 20) -> list[Message]:
    """The events up to one of a type, without what only carries a cursor."""
    found: list[Message] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            async for message in messages:
                if "event" in message:
                    found.append(message)
                if message.get("event") == until:
                    return found
    raise AssertionError(f"no {until} came; the last were {found[-3:]}")


async def ended(messages: AsyncIterator[Message]) -> str:
    """Why a stream ends, and that nothing comes after that."""
    told = await heard(messages, "end")
    assert [message async for message in messages] == []
    return told[-1]["data"]["code"]


def cursors(told: list[Message]) -> list[str]:
    """The cursors of the events among these messages."""
    found = [message["data"].get("cursor") for message in told if "data" in message]
    return [cursor for cursor in found if cursor is not None]


async def looked(world: World) -> None:
    """Wait until an API has looked for new events after this moment."""
    since = await world.owner.value("select clock_timestamp()")
    async with asyncio.timeout(20):
        while not await world.owner.value(_LOOKED, since):
            await asyncio.sleep(0.02)


_LOOKED = """select exists (select from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
   and query like '%private.read_feed%' and state = 'idle' and query_start > $1)"""
