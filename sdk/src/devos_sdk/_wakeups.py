"""When an agent with free hands asks for work: at once, held by the server, until there is some."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

# Less than the minute after which an agent counts as offline, and proxies give up by default.
LONG_POLL_SECONDS = 50


class Wakeups:
    """The loop asks how long the server may hold its next call, and says what came of it."""

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """What has to go on beside the loop."""
        yield

    async def patience(self) -> int:
        """Return when it is time to ask: for how many seconds the server may hold the call."""
        return LONG_POLL_SECONDS

    def found(self, tasks: int) -> None:
        """So many tasks came back."""

    def free(self, room: int) -> None:
        """The agent could take so many."""
