from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from control_plane.cli.farewell import Farewell, Receive, Send

Message = MutableMapping[str, Any]


async def answer_when_gone(scope: Message, receive: Receive, send: Send) -> None:
    """An application that reads the body and then waits until its caller has gone."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            await send({"type": "told", "body": body})
            return
        body += message["body"]


async def test_a_waiting_request_is_told_only_at_a_stop_and_never_inside_its_body() -> None:
    parts: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    app = Farewell(answer_when_gone)
    request = asyncio.create_task(app({"type": "http"}, parts.get, told.put))
    app.begin()
    parts.put_nowait({"type": "http.request", "body": b"a", "more_body": True})
    await asyncio.sleep(0.05)
    assert told.empty()
    parts.put_nowait({"type": "http.request", "body": b"b", "more_body": False})
    async with asyncio.timeout(5):
        await request
    assert told.get_nowait()["body"] == b"ab"


async def test_a_caller_that_goes_is_told_as_before() -> None:
    parts: asyncio.Queue[Message] = asyncio.Queue()
    told: asyncio.Queue[Message] = asyncio.Queue()
    parts.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    request = asyncio.create_task(Farewell(answer_when_gone)({"type": "http"}, parts.get, told.put))
    await asyncio.sleep(0.05)
    assert told.empty()
    parts.put_nowait({"type": "http.disconnect"})
    async with asyncio.timeout(5):
        await request
    assert told.get_nowait()["body"] == b""
