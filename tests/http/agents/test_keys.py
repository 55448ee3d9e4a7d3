"""Keys of agents over HTTP: rotated with an overlap, revoked and switched off with the next request."""

from __future__ import annotations

from typing import Any

import httpx
from litestar import Litestar

from tests.support.api import client, problem
from tests.support.world import Actor, World


async def lives(app: Litestar, key: str) -> bool:
    """Whether a key opens both doors of an agent, or neither."""
    async with client(app, Authorization=f"Bearer {key}") as agent:
        answers = [
            await agent.put("/api/agents/heartbeat"),
            await agent.post("/api/agents/exchange", json={}),
        ]
    codes = [answer.status_code for answer in answers]
    assert codes in ([204, 200], [401, 401]), codes
    return codes == [204, 200]


async def rotate(caller: httpx.AsyncClient, agent: Actor, **fields: Any) -> str:
    answer = await caller.post(f"/api/agents/{agent.id}/rotate-key", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()["api_key"]


async def test_a_new_key_works_beside_the_old_one_and_then_alone(
    app: Litestar, supervisor: httpx.AsyncClient, as_agent: Actor, world: World
) -> None:
    old = world.agent_key
    new = await rotate(supervisor, as_agent)
    assert (await lives(app, old), await lives(app, new)) == (True, True)
    await world.owner.fetch("update private.agent_keys set expires_at = now() where expires_at is not null")
    assert (await lives(app, old), await lives(app, new)) == (False, True)


async def test_an_agent_rotates_its_own_key(
    app: Litestar, agent: httpx.AsyncClient, as_agent: Actor, as_other_agent: Actor
) -> None:
    own = agent.headers["authorization"].removeprefix("Bearer ")
    new = await rotate(agent, as_agent, overlap_seconds=0)
    assert (await lives(app, own), await lives(app, new)) == (False, True)
    async with client(app, Authorization=f"Bearer {new}") as renewed:
        answer = await renewed.post(f"/api/agents/{as_other_agent.id}/rotate-key", json={})
    problem(answer, 404, "agent_not_found")


async def test_a_key_is_listed_and_revoked_by_its_id(
    app: Litestar, supervisor: httpx.AsyncClient, as_agent: Actor, world: World
) -> None:
    new = await rotate(supervisor, as_agent)
    url = f"/api/agents/{as_agent.id}/keys"
    listed = (await supervisor.get(url)).json()["items"]
    assert {key["id"] for key in listed} == {world.agent_key.split("_")[1], new.split("_")[1]}
    assert (await supervisor.delete(f"{url}/{new.split('_')[1]}")).status_code == 204
    assert (await lives(app, world.agent_key), await lives(app, new)) == (True, False)
    problem(await supervisor.delete(f"{url}/{'0' * 12}"), 404, "agent_key_not_found")
    problem(await supervisor.delete(f"{url}/0"), 422, "invalid_request")


async def test_a_deactivated_agent_is_refused_with_the_next_request(
    app: Litestar, supervisor: httpx.AsyncClient, as_agent: Actor, world: World
) -> None:
    held = await world.claimed()
    url = f"/api/agents/{as_agent.id}/activation"
    off = await supervisor.put(url, json={"is_active": False})
    assert (off.json()["state"], off.json()["is_active"]) == ("deactivated", False)
    assert not await lives(app, world.agent_key)
    on = await supervisor.put(url, json={"is_active": True})
    assert on.json()["is_active"]
    assert await lives(app, world.agent_key)
    async with client(app, Authorization=f"Bearer {world.agent_key}") as agent:
        lease = {"task_id": held["id"], "lease_token": held["lease_token"]}
        told = await agent.post("/api/tasks/complete", json={"items": [lease]})
    assert [item["outcome"] for item in told.json()["results"]] == ["lease_lost"]


async def test_two_people_who_edit_do_not_overwrite_each_other(
    supervisor: httpx.AsyncClient, admin: httpx.AsyncClient, as_agent: Actor
) -> None:
    url = f"/api/agents/{as_agent.id}"
    read = await supervisor.get(url)
    assert read.headers["etag"] == '"1"'
    body = {"name": "mine", "capabilities": [], "labels": {}}
    known = {"If-Match": read.headers["etag"]}
    first = await supervisor.put(url, json=body, headers=known)
    assert (first.status_code, first.headers["etag"], first.json()["version"]) == (200, '"2"', 2)
    problem(await admin.put(url, json={**body, "name": "theirs"}, headers=known), 412, "version_changed")
    assert (await admin.put(url, json={**body, "name": "anyhow"})).json()["version"] == 3


async def test_labels_and_filters_say_what_they_want(supervisor: httpx.AsyncClient, as_agent: Actor) -> None:
    url = f"/api/agents/{as_agent.id}"
    body: dict[str, Any] = {"name": "agent", "capabilities": ["code-review"]}
    for labels in ({"Region": "eu"}, {"": "x"}, {"a": 1}, {"a": "x" * 201}, {"a b": "x"}, []):
        problem(await supervisor.put(url, json={**body, "labels": labels}), 422, "invalid_request")
    await supervisor.put(url, json={**body, "labels": {"region": "eu", "url": "http://x:1/"}})

    async def names(**filters: str) -> list[str]:
        answer = await supervisor.get("/api/agents", params=filters)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    assert await names(label="region:eu", capability="code-review", state="offline") == ["agent"]
    assert await names(label="url:http://x:1/") == ["agent"]
    assert await names(label="region:us") == []
    for wrong in ({"label": "region"}, {"label": ":x"}, {"state": "asleep"}, {"label": "x:" + "y" * 300}):
        problem(await supervisor.get("/api/agents", params=wrong), 422, "invalid_request")
    for odd in ({"label": "a:\0"}, {"capability": "\0"}):
        problem(await supervisor.get("/api/agents", params=odd), 422, "invalid_value")
