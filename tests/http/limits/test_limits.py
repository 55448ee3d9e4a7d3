"""Limits over HTTP: set, refused, changed by version, and the answer to why a task waits."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.world import World


@pytest.fixture
def said(world: World) -> dict[str, Any]:
    return {"project_id": str(world.project), "name": "one deploy", "scope": "kind", "kind": "deploy"}


async def create(supervisor: httpx.AsyncClient, world: World, **fields: Any) -> Any:
    """A new task."""
    item = {"project_id": str(world.project), "kind": "deploy", "title": "Ship", **fields}
    answer = await supervisor.post("/api/tasks", json=item)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_limit_is_set_and_changed_over_the_version_that_was_read(
    supervisor: httpx.AsyncClient, said: dict[str, Any]
) -> None:
    made = await supervisor.post("/api/limits", json={**said, "rate": {"count": 5, "seconds": 60}})
    assert made.status_code == 201
    limit = made.json()
    assert (limit["rate"], limit["max_running"], made.headers["etag"]) == (
        {"count": 5, "seconds": 60},
        None,
        '"1"',
    )
    url = f"/api/limits/{limit['id']}"
    changes = {"max_running": 2, "rate": None}
    changed = await supervisor.put(url, json=changes, headers={"If-Match": '"1"'})
    assert (changed.json()["max_running"], changed.json()["rate"]) == (2, None)
    stale = await supervisor.put(url, json={"max_running": 3}, headers={"If-Match": '"1"'})
    problem(stale, 412, "version_changed")
    listed = await supervisor.get("/api/limits", params={"project_id": said["project_id"]})
    assert listed.json()["items"] == [changed.json()]
    assert (await supervisor.delete(url)).status_code == 204
    problem(await supervisor.get(url), 404, "limit_not_found")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "invalid_limit"),
        ({"max_running": 1, "scope": "project"}, "invalid_scope"),
        ({"max_running": 1, "kind": None}, "invalid_scope"),
        ({"max_running": 10_001}, "invalid_request"),
        ({"rate": {"count": 5}}, "invalid_request"),
        ({"rate": {"count": 5, "seconds": 0}}, "invalid_request"),
        ({"max_running": 1, "name": None}, "invalid_request"),
    ],
)
async def test_a_limit_that_means_nothing_is_refused(
    supervisor: httpx.AsyncClient, said: dict[str, Any], wrong: dict[str, Any], code: str
) -> None:
    problem(await supervisor.post("/api/limits", json={**said, **wrong}), 422, code)


async def test_a_task_says_what_it_waits_for(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World, said: dict[str, Any]
) -> None:
    limit = {**said, "rate": {"count": 1, "seconds": 3600}, "max_running": 5}
    made = (await supervisor.post("/api/limits", json=limit)).json()
    first = await create(supervisor, world)
    second = await create(supervisor, world, run_at="2199-01-01T00:00:00Z", depends_on=[first["id"]])
    assert (await supervisor.get(f"/api/tasks/{first['id']}/waits")).json() == {"items": []}
    claimed = await agent.post("/api/tasks/claim", json={"kinds": ["deploy"], "limit": 10})
    assert [task["id"] for task in claimed.json()["tasks"]] == [first["id"]]
    assert (await supervisor.get(f"/api/tasks/{first['id']}/waits")).json() == {"items": []}
    waits = (await supervisor.get(f"/api/tasks/{second['id']}/waits")).json()["items"]
    assert [(wait["what"], wait["count"]) for wait in waits] == [
        ("dependencies", 1),
        ("time", None),
        ("limit", None),
    ]
    assert (waits[2]["limit_id"], waits[2]["name"]) == (made["id"], "one deploy")
    assert waits[2]["until"] is not None


async def test_an_agent_that_waits_for_room_gets_it_when_there_is_some(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World, said: dict[str, Any]
) -> None:
    await supervisor.post("/api/limits", json={**said, "max_running": 1})
    for _ in range(2):
        await create(supervisor, world)
    ask = {"kinds": ["deploy"], "limit": 2}
    (held,) = (await agent.post("/api/tasks/claim", json=ask)).json()["tasks"]
    waiting = asyncio.ensure_future(agent.post("/api/tasks/claim", json={**ask, "wait_seconds": 20}))
    lease = {"task_id": held["id"], "lease_token": held["lease_token"]}
    await agent.post("/api/tasks/complete", json={"items": [lease]})
    (got,) = (await waiting).json()["tasks"]
    assert got["id"] != held["id"]
