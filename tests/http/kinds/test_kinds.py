"""Kinds over HTTP: what is said of them, and what tasks and results they let through."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from control_plane.domains.forge.handlers import review_task
from control_plane.domains.forge.models import Delivery, PullRequestHook
from control_plane.domains.kinds.schemas import Schema
from tests.support.api import problem
from tests.support.operations import pull_request_body
from tests.support.world import World

GREET = {
    "title": "Greet",
    "input_schema": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "times": {"type": "integer"}},
    },
    "output_schema": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
}


@pytest.fixture
def url(world: World) -> str:
    return f"/api/kinds/greet?project_id={world.project}"


@pytest.fixture
async def greet(supervisor: httpx.AsyncClient, url: str) -> None:
    """A kind with schemas for input and result."""
    answer = await supervisor.put(url, json=GREET)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def new(world: World) -> dict[str, Any]:
    return {"project_id": str(world.project), "kind": "greet", "title": "Greet Ada"}


async def claimed(agent: httpx.AsyncClient, kind: str = "greet") -> dict[str, Any]:
    """The lease of the next task."""
    (task,) = (await agent.post("/api/tasks/claim", json={"kinds": [kind]})).json()["tasks"]
    return {"task_id": task["id"], "lease_token": task["lease_token"]}


async def test_a_kind_is_set_read_changed_and_forgotten(supervisor: httpx.AsyncClient, url: str) -> None:
    made = await supervisor.put(url, json={**GREET, "defaults": {"priority": "HIGH", "max_retries": 0}})
    assert (made.status_code, made.headers["etag"]) == (200, '"1"')
    assert GREET.items() <= made.json().items()
    assert made.json()["defaults"] == {"priority": "HIGH", "max_retries": 0}
    read = await supervisor.get(url)
    assert (read.json(), read.headers["etag"]) == (made.json(), '"1"')
    stale = await supervisor.put(url, json={"title": "x"}, headers={"If-Match": '"2"'})
    problem(stale, 412, "version_changed")
    assert (await supervisor.put(url, json={}, headers={"If-Match": '"1"'})).json()["input_schema"] is None
    assert (await supervisor.delete(url)).status_code == 204
    problem(await supervisor.get(url), 404, "kind_not_found")


async def test_a_schema_that_is_not_taken_says_why(supervisor: httpx.AsyncClient, url: str) -> None:
    for field in ("input_schema", "output_schema"):
        for schema in ({"type": "strin"}, {"$ref": "https://example.test/x"}, {"pattern": "("}):
            told = problem(await supervisor.put(url, json={field: schema}), 422, "invalid_schema")
            assert told["detail"].startswith(f"{field}: ")
    large = {"input_schema": {"description": "x" * 65_536}}
    problem(await supervisor.put(url, json=large), 422, "invalid_schema")


@pytest.mark.usefixtures("greet")
async def test_a_repeat_is_answered_although_the_kind_has_become_stricter(
    supervisor: httpx.AsyncClient, new: dict[str, Any], url: str, world: World
) -> None:
    body, keyed = {**new, "input": {"name": "Ada"}}, {"Idempotency-Key": "k"}
    first = await supervisor.post("/api/tasks", json=body, headers=keyed)
    stricter = {**GREET["input_schema"], "required": ["name", "times"]}
    assert (await supervisor.put(url, json={**GREET, "input_schema": stricter})).status_code == 200
    again = await supervisor.post("/api/tasks", json=body, headers=keyed)
    assert (again.status_code, again.content) == (201, first.content)
    for other in ({"Idempotency-Key": "new"}, {}):
        problem(await supervisor.post("/api/tasks", json=body, headers=other), 422, "input_invalid")
    assert await world.owner.value("select count(*) from public.tasks") == 1
    assert await world.owner.value("select count(*) from private.idempotency_keys") == 1


@pytest.mark.usefixtures("greet")
async def test_an_input_that_does_not_fit_is_refused_with_all_that_is_wrong(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    told = problem(
        await supervisor.post("/api/tasks", json={**new, "input": {"times": "x"}}), 422, "input_invalid"
    )
    assert {(error["index"], error["pointer"]) for error in told["errors"]} == {(0, ""), (0, "/times")}
    fitting = {**new, "input": {"name": "Ada"}}
    told = problem(
        await supervisor.post("/api/tasks", json=[fitting, new, fitting, new]), 422, "input_invalid"
    )
    assert [error["index"] for error in told["errors"]] == [1, 3]
    assert await world.owner.value("select count(*) from public.tasks") == 0
    assert (await supervisor.post("/api/tasks", json=[fitting, fitting])).status_code == 201


@pytest.mark.usefixtures("greet")
async def test_a_stranger_learns_nothing_of_a_kind_by_breaking_its_schema(
    stranger: httpx.AsyncClient, viewer: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    for value in ({}, {"name": "Ada"}):
        answers = [
            await stranger.post(
                "/api/tasks",
                json={**new, "input": value, "project_id": project},
                headers={"X-Request-ID": "the-same-one"},
            )
            for project in (new["project_id"], str(uuid4()))
        ]
        problem(answers[0], 404, "project_not_found")
        assert answers[0].content == answers[1].content
        problem(await viewer.post("/api/tasks", json={**new, "input": value}), 403, "role_required")


@pytest.mark.usefixtures("greet")
async def test_a_refused_input_keeps_no_idempotency_key(
    supervisor: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    keyed = {"Idempotency-Key": "k-1"}
    problem(await supervisor.post("/api/tasks", json=new, headers=keyed), 422, "input_invalid")
    mended = {**new, "input": {"name": "Ada"}}
    assert (await supervisor.post("/api/tasks", json=mended, headers=keyed)).status_code == 201


async def test_what_was_answered_once_is_answered_again_whatever_the_kind_says_now(
    supervisor: httpx.AsyncClient, new: dict[str, Any], url: str, world: World
) -> None:
    keyed = {"Idempotency-Key": "k-1"}
    first = await supervisor.post("/api/tasks", json=new, headers=keyed)
    assert first.status_code == 201
    await supervisor.put(url, json=GREET)
    again = await supervisor.post("/api/tasks", json=new, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await world.owner.value("select count(*) from public.tasks") == 1
    problem(await supervisor.post("/api/tasks", json=new), 422, "input_invalid")


@pytest.mark.usefixtures("greet")
async def test_a_change_of_a_kind_holds_at_once(
    supervisor: httpx.AsyncClient, new: dict[str, Any], url: str
) -> None:
    problem(await supervisor.post("/api/tasks", json=new), 422, "input_invalid")
    await supervisor.put(url, json={})
    assert (await supervisor.post("/api/tasks", json=new)).status_code == 201
    await supervisor.put(url, json=GREET)
    problem(await supervisor.post("/api/tasks", json=new), 422, "input_invalid")
    await supervisor.delete(url)
    assert (await supervisor.post("/api/tasks", json=new)).status_code == 201


@pytest.mark.usefixtures("greet")
@pytest.mark.parametrize("path", ["/api/tasks/complete", "/api/agents/exchange"])
async def test_a_result_that_does_not_fit_is_a_failure_for_good(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, new: dict[str, Any], path: str
) -> None:
    named = {**new, "input": {"name": "Ada"}}
    await supervisor.post("/api/tasks", json=[named, named, {**new, "kind": "free"}])
    good, bad, free = [await claimed(agent, kind) for kind in ("greet", "greet", "free")]
    items = [{**good, "output": {"text": "Hi"}}, {**bad, "output": {"text": 7}}, free]
    body = {"items": items} if path.endswith("complete") else {"completions": items}
    results = (await agent.post(path, json=body)).json()["results"]
    assert [result["outcome"] for result in results] == ["completed", "failed", "completed"]
    task = (await supervisor.get(f"/api/tasks/{bad['task_id']}")).json()
    assert (task["state"], task["last_error"]["code"], task["output"]) == ("failed", "invalid_output", None)
    assert "/text" in task["last_error"]["message"]
    again = await agent.post(path, json={name: [value[1]] for name, value in body.items()})
    assert again.json()["results"][0]["outcome"] == "duplicate"


@pytest.mark.usefixtures("greet")
async def test_a_result_is_looked_at_for_whoever_holds_the_task(
    supervisor: httpx.AsyncClient,
    agent: httpx.AsyncClient,
    other_agent: httpx.AsyncClient,
    new: dict[str, Any],
) -> None:
    await supervisor.post("/api/tasks", json={**new, "input": {"name": "Ada"}})
    held = await claimed(agent)
    for output in ({}, {"text": "Hi"}):
        body = {"completions": [{**held, "output": output}]}
        (told,) = (await other_agent.post("/api/agents/exchange", json=body)).json()["results"]
        assert told["outcome"] == "lease_lost"
    wrong = await agent.post("/api/agents/exchange", json={"completions": [held]})
    assert wrong.json()["results"][0]["outcome"] == "failed"


async def test_an_unknown_kind_is_refused_where_the_project_wants_that(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    config = {"default_priority": "MEDIUM", "default_max_retries": 3}
    path = f"/api/projects/{world.project}/config"
    assert (await supervisor.put(path, json=config)).json()["unknown_kinds"] == "allow"
    assert (await supervisor.put(path, json={**config, "unknown_kinds": "refuse"})).status_code == 200
    problem(await supervisor.post("/api/tasks", json=new), 422, "unknown_kind")
    await supervisor.put(f"/api/kinds/greet?project_id={world.project}", json={})
    assert (await supervisor.post("/api/tasks", json=new)).status_code == 201


async def test_an_example_is_held_against_a_kind_and_nothing_is_made(
    supervisor: httpx.AsyncClient, greet: None, world: World
) -> None:
    url = f"/api/kinds/greet/validate?project_id={world.project}"
    fits = await supervisor.post(url, json={"input": {"name": "Ada"}, "output": {"text": "Hi"}})
    assert fits.json() == {"fits": True, "errors": []}
    told = (await supervisor.post(url, json={"input": {}, "output": {"text": 7}})).json()
    assert told["fits"] is False
    assert [(error["field"], error["pointer"]) for error in told["errors"]] == [
        ("input", ""),
        ("output", "/text"),
    ]
    assert await world.owner.value("select count(*) from public.tasks") == 0


async def test_the_built_in_kinds_are_kinds_that_could_be_set(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    kinds = (await supervisor.get(f"/api/kinds?project_id={world.project}")).json()["items"]
    assert len(kinds) == 7
    for kind in kinds:
        fields = ("title", "description", "input_schema", "output_schema", "defaults")
        url = f"/api/kinds/{kind['name']}?project_id={world.project}"
        again = await supervisor.put(url, json={name: kind[name] for name in fields})
        assert again.status_code == 200, again.text
        problem(
            await supervisor.post(
                "/api/tasks", json={"project_id": str(world.project), "kind": kind["name"], "title": "x"}
            ),
            422,
            "input_invalid",
        )


async def test_what_a_webhook_asks_for_fits_the_built_in_review(world: World) -> None:
    kind = await world.supervisor.call("read_kind", project_id=world.project, name="code_review")
    repository = {
        "id": uuid4(),
        "project_id": world.project,
        "forge": "github",
        "external_id": "42",
        "full_name": "acme/parcel-rates",
        "clone_url": "https://github.test/acme/parcel-rates.git",
        "created_at": "2026-01-01T00:00:00Z",
    }
    delivery = Delivery.model_validate(
        {
            "id": uuid4(),
            "project_id": world.project,
            "event": "pull_request",
            "state": "received",
            "body": "",
            "repository": repository,
        }
    )
    task = review_task(delivery, PullRequestHook.model_validate_json(pull_request_body()))
    assert Schema(kind["input_schema"]).complaints(task["input"]) == []


@pytest.mark.usefixtures("greet")
async def test_an_edit_and_a_successor_pass_the_same_door(
    supervisor: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    agent: httpx.AsyncClient,
    new: dict[str, Any],
) -> None:
    made = (await supervisor.post("/api/tasks", json={**new, "input": {"name": "Ada"}})).json()
    url, after = f"/api/tasks/{made['id']}", {"kind": "greet", "title": "Greet Bob", "input": {"name": 7}}
    problem(await supervisor.put(url, json={"input": {}}), 422, "input_invalid")
    problem(await supervisor.post(f"{url}/successor", json=after), 422, "input_invalid")
    problem(await stranger.put(url, json={"input": {}}), 404, "task_not_found")
    problem(await stranger.post(f"{url}/successor", json=after), 404, "task_not_found")
    assert (await supervisor.put(url, json={"input": {"name": "Bob"}})).status_code == 200
    held = await claimed(agent)
    mine = {"lease_token": held["lease_token"]}
    problem(await agent.post(f"{url}/successor", json={**after, **mine}), 422, "input_invalid")
    fitting = {**after, **mine, "input": {"name": "Bob"}}
    assert (await agent.post(f"{url}/successor", json=fitting)).status_code == 201


@pytest.mark.usefixtures("greet")
async def test_an_agent_that_sets_the_status_itself_is_told_and_keeps_its_lease(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, new: dict[str, Any]
) -> None:
    await supervisor.post("/api/tasks", json={**new, "input": {"name": "Ada"}})
    held = await claimed(agent)
    url = f"/api/tasks/{held['task_id']}/status"
    done = {"status": "completed", "lease_token": held["lease_token"]}
    problem(await agent.put(url, json=done), 422, "invalid_output")
    assert (await agent.put(url, json={**done, "output": {"text": "Hi"}})).status_code == 200
