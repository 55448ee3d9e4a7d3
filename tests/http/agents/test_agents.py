"""Agents and their keys."""

from __future__ import annotations

import asyncio
import hashlib
import re

import httpx
from litestar import Litestar

from tests.support.api import client, problem, running, settings_for
from tests.support.world import REVIEW, Actor, Database, World


async def register(person: httpx.AsyncClient, world: World, name: str = "reviewer") -> str:
    body = {"name": name, "project_ids": [str(world.project)], "capabilities": ["Code-Review"]}
    answer = await person.post("/api/agents/register", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["api_key"]


async def test_a_registered_agent_works_with_its_key(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    task = await world.task()
    key = await register(supervisor, world)
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        async with client(app, **headers) as agent:
            assert (await agent.put("/api/agents/heartbeat")).status_code == 204
    claimed = await client(app, **{"X-API-Key": key}).post(
        "/api/agents/exchange", json={"kinds": ["code_review"], "wanted": 1}
    )
    assert [claim["id"] for claim in claimed.json()["tasks"]] == [task["id"]]


async def test_a_key_is_kept_as_a_hash_only(supervisor: httpx.AsyncClient, world: World) -> None:
    key = await register(supervisor, world)
    assert re.fullmatch(r"devos_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", key)
    rows = await world.owner.fetch("select * from private.agent_keys where id = $1", key.split("_")[1])
    assert [row["key_hash"] for row in rows] == [hashlib.sha256(key.encode()).digest()]
    secret = key[-20:]
    tables = await world.owner.fetch(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables"
        " where table_schema in ('public', 'private', 'auth') and table_type = 'BASE TABLE'"
    )
    for table in tables:
        found = await world.owner.value(
            f"select count(*) from {table['name']} t where strpos(to_jsonb(t)::text, $1) > 0", secret
        )
        assert found == 0, table["name"]


async def test_a_key_that_is_not_right_is_refused(app: Litestar, agent: httpx.AsyncClient) -> None:
    key = agent.headers["authorization"].removeprefix("Bearer ")
    _, key_id, secret = key.split("_", 2)
    last = "A" if secret[-1] != "A" else "B"
    wrong = {
        "another secret": f"devos_{key_id}_{secret[:-1]}{last}",
        "another id": f"devos_{'0' * 12}_{secret}",
        "no secret": f"devos_{key_id}_",
        "a short secret": f"devos_{key_id}_{secret[:-1]}",
        "a long secret": f"{key}A",
        "an id in capitals": f"devos_{key_id.upper()}A_{secret}",
        "another prefix": f"dev0s_{key_id}_{secret}",
        "a hash in place of the secret": f"devos_{key_id}_{hashlib.sha256(key.encode()).hexdigest()[:43]}",
    }
    for name, text in wrong.items():
        for headers in ({"Authorization": f"Bearer {text}"}, {"X-API-Key": text}):
            for method, path in (("PUT", "/api/agents/heartbeat"), ("POST", "/api/agents/exchange")):
                answer = await client(app, **headers).request(method, path, json={})
                assert (answer.status_code, name) == (401, name), answer.text
                problem(answer, 401, "not_signed_in")


async def test_a_revoked_key_and_a_deactivated_agent_are_refused_with_the_next_request(
    agent: httpx.AsyncClient, other_agent: httpx.AsyncClient, world: World
) -> None:
    await world.owner.fetch(
        "update private.agent_keys set revoked_at = now() where agent_id = $1", world.agent.id
    )
    await world.owner.fetch("update public.agents set is_active = false where id = $1", world.other_agent.id)
    for caller in (agent, other_agent):
        problem(await caller.put("/api/agents/heartbeat"), 401, "not_signed_in")
        problem(await caller.post("/api/agents/exchange", json={}), 401, "not_signed_in")


async def test_an_agent_is_registered_by_a_supervisor_of_its_projects(
    viewer: httpx.AsyncClient, stranger: httpx.AsyncClient, world: World
) -> None:
    body = {"name": "mine", "project_ids": [str(world.project)]}
    problem(await viewer.post("/api/agents/register", json=body), 403, "role_required")
    problem(await stranger.post("/api/agents/register", json=body), 404, "project_not_found")


async def test_the_state_of_an_agent_follows_from_what_it_does(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, as_agent: Actor, world: World
) -> None:
    async def state() -> str:
        return (await supervisor.get(f"/api/agents/{as_agent.id}")).json()["state"]

    assert await state() == "offline"
    await agent.post("/api/agents/exchange", json={})
    assert await state() == "idle"
    await world.claimed()
    assert await state() == "busy"


async def test_an_agent_sees_itself_only(
    agent: httpx.AsyncClient, as_agent: Actor, as_other_agent: Actor
) -> None:
    listed = (await agent.get("/api/agents")).json()["items"]
    assert [item["id"] for item in listed] == [str(as_agent.id)]
    assert (await agent.get(f"/api/agents/{as_other_agent.id}")).status_code == 404


async def test_a_project_that_is_named_twice_is_one(supervisor: httpx.AsyncClient, world: World) -> None:
    body = {"name": "twice", "project_ids": [str(world.project)] * 2, "capabilities": ["b", "a", "b"]}
    answer = await supervisor.post("/api/agents/register", json=body)
    assert answer.status_code == 201, answer.text
    agent = answer.json()["agent"]
    assert (agent["project_ids"], agent["capabilities"]) == ([str(world.project)], ["a", "b"])


async def test_a_task_for_a_named_agent_goes_to_it(
    supervisor: httpx.AsyncClient,
    agent: httpx.AsyncClient,
    other_agent: httpx.AsyncClient,
    as_other_agent: Actor,
    world: World,
) -> None:
    body = {"project_id": str(world.project), "kind": "code_review", "title": "Review", "input": REVIEW}
    made = await supervisor.post("/api/tasks", json={**body, "assigned_agent_id": str(as_other_agent.id)})
    assert made.json()["assigned_agent_id"] == str(as_other_agent.id)
    for caller, claimed in ((agent, 0), (other_agent, 1)):
        told = await caller.post("/api/agents/exchange", json={"kinds": ["code_review"], "wanted": 1})
        assert len(told.json()["tasks"]) == claimed
    stranger = {**body, "assigned_agent_id": str(world.stranger_agent.id)}
    problem(await supervisor.post("/api/tasks", json=stranger), 422, "agent_not_suitable")


async def test_heartbeats_are_written_together(
    agent: httpx.AsyncClient, other_agent: httpx.AsyncClient, world: World
) -> None:
    count = "select count(distinct xmin::text), count(*) from public.agent_heartbeats"
    for caller in (agent, other_agent, agent):
        assert (await caller.put("/api/agents/heartbeat")).status_code == 204
    for _ in range(30):
        await asyncio.sleep(0.1)
        (row,) = await world.owner.fetch(count)
        if row[1]:
            break
    assert tuple(row) == (1, 2)


async def test_heartbeats_at_hand_are_written_before_the_app_stops(database: Database, world: World) -> None:
    async with (
        running(settings_for(database)) as app,
        client(app, Authorization=f"Bearer {world.agent_key}") as agent,
    ):
        assert (await agent.put("/api/agents/heartbeat")).status_code == 204
    assert await world.owner.value("select agent_id from public.agent_heartbeats") == world.agent.id


async def test_a_heartbeat_is_an_agents_own(supervisor: httpx.AsyncClient) -> None:
    problem(await supervisor.put("/api/agents/heartbeat"), 403, "agent_required")
