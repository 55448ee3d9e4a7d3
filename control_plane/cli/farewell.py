"""Ending long polls at a stop, so that it takes a moment and not their whole wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]


class Farewell:
    """An ASGI application around another one; at a stop it tells waiting requests that their caller has gone.

    Whoever waits for something watches for that anyway and answers with what there is; the caller, who is
    still there, gets that answer.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._stopping = asyncio.Event()

    def begin(self) -> None:
        """Say so from now on."""
        self._stopping.set()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body_is_read = False

        async def watched() -> Message:
            nonlocal body_is_read
            if body_is_read:
                return await self._receive_or_stop(receive)
            message = await receive()
            body_is_read = not message.get("more_body", False)
            return message

        await self._app(scope, watched, send)

    async def _receive_or_stop(self, receive: Receive) -> Message:
        async def next_message() -> Message:
            return await receive()

        message = asyncio.create_task(next_message())
        stop = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({message, stop}, return_when=asyncio.FIRST_COMPLETED)
            return message.result() if message.done() else {"type": "http.disconnect"}
        finally:
            for task in (message, stop):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
