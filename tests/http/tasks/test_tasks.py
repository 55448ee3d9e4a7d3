"""Tasks as people put them in and follow them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from control_plane.domains.tasks.models import Task
from tests.support.api import problem
from tests.support.world import REVIEW, Actor, World


@pytest.fixture
def new(world: World) -> dict[str, Any]:
    """What a task needs at the least."""
    return {"project_id": str(world.project), "kind": "code_review", "title": "Review", "input": REVIEW}


async def test_a_task_is_made_of_what_is_sent_and_defaults(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    made = (await supervisor.post("/api/tasks", json=new)).json()
    assert new.items() <= made.items()
    assert (
        made
        | {
            "state": "pending",
            "priority": "MEDIUM",
            "description": "",
            "required_capabilities": [],
            "output": None,
            "checkpoint": None,
            "progress": 0,
            "attempt": 0,
            "retry_count": 0,
            "max_retries": 3,
            "agent_id": None,
            "finished_at": None,
        }
        == made
    )
    # One is written by Postgres and one by Python: the same times, spelt +00:00 and Z.
    read = (await supervisor.get(f"/api/tasks/{made['id']}")).json()
    assert Task.model_validate(read) == Task.model_validate(made)


async def test_many_tasks_are_made_at_once_in_order(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    titles = [f"Task {number}" for number in range(20)]
    made = (await supervisor.post("/api/tasks", json=[{**new, "title": title} for title in titles])).json()
    assert [task["title"] for task in made] == titles


async def test_of_many_tasks_all_are_made_or_none(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    foreign = {**new, "project_id": str(world.stranger_project)}
    problem(await supervisor.post("/api/tasks", json=[new, foreign]), 404, "project_not_found")
    problem(await supervisor.post("/api/tasks", json=[new, {**new, "kind": "X"}]), 422, "invalid_request")
    assert (await supervisor.get("/api/tasks")).json()["items"] == []


async def test_a_list_of_tasks_has_1_to_1000(supervisor: httpx.AsyncClient, new: dict[str, Any]) -> None:
    problem(await supervisor.post("/api/tasks", json=[]), 422, "invalid_request")
    problem(await supervisor.post("/api/tasks", json=[new] * 1001), 422, "invalid_request")
    assert len((await supervisor.post("/api/tasks", json=[new] * 1000)).json()) == 1000


async def test_a_task_that_is_not_valid_is_refused_with_a_reason(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    faults: list[tuple[str, object]] = [
        ("title", ""),
        ("title", "x" * 501),
        ("description", "x" * 65537),
        ("kind", "Review"),
        ("kind", "review\n"),
        ("kind", "r" * 65),
        ("priority", "URGENT"),
        ("priority", "high"),
        ("priority", 7),
        ("max_retries", -1),
        ("max_retries", 101),
        ("required_capabilities", ["x"] * 101),
        ("required_capabilities", [""]),
        ("input", []),
        ("run_at", "tomorrow"),
        ("run_at", "2026-01-01T00:00:00"),
    ]
    for field, value in faults:
        answer = await supervisor.post("/api/tasks", json={**new, field: value})
        told = problem(answer, 422, "invalid_request")
        assert field in str(told["errors"]), (value, told)


async def test_what_an_author_writes_into_a_task_comes_back_as_it_was(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    value = {
        "fraction": 0.1,
        "whole": 3,
        "big": 2**53,
        "text": "0.1",
        "nothing": None,
        "deep": [{"yes": True, "small": -1.5e-7}, [], "é \U0001f600 \u2028"],
        "": {"a.b": "{{not.a.template}}"},
    }
    made = (await supervisor.post("/api/tasks", json={**new, "kind": "free", "input": value})).json()
    assert made["input"] == value
    claimed = (await agent.post("/api/agents/exchange", json={"kinds": ["free"], "wanted": 1})).json()
    (task,) = claimed["tasks"]
    assert task["input"] == value
    lease = {"task_id": task["id"], "lease_token": task["lease_token"]}
    saved = {"lease_token": task["lease_token"], "checkpoint": value}
    await agent.post(f"/api/tasks/{task['id']}/checkpoint", json=saved)
    await agent.post("/api/tasks/complete", json={"items": [{**lease, "output": value}]})
    read = (await supervisor.get(f"/api/tasks/{task['id']}")).json()
    assert (read["checkpoint"], read["output"]) == (value, value)


async def test_tasks_are_listed_by_project_state_and_kind(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    done = await world.claimed(kind="lint")
    await world.agent.call(
        "complete_tasks", items=[{"task_id": done["id"], "lease_token": done["lease_token"]}]
    )
    waiting = await world.task(kind="test")

    async def ids(query: str) -> list[str]:
        return [task["id"] for task in (await supervisor.get(f"/api/tasks?{query}")).json()["items"]]

    assert await ids("") == [waiting["id"], done["id"]]
    assert await ids("state=completed") == [done["id"]]
    assert await ids("kind=test") == [waiting["id"]]
    assert await ids(f"project_id={world.project}&state=pending&kind=test") == [waiting["id"]]
    assert await ids("kind=lint&state=pending") == []
    assert await ids(f"project_id={uuid4()}") == []


async def test_a_waiting_task_is_cancelled_at_once_and_a_running_one_asked(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    waiting, running = await world.task(kind="test"), await world.claimed()
    cancelled = (await supervisor.post(f"/api/tasks/{waiting['id']}/cancel")).json()
    assert cancelled["state"] == "cancelled"
    asked = (await supervisor.post(f"/api/tasks/{running['id']}/cancel")).json()
    assert (asked["state"], asked["cancel_requested_at"] is not None) == ("running", True)
    lease = {"task_id": running["id"], "lease_token": running["lease_token"]}
    (renewed,) = (await agent.post("/api/tasks/renew", json={"leases": [lease]})).json()["results"]
    assert (renewed["outcome"], renewed["cancel_requested"]) == ("extended", True)
    noted = await agent.post(
        f"/api/tasks/{running['id']}/progress", json={"lease_token": running["lease_token"], "progress": 0.1}
    )
    assert noted.json() == {"cancel_requested": True}
    (result,) = (await agent.post("/api/tasks/release", json={"items": [lease]})).json()["results"]
    assert (result["outcome"], result["state"]) == ("cancelled", "cancelled")


async def test_a_task_that_has_ended_cannot_be_cancelled(
    supervisor: httpx.AsyncClient, as_agent: Actor, world: World
) -> None:
    task = await world.claimed()
    await as_agent.call("complete_tasks", items=[{"task_id": task["id"], "lease_token": task["lease_token"]}])
    problem(await supervisor.post(f"/api/tasks/{task['id']}/cancel"), 409, "illegal_transition")


async def test_a_viewer_reads_and_does_not_write(
    viewer: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    task = await world.task()
    assert (await viewer.get(f"/api/tasks/{task['id']}")).status_code == 200
    problem(await viewer.post("/api/tasks", json=new), 403, "role_required")
    problem(await viewer.post(f"/api/tasks/{task['id']}/cancel"), 403, "role_required")


async def test_every_attempt_is_told(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, as_agent: Actor, world: World
) -> None:
    task = await world.claimed(max_retries=5)
    lease = {"task_id": task["id"], "lease_token": task["lease_token"]}
    error = {"code": "flaky", "message": "It broke"}
    failure = {**lease, "error": error, "retry_after_seconds": 0}
    (failed,) = (await agent.post("/api/tasks/fail", json={"items": [failure]})).json()["results"]
    assert (failed["outcome"], failed["state"]) == ("retried", "pending")
    (again,) = (await agent.post("/api/tasks/claim", json={"kinds": ["code_review"]})).json()["tasks"]
    assert again["attempt"] == 2
    lines = [{"level": "warning", "message": "second try"}, {"message": ""}]
    logged = await agent.post(
        f"/api/tasks/{task['id']}/logs", json={"lease_token": again["lease_token"], "lines": lines}
    )
    assert logged.json() == {"stored": 2, "dropped": 0, "cancel_requested": False}
    attempts = (await supervisor.get(f"/api/tasks/{task['id']}/attempts")).json()["items"]
    assert [(attempt["attempt"], attempt["outcome"], attempt["error"]) for attempt in attempts] == [
        (1, "retried", error)
    ]
    read = (await supervisor.get(f"/api/tasks/{task['id']}")).json()
    assert (read["last_error"], read["retry_count"], read["agent_id"]) == (error, 1, str(as_agent.id))
    written = (await supervisor.get(f"/api/tasks/{task['id']}/logs")).json()["items"]
    assert [(line["attempt"], line["level"], line["message"]) for line in written] == [
        (2, "warning", "second try"),
        (2, "info", ""),
    ]


async def test_tasks_are_found_by_when_they_were_made(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    made = (await supervisor.post("/api/tasks", json=new)).json()

    async def found(query: str) -> list[str]:
        answer = await supervisor.get(f"/api/tasks?{query}")
        assert answer.status_code == 200, answer.text
        return [task["id"] for task in answer.json()["items"]]

    assert await found("created_after=2026-01-01T00:00:00Z") == [made["id"]]
    assert await found("created_after=2026-01-01T00:00:00") == [made["id"]]
    assert await found("created_before=2026-01-01T00:00:00%2B02:00") == []
    problem(await supervisor.get("/api/tasks?created_after=yesterday"), 422, "invalid_request")


async def test_dead_letters_are_found_by_when_they_died(supervisor: httpx.AsyncClient) -> None:
    answer = await supervisor.get("/api/dead-letters?since=2026-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["items"]) == (200, [])
