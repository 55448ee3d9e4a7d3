"""Following: server-sent events, gone on with by themselves when the connection breaks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from devos_sdk._errors import Conflict, DevosError
from devos_sdk._models import Event
from devos_sdk._transport import Transport, back_off, parse


@dataclass(frozen=True)
class Message:
    """One server-sent event; without an `event` it only says how far the stream has come."""

    event: str = ""
    id: str = ""
    data: str = ""


async def messages(chunks: AsyncIterator[bytes]) -> AsyncGenerator[Message]:
    """The messages of a stream. Lines end where the server ends them: JSON may hold other separators."""
    waiting, fields = b"", dict[str, str]()
    async for chunk in chunks:
        *lines, waiting = (waiting + chunk).split(b"\n")
        for line in lines:
            name, _, value = line.decode(errors="replace").partition(": ")
            if not line and fields:
                yield Message(**fields)
                fields = {}
            elif name in ("event", "id", "data"):
                fields[name] = value


async def follow_events(
    http: Transport, params: Mapping[str, Any], after: str | None
) -> AsyncGenerator[Event]:
    """Events as they happen; each break is followed by another try from where it was, ever later."""
    give_up_at: float | None = time.monotonic() + http.patience
    failures = 0
    while True:
        heard = False
        try:
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
            async with http.stream("/api/stream", params=params, headers=headers) as chunks:
                async for message in messages(chunks):
                    # The first one is a greeting: whoever only greets is tried again ever later, too.
                    failures = 0 if heard else failures
                    heard, give_up_at = True, None
                    if message.event == "reset":
                        raise _not_kept(after)
                    if message.event == "end":
                        break
                    after = message.id or after
                    if message.event:
                        yield parse(Event, json.loads(message.data))
        except DevosError as exc:
            if not exc.retryable or (give_up_at is not None and time.monotonic() > give_up_at):
                raise
        await asyncio.sleep(back_off(failures))
        failures += 1


def _not_kept(after: str | None) -> DevosError:
    return Conflict(
        f"Events after {after} are not kept any more.",
        code="cursor_not_kept",
        hint="Follow after 0 for all that is kept, or from now on.",
    )


class Watch:
    """Tells when something has happened to a task: at once by its events, every second without them."""

    def __init__(self, http: Transport, task_id: str) -> None:
        self._happened = asyncio.Event()
        self._watching = asyncio.create_task(self._watch(http, task_id))

    async def next(self) -> None:
        """Wait until something may have happened."""
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._happened.wait()
        self._happened.clear()

    def end(self) -> None:
        self._watching.cancel()

    async def _watch(self, http: Transport, task_id: str) -> None:
        # Whoever may not read events is served by looking every second.
        with suppress(DevosError):
            async for _ in follow_events(http, {"task_id": task_id}, None):
                self._happened.set()
