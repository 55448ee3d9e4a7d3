"""The app on the test's own database, and clients of it that are somebody."""

from __future__ import annotations

import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from tests.support.api import BROKER, client, give_key, give_password, running, settings_for, sign_in
from tests.support.scene import Scene, build_scene
from tests.support.world import Actor, Database, World


@pytest.fixture
async def app(database: Database) -> AsyncGenerator[Litestar]:
    async with running(settings_for(database, **BROKER)) as started:
        yield started


@pytest.fixture
async def nobody(app: Litestar) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody without a credential."""
    async with client(app) as opened:
        yield opened


SignedIn = Callable[[Actor], Awaitable[httpx.AsyncClient]]


@pytest.fixture
def signed_in(app: Litestar, nobody: httpx.AsyncClient, world: World) -> SignedIn:
    """A new client of a person, through the front door."""

    async def enter(person: Actor) -> httpx.AsyncClient:
        token = await sign_in(nobody, await give_password(person, world.owner))
        return client(app, Authorization=f"Bearer {token}")

    return enter


@pytest.fixture
async def admin(signed_in: SignedIn, as_admin: Actor) -> httpx.AsyncClient:
    return await signed_in(as_admin)


@pytest.fixture
async def supervisor(signed_in: SignedIn, as_supervisor: Actor) -> httpx.AsyncClient:
    return await signed_in(as_supervisor)


@pytest.fixture
async def viewer(signed_in: SignedIn, as_viewer: Actor) -> httpx.AsyncClient:
    return await signed_in(as_viewer)


@pytest.fixture
async def stranger(signed_in: SignedIn, as_stranger: Actor) -> httpx.AsyncClient:
    """A supervisor of another project."""
    return await signed_in(as_stranger)


@pytest.fixture
async def agent(app: Litestar, as_agent: Actor, world: World) -> httpx.AsyncClient:
    return client(app, Authorization=f"Bearer {await give_key(as_agent, world.owner)}")


@pytest.fixture
async def other_agent(app: Litestar, as_other_agent: Actor, world: World) -> httpx.AsyncClient:
    return client(app, Authorization=f"Bearer {await give_key(as_other_agent, world.owner)}")


@pytest.fixture
async def stranger_agent(app: Litestar, as_stranger_agent: Actor, world: World) -> httpx.AsyncClient:
    return client(app, Authorization=f"Bearer {await give_key(as_stranger_agent, world.owner)}")


@pytest.fixture
async def scene(world: World) -> Scene:
    """One of everything in the first project."""
    return await build_scene(world)


@pytest.fixture(autouse=True)
def logged() -> Generator[list[Any]]:
    """What the app logs. An error that it did not expect fails the test, whatever was answered."""
    with capture_logs([merge_contextvars]) as lines:
        yield lines
    bugs = [line["exc_info"] for line in lines if line["event"] == "unhandled error"]
    assert not bugs, "".join(traceback.format_exception(bugs[0]))
