"""What is revoked at one API process is refused at the next request, at this one and at every other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.api import give_key, give_password, problem, settings_for, sign_in
from tests.support.servers import api_process
from tests.support.world import Actor, Database, World


@dataclass
class House:
    """Two API processes on one database, and clients whose connections stay open."""

    urls: tuple[str, str]
    stack: AsyncExitStack

    async def clients(self, text: str = "") -> list[httpx.AsyncClient]:
        """A client of each process with this credential."""
        headers = {"Authorization": f"Bearer {text}"} if text else {}
        made = [httpx.AsyncClient(base_url=url, headers=headers, timeout=60) for url in self.urls]
        return [await self.stack.enter_async_context(client) for client in made]

    async def session(self, person: Actor, world: World, at: int) -> str:
        """An access token that a person got at one of the processes."""
        return await sign_in((await self.clients())[at], await give_password(person, world.owner))


@pytest.fixture
def urls(database: Database, tmp_path: Path) -> Iterator[tuple[str, str]]:
    settings = settings_for(database)
    with api_process(settings, tmp_path) as (first, _), api_process(settings, tmp_path) as (second, _):
        yield first, second


@pytest.fixture
async def house(urls: tuple[str, str]) -> AsyncGenerator[House]:
    async with AsyncExitStack() as stack:
        yield House(urls, stack)


async def made(request: Awaitable[httpx.Response]) -> Any:
    answer = await request
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_revocation_holds_on_the_next_request_everywhere(house: House, world: World) -> None:
    here, _ = await house.clients(await house.session(world.admin, world, 0))
    session = await house.session(world.supervisor, world, 1)
    api = await made(here.post("/api/tokens", json={"name": "a", "scopes": ["projects:read"]}))
    tokens = f"/api/projects/{world.project}/tokens"
    ci = await made(here.post(tokens, json={"name": "ci"}))
    key = await give_key(world.agent, world.owner)
    leaver = (await house.clients(session))[0]
    revoke_key = "update private.agent_keys set revoked_at = now() where id = $1"

    for text, end in (
        (session, lambda: leaver.post("/auth/v1/logout")),
        (api["token"], lambda: here.delete(f"/api/tokens/{api['id']}")),
        (ci["token"], lambda: here.delete(f"{tokens}/{ci['project_token']['id']}")),
        (key, lambda: world.owner.fetch(revoke_key, key.split("_")[1])),
    ):
        clients = await house.clients(text)
        assert [(await client.get("/api/whoami")).status_code for client in clients] == [200, 200]
        ended = await end()
        assert isinstance(ended, list) or ended.status_code == 204
        for client in clients:
            problem(await client.get("/api/whoami"), 401, "not_signed_in")
            # The one route whose SQL checks the key by itself.
            problem(await client.post("/api/agents/exchange", json={"kinds": ["x"]}), 401, "not_signed_in")


async def test_an_expiry_and_a_ban_hold_everywhere_too(house: House, world: World) -> None:
    session = await house.session(world.viewer, world, 0)
    people = await house.clients(session)
    token = await made(people[1].post("/api/tokens", json={"name": "a", "scopes": ["projects:read"]}))
    clients = await house.clients(token["token"]) + people
    for change, codes in (
        ("update auth.users set banned_until = now() + interval '1 hour' where id = $1", [401] * 4),
        ("update auth.users set banned_until = null where id = $1", [200] * 4),
        ("update public.api_tokens set expires_at = now() where user_id = $1", [401, 401, 200, 200]),
    ):
        await world.owner.fetch(change, world.viewer.id)
        assert [(await client.get("/api/whoami")).status_code for client in clients] == codes, change
