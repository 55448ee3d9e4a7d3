"""A worker on the test's own database, beside a GitHub that does what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from control_plane.platform.settings import Settings
from control_plane.worker import create_worker
from tests.support.api import settings_for
from tests.support.github import GitHub, github_server
from tests.support.world import Database, World


@pytest.fixture
def github() -> Generator[GitHub]:
    with github_server() as server:
        yield server


@pytest.fixture
def settings(database: Database, github: GitHub) -> Settings:
    return settings_for(database, github_api_url=github.url, github_token="t" * 40)


@pytest.fixture
async def worker(settings: Settings, world: World) -> AsyncGenerator[None]:
    """A worker that runs as long as the test."""
    async with at_work(settings):
        yield


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncGenerator[asyncio.Task[None]]:
    """A worker in this process, stopped at the end."""
    worker = create_worker(settings)
    running = asyncio.create_task(worker.run())
    try:
        yield running
    finally:
        worker.stop()
        await running


async def eventually(look: Callable[[], Awaitable[Any]], seconds: float = 10) -> Any:
    """The first true answer of `look`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (answer := await look()):
        assert asyncio.get_running_loop().time() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.02)
    return answer
