"""The agent's loop: results in, work out."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from control_plane.domains.tasks.claim_models import ClaimedTask, ExchangeAnswer
from tests.support.api import problem
from tests.support.world import World

KINDS = {"kinds": ["code_review"]}


def lease(task: Any) -> dict[str, Any]:
    return {"task_id": task["id"], "lease_token": task["lease_token"]}


async def test_an_exchange_and_a_claim_bring_a_task_in_the_same_shape(
    agent: httpx.AsyncClient, world: World
) -> None:
    for title in ("first", "second"):
        await world.task(title=title, priority=1, required_capabilities=["code-review"])
    exchanged = (await agent.post("/api/agents/exchange", json={**KINDS, "wanted": 1})).json()
    claimed = (await agent.post("/api/tasks/claim", json=KINDS)).json()
    # The answer of an exchange leaves the database as text: this is where its shape is held.
    assert set(exchanged) == set(ExchangeAnswer.model_fields)
    (first,), (second,) = exchanged["tasks"], claimed["tasks"]
    assert set(first) == set(second) == set(ClaimedTask.model_fields)
    assert (first["title"], second["title"]) == ("first", "second")
    assert first["priority"] == second["priority"] == "CRITICAL"
    assert {name: type(first[name]) for name in first} == {name: type(second[name]) for name in second}
    ExchangeAnswer.model_validate(exchanged)


async def test_results_are_answered_in_the_order_sent(agent: httpx.AsyncClient, world: World) -> None:
    done, failed, given_back = [await world.claimed(kind="lint") for _ in range(3)]
    work = await world.task()
    answer = await agent.post(
        "/api/agents/exchange",
        json={
            **KINDS,
            "wanted": 5,
            "releases": [lease(given_back)],
            "failures": [{**lease(failed), "error": {"code": "x"}, "retryable": False}],
            "completions": [{**lease(done), "output": {"ok": True}}, lease(done)],
        },
    )
    told = answer.json()
    assert [(result["task_id"], result["outcome"], result["state"]) for result in told["results"]] == [
        (done["id"], "completed", "completed"),
        (done["id"], "duplicate", None),
        (failed["id"], "failed", "failed"),
        (given_back["id"], "released", "pending"),
    ]
    assert [task["id"] for task in told["tasks"]] == [work["id"]]


async def test_a_result_whose_answer_was_lost_is_a_duplicate(agent: httpx.AsyncClient, world: World) -> None:
    task = await world.claimed()
    body = {"completions": [{**lease(task), "output": {"n": 1}}]}
    first = (await agent.post("/api/agents/exchange", json=body)).json()
    second = (await agent.post("/api/agents/exchange", json=body)).json()
    assert [answer["results"][0]["outcome"] for answer in (first, second)] == ["completed", "duplicate"]


async def test_a_zombie_can_write_nothing(agent: httpx.AsyncClient, world: World) -> None:
    """An agent whose lease has passed: nothing it still sends has an effect."""
    service = await world.service()
    task = await world.claimed()
    await world.expire(task["id"])
    # Heard just now: else its first exchange would take the task back, as anybody's does from time to time.
    await world.login.call("private.touch_agents", ids=[world.agent.id])
    path, token = f"/api/tasks/{task['id']}", {"lease_token": task["lease_token"]}
    before = await _effects(world)
    for url, body in (
        (f"{path}/progress", {**token, "progress": 1}),
        (f"{path}/checkpoint", {**token, "checkpoint": {"stolen": True}}),
        (f"{path}/logs", {**token, "lines": [{"message": "still here"}]}),
        ("/api/tasks/dispatch", {**lease(task), "service_id": service["id"]}),
        (f"/api/services/{service['id']}/charge", {**lease(task), "amount": "0.1", "key": "k"}),
    ):
        problem(await agent.post(url, json=body), 409, "lease_lost")
    for url, body in (
        ("/api/agents/exchange", {"completions": [lease(task)]}),
        ("/api/tasks/complete", {"items": [lease(task)]}),
        ("/api/tasks/fail", {"items": [{**lease(task), "error": {"code": "x"}}]}),
        ("/api/tasks/release", {"items": [lease(task)]}),
        ("/api/tasks/renew", {"leases": [lease(task)]}),
    ):
        (result,) = (await agent.post(url, json=body)).json()["results"]
        assert result["outcome"] == "lease_lost", url
    assert await _effects(world) == before


async def _effects(world: World) -> object:
    return await world.owner.value(
        """select jsonb_build_object(
               'tasks', (select jsonb_agg(to_jsonb(t) order by t.id) from public.tasks t),
               'attempts', (select count(*) from public.task_attempts),
               'logs', (select count(*) from public.task_logs),
               'charges', (select count(*) from public.service_charges),
               'events', (select count(*) from public.events))"""
    )


async def test_the_lease_of_another_agent_is_nobodys_business(
    other_agent: httpx.AsyncClient, stranger_agent: httpx.AsyncClient, world: World
) -> None:
    task = await world.claimed()
    for thief in (other_agent, stranger_agent):
        (result,) = (await thief.post("/api/tasks/complete", json={"items": [lease(task)]})).json()["results"]
        assert result["outcome"] == "lease_lost"
        body = {"lease_token": task["lease_token"], "progress": 0.5}
        problem(await thief.post(f"/api/tasks/{task['id']}/progress", json=body), 404, "task_not_found")


async def test_a_lease_lasts_as_long_as_asked_for(agent: httpx.AsyncClient, world: World) -> None:
    await world.task()
    (task,) = (await agent.post("/api/tasks/claim", json={**KINDS, "lease_seconds": 7})).json()["tasks"]
    assert task["lease_seconds"] == 7
    lasts = await world.owner.value("select lease_expires_at - started_at from public.tasks")
    assert lasts.total_seconds() == 7


@pytest.mark.parametrize("field", ["wanted", "lease_seconds", "wait_seconds"])
async def test_an_exchange_asks_within_reason(field: str, agent: httpx.AsyncClient) -> None:
    for value in (-1, 3601, 201 if field != "lease_seconds" else 0, None, "many"):
        body = {**KINDS, field: value}
        problem(await agent.post("/api/agents/exchange", json=body), 422, "invalid_request")


async def test_a_checkpoint_has_64_kb_at_the_most(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World
) -> None:
    task = await world.claimed()
    url = f"/api/tasks/{task['id']}/checkpoint"
    fits = {"a": "x" * 65_000}
    assert (await agent.post(url, json={**lease(task), "checkpoint": fits})).status_code == 422
    token = {"lease_token": task["lease_token"]}
    assert (await agent.post(url, json={**token, "checkpoint": fits})).status_code == 200
    problem(
        await agent.post(url, json={**token, "checkpoint": {"a": "x" * 65_536}}), 413, "checkpoint_too_large"
    )
    assert (await supervisor.get(f"/api/tasks/{task['id']}")).json()["checkpoint"] == fits


async def test_a_blocked_task_waits_for_its_budget(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World
) -> None:
    service = await world.service(limit="0")
    task = await world.claimed()
    charge = {**lease(task), "amount": "0.1", "key": "k"}
    problem(await agent.post(f"/api/services/{service['id']}/charge", json=charge), 402, "budget_exhausted")
    failure = {**lease(task), "error": {"code": "budget"}, "blocked_reason": "budget"}
    (result,) = (await agent.post("/api/tasks/fail", json={"items": [failure]})).json()["results"]
    assert (result["outcome"], result["state"]) == ("blocked", "blocked")
    raised = {"amount": "1", "reason": "go on"}
    await supervisor.post(f"/api/services/{service['id']}/increase-budget", json=raised)
    (again,) = (await agent.post("/api/agents/exchange", json={**KINDS, "wanted": 1})).json()["tasks"]
    assert (again["id"], again["attempt"]) == (task["id"], 2)
