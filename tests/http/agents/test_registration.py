"""Registering by a token: what it opens, what it never opens, and how it ends."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.http.test_routes import PUBLIC, routes_of
from tests.support.api import client, problem
from tests.support.world import World


async def new_token(person: httpx.AsyncClient, world: World, **fields: Any) -> dict[str, Any]:
    body = {"name": "fleet", "project_ids": [str(world.project)], "capabilities": ["ci", "rust"], **fields}
    answer = await person.post("/api/registration-tokens", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def register(app: Litestar, token: str, **fields: Any) -> httpx.Response:
    async with client(app, Authorization=f"Bearer {token}") as holder:
        return await holder.post("/api/agents/register", json={"name": "self-made", **fields})


@pytest.fixture
async def token(supervisor: httpx.AsyncClient, world: World) -> str:
    return (await new_token(supervisor, world, max_uses=3))["token"]


async def test_an_agent_that_registered_itself_works_with_its_key(
    app: Litestar, supervisor: httpx.AsyncClient, token: str, world: World
) -> None:
    task = await world.task(required_capabilities=["rust"])
    answer = await register(app, token, capabilities=["rust", "root"], labels={"region": "eu"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["agent"]["capabilities"], made["agent"]["labels"]) == (["rust"], {"region": "eu"})
    assert made["agent"]["project_ids"] == [str(world.project)]
    async with client(app, Authorization=f"Bearer {made['api_key']}") as agent:
        claimed = await agent.post("/api/agents/exchange", json={"kinds": ["code_review"], "wanted": 1})
    assert [found["id"] for found in claimed.json()["tasks"]] == [task["id"]]
    (listed,) = (await supervisor.get("/api/registration-tokens")).json()["items"]
    assert (listed["uses"], listed["max_uses"]) == (1, 3)


async def test_a_token_shows_its_text_once(supervisor: httpx.AsyncClient, world: World) -> None:
    made = await new_token(supervisor, world)
    assert made["token"].startswith("devos_reg_")
    listed = (await supervisor.get("/api/registration-tokens")).text
    assert made["registration_token"]["id"] in listed
    assert made["token"].split("_")[2] not in listed


async def test_many_at_once_use_a_token_as_often_as_it_says(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    token = (await new_token(supervisor, world, max_uses=5))["token"]
    answers = await asyncio.gather(*(register(app, token) for _ in range(20)))
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 15}
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "registration_token_used_up")
    assert await world.owner.value("select count(*) from public.agents where name = 'self-made'") == 5


async def test_a_token_says_itself_which_projects(
    app: Litestar, supervisor: httpx.AsyncClient, token: str, world: World
) -> None:
    for project in (world.project, world.stranger_project):
        answer = await register(app, token, project_ids=[str(project)])
        problem(answer, 422, "project_ids_not_allowed")
    for fields in ({"registration_token_id": None}, {"is_active": True}, {"version": 7}, {"id": "x"}):
        problem(await register(app, token, **fields), 422, "invalid_request")
    (listed,) = (await supervisor.get("/api/registration-tokens")).json()["items"]
    assert listed["uses"] == 0


async def test_a_person_names_at_least_one_project(supervisor: httpx.AsyncClient) -> None:
    answer = await supervisor.post("/api/agents/register", json={"name": "nowhere"})
    problem(answer, 422, "project_required")


async def test_a_revoked_token_ends_with_the_next_request(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    made = await new_token(supervisor, world, max_uses=9)
    agent_key = (await register(app, made["token"])).json()["api_key"]
    url = f"/api/registration-tokens/{made['registration_token']['id']}"
    assert (await supervisor.delete(url)).status_code == 204
    problem(await register(app, made["token"]), 401, "not_signed_in")
    async with client(app, Authorization=f"Bearer {agent_key}") as agent:
        assert (await agent.put("/api/agents/heartbeat")).status_code == 204


async def test_a_token_that_is_not_right_is_refused(app: Litestar, token: str) -> None:
    _, kind, key_id, secret = token.split("_", 3)
    last = "A" if secret[-1] != "A" else "B"
    wrong = [
        f"devos_{kind}_{key_id}_{secret[:-1]}{last}",
        f"devos_{kind}_{'0' * 12}_{secret}",
        f"devos_{kind}_{key_id}_",
        f"{token}A",
        f"devos_{key_id}_{secret}",
        f"devos_api_{key_id}_{secret}",
        f"devos_prj_{key_id}_{secret}",
        f"devos_inv_{key_id}_{secret}",
    ]
    for text in wrong:
        problem(await register(app, text), 401, "not_signed_in")


async def test_other_credentials_do_not_pass_for_a_registration_token(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient
) -> None:
    answer = await agent.post("/api/agents/register", json={"name": "offspring"})
    assert answer.status_code in {401, 403}, answer.text
    problem(await viewer.post("/api/agents/register", json={"name": "mine"}), 403, "role_required")


async def test_a_registration_token_opens_no_other_route(app: Litestar, token: str, world: World) -> None:
    asked = 0
    for method, path in routes_of(app):
        if (method, path) in PUBLIC or path == "/api/agents/register":
            continue
        url = re.sub(r"\{\w+:uuid\}", str(world.agent.id), path)
        url = re.sub(r"\{\w+:str\}", "0" * 12, url)
        for headers in (
            {"Authorization": f"Bearer {token}"},
            {"X-API-Key": token},
            {"X-Project-Token": token},
        ):
            async with client(app, **headers) as holder:
                answer = await holder.request(method, url, json={})
            # Where anyone may come in by a password or a signature, the token changes nothing.
            assert answer.status_code in {401, 403}, f"{method} {url}: {answer.text}"
            asked += 1
    assert asked > 100


async def test_a_repeated_registration_shows_no_second_key(app: Litestar, token: str, world: World) -> None:
    async with client(app, **{"Authorization": f"Bearer {token}", "Idempotency-Key": "boot-1"}) as holder:
        first = await holder.post("/api/agents/register", json={"name": "self-made"})
        again = await holder.post("/api/agents/register", json={"name": "self-made"})
    assert first.status_code == 201, first.text
    told = problem(again, 409, "secret_already_shown")
    assert told["id"] == first.json()["agent"]["id"]
    assert await world.owner.value("select uses from public.registration_tokens") == 1


async def test_an_idempotency_key_belongs_to_its_token(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    for _ in range(2):
        made = await new_token(supervisor, world)
        headers = {"Authorization": f"Bearer {made['token']}", "Idempotency-Key": "boot-1"}
        async with client(app, **headers) as holder:
            answer = await holder.post("/api/agents/register", json={"name": "self-made"})
        assert answer.status_code == 201, answer.text


async def test_tokens_are_for_supervisors(
    viewer: httpx.AsyncClient, stranger: httpx.AsyncClient, world: World
) -> None:
    body = {"name": "mine", "project_ids": [str(world.project)]}
    problem(await viewer.post("/api/registration-tokens", json=body), 403, "role_required")
    problem(await viewer.get("/api/registration-tokens"), 403, "role_required")
    problem(await stranger.post("/api/registration-tokens", json=body), 404, "project_not_found")
