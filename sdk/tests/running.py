"""Helpers: an agent at work, and waiting for a condition."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fake_devos import AGENT_KEY, FakeDevos

from devos_sdk import Agent


@asynccontextmanager
async def at_work(agent: Agent, devos: FakeDevos) -> AsyncIterator[None]:
    serving = asyncio.create_task(agent.serve(url=devos.url, api_key=AGENT_KEY))
    try:
        yield
    finally:
        agent.stop()
        agent.stop()  # at once
        await serving


async def until(condition: Callable[[], object], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"this did not come true within {seconds} s"
        await asyncio.sleep(0.01)
