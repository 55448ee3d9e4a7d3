"""An Idempotency-Key: the same request twice has one effect and one answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.operations import OPERATIONS, request_of
from tests.support.scene import Scene
from tests.support.world import REVIEW, World

# Answers that hold what is shown once.
WITH_SECRET = {
    "createInvitation",
    "registerAgent",
    "rotateAgentKey",
    "createRegistrationToken",
    "createApiToken",
    "createProjectToken",
}
KEYED = [operation for operation in OPERATIONS if operation.keyed]

# Answers that hold a secret, and under which name what it belongs to.
SECRET = {
    "createRegistrationToken": "registration_token",
    "registerAgent": "agent",
    "rotateAgentKey": "agent",
}


def keyed(key: str = "k-1") -> dict[str, str]:
    return {"Idempotency-Key": key}


@pytest.fixture
def new(world: World) -> dict[str, Any]:
    """A task to create."""
    return {"project_id": str(world.project), "kind": "code_review", "title": "Review", "input": REVIEW}


async def effects(world: World) -> dict[str, Any]:
    """How many rows there are of everything that a request can make."""
    tables = await world.owner.fetch(
        "select format('%I.%I', table_schema, table_name) as name from information_schema.tables"
        " where table_schema in ('public', 'private') and table_type = 'BASE TABLE'"
    )
    return {
        table["name"]: await world.owner.value(f"select count(*) from {table['name']}") for table in tables
    }


async def test_every_keyed_route_answers_the_same_and_does_nothing_again(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, scene: Scene, world: World
) -> None:
    callers = {"person": supervisor, "agent": agent}
    for operation in KEYED:
        request: dict[str, Any] = request_of(operation, scene) | {"headers": keyed(operation.id)}
        first = await callers[operation.who].request(**request)
        assert first.status_code == operation.status, f"{operation.id}: {first.text}"
        before = await effects(world)
        again = await callers[operation.who].request(**request)
        assert await effects(world) == before, operation.id
        if operation.id in WITH_SECRET:
            told = problem(again, 409, "secret_already_shown")
            made = first.json()
            assert told["id"] == (made.get("id") or next(iter(made.values()))["id"])
        else:
            assert (again.status_code, again.json()) == (first.status_code, first.json()), operation.id


async def test_another_body_under_the_key_is_refused(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    await supervisor.post("/api/tasks", json=new, headers=keyed())
    for other in ({**new, "title": "Other"}, [new], {**new, "input": {**REVIEW, "number": 8}}):
        answer = await supervisor.post("/api/tasks", json=other, headers=keyed())
        problem(answer, 409, "idempotency_key_reused")
    assert len((await supervisor.get("/api/tasks")).json()["items"]) == 1


async def test_twenty_requests_at_once_have_one_effect(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    answers = await asyncio.gather(
        *(supervisor.post("/api/tasks", json=new, headers=keyed()) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await world.owner.value("select count(*) from public.tasks") == 1


async def test_twenty_registrations_at_once_show_one_key(supervisor: httpx.AsyncClient, world: World) -> None:
    body = {"name": "reviewer", "project_ids": [str(world.project)]}
    answers = await asyncio.gather(
        *(supervisor.post("/api/agents/register", json=body, headers=keyed()) for _ in range(20))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert {answer.json().get("code") for answer in answers} == {None, "secret_already_shown"}


async def test_many_keys_at_once_have_one_effect_each(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    async def send(number: int) -> httpx.Response:
        title = {"title": f"Task {number}"}
        return await supervisor.post("/api/tasks", json={**new, **title}, headers=keyed(f"k-{number}"))

    answers = await asyncio.gather(*(send(number % 25) for number in range(250)))
    made = {(answer.json()["title"], answer.json()["id"]) for answer in answers}
    assert len(made) == 25
    assert await world.owner.value("select count(*) from public.tasks") == 25


async def test_a_refused_request_leaves_the_key_free(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    refused: list[tuple[int, dict[str, Any]]] = [
        (422, {**new, "title": ""}),
        (422, {**new, "input": {"a": "\0"}}),
        (404, {**new, "project_id": str(world.stranger_project)}),
    ]
    for status, body in refused:
        answer = await supervisor.post("/api/tasks", json=body, headers=keyed())
        assert answer.status_code == status, answer.text
    assert (await supervisor.post("/api/tasks", json=new, headers=keyed())).status_code == 201


async def test_a_refusal_that_is_an_outcome_is_kept(agent: httpx.AsyncClient, world: World) -> None:
    service = await world.service(limit="0.10")
    task = await world.claimed()
    body = {"task_id": task["id"], "lease_token": task["lease_token"], "amount": "0.20", "key": "k"}
    url = f"/api/services/{service['id']}/charge"
    first = problem(await agent.post(url, json=body, headers=keyed()), 402, "budget_exhausted")
    again = problem(await agent.post(url, json=body, headers=keyed()), 402, "budget_exhausted")
    assert first | {"request_id": ""} == again | {"request_id": ""}
    assert first["suspended_now"] is True


async def test_a_claim_that_finds_nothing_leaves_the_key_free(agent: httpx.AsyncClient, world: World) -> None:
    async def claim() -> list[Any]:
        answer = await agent.post("/api/tasks/claim", json={"kinds": ["code_review"]}, headers=keyed())
        return answer.json()["tasks"]

    assert await claim() == []
    task = await world.task()
    await world.task()
    first, again = await claim(), await claim()
    assert [found["id"] for found in first] == [task["id"]]
    assert again == first


async def test_a_key_belongs_to_its_caller_and_its_route(
    supervisor: httpx.AsyncClient, admin: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    mine = (await supervisor.post("/api/tasks", json=new, headers=keyed())).json()
    theirs = (await admin.post("/api/tasks", json=new, headers=keyed())).json()
    assert mine["id"] != theirs["id"]
    project = await supervisor.post("/api/projects", json={"name": "same key"}, headers=keyed())
    assert project.status_code == 201
    cancelled = await supervisor.post(f"/api/tasks/{mine['id']}/cancel", headers=keyed())
    assert cancelled.json()["id"] == mine["id"]


async def test_an_answer_is_kept_for_a_day(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    for hours, made in ((23, 1), (25, 2)):
        await supervisor.post("/api/tasks", json=new, headers=keyed())
        await world.owner.fetch(
            "update private.idempotency_keys set created_at = now() - $1 * interval '1 hour'", hours
        )
        await world.worker.call("private.prune_idempotency_keys")
        await supervisor.post("/api/tasks", json=new, headers=keyed())
        assert await world.owner.value("select count(*) from public.tasks") == made


async def test_a_key_that_is_none_is_refused(supervisor: httpx.AsyncClient, new: dict[str, Any]) -> None:
    for key in ("", "a b", "x" * 201, "tab\t", "é", "\x7f"):
        headers = [(b"Idempotency-Key", key.encode())]
        answer = await supervisor.post("/api/tasks", json=new, headers=headers)
        problem(answer, 422, "invalid_idempotency_key")
    assert (await supervisor.post("/api/tasks", json=new, headers=keyed("x" * 200))).status_code == 201
