"""An API in a process of its own: the client within the process waits for the end of an answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.api import settings_for
from tests.support.servers import api_process
from tests.support.world import World


@pytest.fixture
def url(world: World, tmp_path: Path) -> Iterator[str]:
    with api_process(settings_for(world.database), tmp_path) as (address, _):
        yield address


@pytest.fixture
async def web(url: str) -> AsyncGenerator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False, limits=limits) as opened:
        yield opened
