"""Graphs of tasks over HTTP: what waits for what, what comes after, cancelling, and remembered steps."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.api import problem
from tests.support.world import REVIEW, World


@pytest.fixture
def new(world: World) -> dict[str, Any]:
    """What a task needs at the least."""
    return {"project_id": str(world.project), "kind": "code_review", "title": "Review", "input": REVIEW}


async def create(person: httpx.AsyncClient, body: Any) -> Any:
    answer = await person.post("/api/tasks", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_graph_is_made_in_one_request(supervisor: httpx.AsyncClient, new: dict[str, Any]) -> None:
    done = await create(supervisor, new)
    build, test, ship = await create(
        supervisor,
        [
            {**new, "ref": "build", "depends_on": [done["id"]]},
            {**new, "ref": "test", "depends_on": [{"ref": "build"}]},
            {**new, "depends_on": [{"ref": "build", "on_failure": "ignore"}, {"ref": "test"}]},
        ],
    )
    assert [task["open_dependencies"] for task in (build, test, ship)] == [1, 1, 2]
    listed = (await supervisor.get(f"/api/tasks/{ship['id']}/dependencies")).json()
    assert [(one["relation"], one["task_id"], one["on_failure"]) for one in listed["items"]] == [
        ("predecessor", build["id"], "ignore"),
        ("predecessor", test["id"], "fail"),
    ]


@pytest.mark.parametrize(
    ("depends_on", "code"),
    [
        ([{"ref": "later"}], "dependency_cycle"),
        ([{"ref": "nobody"}], "unknown_ref"),
        ([{}], "invalid_request"),
        ([{"ref": "later", "task_id": "00000000-0000-7000-8000-000000000000"}], "invalid_request"),
        ([{"ref": "later", "on_failure": "panic"}], "invalid_request"),
        (["later"], "invalid_request"),
    ],
    ids=["forward", "unknown", "nothing", "both", "policy", "text"],
)
async def test_what_cannot_be_waited_for_is_refused(
    supervisor: httpx.AsyncClient, new: dict[str, Any], depends_on: Any, code: str
) -> None:
    items = [{**new, "depends_on": depends_on}, {**new, "ref": "later"}]
    problem(await supervisor.post("/api/tasks", json=items), 422, code)
    assert (await supervisor.get("/api/tasks")).json()["items"] == []


async def test_dependencies_come_and_go_and_never_in_a_circle(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    first, second = await create(supervisor, [new, new])
    url = f"/api/tasks/{second['id']}/dependencies"
    told = (await supervisor.post(url, json={"depends_on": [first["id"]]})).json()
    assert told["open_dependencies"] == 1
    back = f"/api/tasks/{first['id']}/dependencies"
    problem(await supervisor.post(back, json={"depends_on": [second["id"]]}), 409, "dependency_cycle")
    problem(await supervisor.post(back, json={"depends_on": [first["id"]]}), 422, "dependency_cycle")
    assert (await supervisor.delete(f"{url}/{first['id']}")).status_code == 204
    problem(await supervisor.delete(f"{url}/{first['id']}"), 404, "dependency_not_found")


async def test_an_agent_that_waits_gets_what_its_own_result_frees(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    first, second = await create(
        supervisor, [{**new, "ref": "a"}, {**new, "kind": "second", "depends_on": [{"ref": "a"}]}]
    )
    (claimed,) = (await agent.post("/api/tasks/claim", json={"kinds": ["code_review"]})).json()["tasks"]
    assert claimed["id"] == first["id"]
    item = {"task_id": claimed["id"], "lease_token": claimed["lease_token"]}
    wanted = {"kinds": ["second"], "wanted": 1, "completions": [{**item, "output": {}}]}
    told = (await agent.post("/api/agents/exchange", json=wanted)).json()
    assert [task["id"] for task in told["tasks"]] == [second["id"]]


async def test_a_successor_comes_after_its_task_once_per_key(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    parent = await world.task()
    held = await world.claimed(kind="ci", parent_task_id=parent["id"])
    url = f"/api/tasks/{held['id']}/successor"
    body = {"kind": "mend", "title": "Fix it", "key": "fix", "lease_token": held["lease_token"]}
    made = [(await agent.post(url, json=body)).json() for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["parent_task_id"], made[0]["open_dependencies"]) == (parent["id"], 1)
    problem(await agent.post(url, json={**body, "priority": "HIGH"}), 422, "priority_too_high")
    problem(await agent.post(url, json={**body, "lease_token": 999}), 409, "lease_lost")
    by_hand = await supervisor.post(url, json={"kind": "deploy", "title": "Ship", "priority": "CRITICAL"})
    assert (by_hand.status_code, by_hand.json()["priority"]) == (201, "CRITICAL")


async def test_a_lineage_says_how_each_task_is_related(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    top = await create(supervisor, new)
    task = await create(supervisor, {**new, "parent_task_id": top["id"]})
    after = await create(supervisor, {**new, "depends_on": [task["id"]]})
    told = (await supervisor.get(f"/api/tasks/{task['id']}/lineage")).json()
    assert told["complete"] is True
    assert [(one["relation"], one["id"], one["depth"]) for one in told["tasks"]] == [
        ("self", task["id"], 0),
        ("ancestor", top["id"], 1),
        ("successor", after["id"], 1),
    ]


async def test_a_cancellation_says_why_and_how_far(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    first = await create(supervisor, new)
    second = await create(supervisor, {**new, "depends_on": [first["id"]]})
    body = {"reason": "no longer wanted", "cascade": "dependents"}
    told = (await supervisor.post(f"/api/tasks/{first['id']}/cancel", json=body)).json()
    assert (told["state"], told["cancel_reason"]) == ("cancelled", "no longer wanted")
    assert (await supervisor.get(f"/api/tasks/{second['id']}")).json()["state"] == "cancelled"
    for wrong in ({"cascade": "all"}, {"reason": "x" * 501}, {"why": ""}):
        answer = await supervisor.post(f"/api/tasks/{first['id']}/cancel", json=wrong)
        problem(answer, 422, "invalid_request")


@pytest.mark.parametrize("sent", [{}, {"json": {}}], ids=["no body", "empty"])
async def test_a_cancellation_needs_no_words(
    supervisor: httpx.AsyncClient, world: World, sent: dict[str, Any]
) -> None:
    task = await world.task()
    told = await supervisor.post(f"/api/tasks/{task['id']}/cancel", **sent)
    assert (told.status_code, told.json()["state"]) == (200, "cancelled")


async def test_every_call_of_the_holder_tells_of_a_cancellation(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    held = await world.claimed()
    url, lease = f"/api/tasks/{held['id']}", {"lease_token": held["lease_token"]}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("progress", {"progress": 0.5}),
        ("checkpoint", {"checkpoint": {}}),
        ("steps", {"name": "fetch"}),
    ]
    for verb, body in calls:
        told = (await agent.post(f"{url}/{verb}", json={**lease, **body})).json()
        assert told == {"cancel_requested": False}
    await supervisor.post(f"{url}/cancel")
    for verb, body in calls:
        told = (await agent.post(f"{url}/{verb}", json={**lease, **body})).json()
        assert told == {"cancel_requested": True}


async def test_steps_are_remembered_whatever_json_they_answer(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    held = await world.claimed()
    url = f"/api/tasks/{held['id']}/steps"
    answers: list[Any] = [None, 1, 0.25, "text", [1, [2]], {"a": {"b": None}}, True]
    for number, output in enumerate(answers):
        body = {"lease_token": held["lease_token"], "name": f"step {number}", "output": output}
        assert (await agent.post(url, json=body)).status_code == 200
    for reader in (supervisor, agent):
        told = (await reader.get(f"{url}?limit=100")).json()
        assert [step["output"] for step in told["items"]] == answers
    large = {"lease_token": held["lease_token"], "name": "large", "output": "x" * 262_200}
    problem(await agent.post(url, json=large), 413, "step_too_large")
    problem(await supervisor.get(f"{url}?limit=101"), 422, "invalid_request")


async def test_the_project_says_how_long_a_cancelled_agent_may_clean_up(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    url = f"/api/projects/{world.project}/config"
    assert (await supervisor.get(url)).json()["cancel_grace_seconds"] == 60
    body = {"default_priority": "LOW", "default_max_retries": 1}
    told = (await supervisor.put(url, json={**body, "cancel_grace_seconds": 5})).json()
    assert told["cancel_grace_seconds"] == 5
    assert (await supervisor.put(url, json=body)).json()["cancel_grace_seconds"] == 5
    problem(await supervisor.put(url, json={**body, "cancel_grace_seconds": 0}), 422, "invalid_request")


async def test_strangers_cannot_tell_a_graph_from_none(
    supervisor: httpx.AsyncClient, stranger: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    first, second = await create(supervisor, [{**new, "ref": "a"}, {**new, "depends_on": [{"ref": "a"}]}])

    async def asked(task: str, other: str) -> list[tuple[int, Any]]:
        url = f"/api/tasks/{task}"
        answers = await asyncio.gather(
            stranger.get(f"{url}/dependencies"),
            stranger.post(f"{url}/dependencies", json={"depends_on": [other]}),
            stranger.delete(f"{url}/dependencies/{other}"),
            stranger.post(f"{url}/successor", json={"kind": "x", "title": "x"}),
            stranger.get(f"{url}/lineage"),
            stranger.get(f"{url}/steps"),
            stranger.post(f"{url}/cancel", json={"cascade": "dependents"}),
        )
        return [(answer.status_code, answer.json()["code"]) for answer in answers]

    there = await asked(second["id"], first["id"])
    assert there == await asked(str(uuid4()), str(uuid4())) == [(404, "task_not_found")] * 7
