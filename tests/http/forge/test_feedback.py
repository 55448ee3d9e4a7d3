"""Feedback that agents ask for, and the repositories it goes to."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.scene import REPOSITORY, Scene, add_repository
from tests.support.world import World

URL = "/api/integrations/github/pr-feedback"


@pytest.fixture
def comment(scene: Scene) -> dict[str, Any]:
    """A comment by the agent that holds the scene's task."""
    return {
        "task_id": scene.leased,
        "lease_token": scene.lease_token,
        "key": "summary",
        "repository": REPOSITORY,
        "number": 7,
        "kind": "comment",
        "body": "Looks good",
    }


@pytest.fixture
def status(comment: dict[str, Any]) -> dict[str, Any]:
    """A status by the same agent."""
    return {
        **{name: value for name, value in comment.items() if name != "body"},
        "key": "status",
        "kind": "status",
        "sha": "a" * 40,
        "state": "success",
        "context": "devos/review",
        "description": "All clear",
    }


async def queued(world: World) -> int:
    return await world.owner.value("select count(*) from private.outbox where topic = 'feedback.queued'")


async def test_feedback_is_queued_for_the_worker(
    agent: httpx.AsyncClient, world: World, comment: dict[str, Any], status: dict[str, Any]
) -> None:
    for sent in (comment, status):
        answer = await agent.post(URL, json=sent)
        assert answer.status_code == 202
        told = answer.json()
        assert (told["state"], told["kind"], told["key"]) == ("queued", sent["kind"], sent["key"])
    assert await queued(world) == 2


async def test_a_key_posts_once_over_all_attempts(
    agent: httpx.AsyncClient, other_agent: httpx.AsyncClient, world: World, comment: dict[str, Any]
) -> None:
    first = (await agent.post(URL, json=comment)).json()
    assert (await agent.post(URL, json=comment)).json() == first
    await world.expire(comment["task_id"])
    await world.worker.call("reap_expired_leases")
    (again,) = (await other_agent.post("/api/tasks/claim", json={"kinds": ["lint"]})).json()["tasks"]
    successor = {**comment, "lease_token": again["lease_token"], "body": "Looks good, said again"}
    assert (await other_agent.post(URL, json=successor)).json() == first
    problem(await agent.post(URL, json=comment), 409, "lease_lost")
    assert await queued(world) == 1


async def test_a_key_means_one_thing(
    agent: httpx.AsyncClient, comment: dict[str, Any], status: dict[str, Any]
) -> None:
    await agent.post(URL, json=comment)
    for other in ({**comment, "number": 8}, {**status, "key": comment["key"]}):
        problem(await agent.post(URL, json=other), 409, "idempotency_key_reused")


async def test_feedback_goes_to_repositories_of_the_project_only(
    agent: httpx.AsyncClient, world: World, comment: dict[str, Any]
) -> None:
    await add_repository(world.stranger, world.stranger_project, external_id=1, full_name="their/secret")
    answers = [
        await agent.post(URL, json={**comment, "repository": name}, headers={"X-Request-ID": "the-same-one"})
        for name in ("their/secret", "nobodys/nothing")
    ]
    for answer in answers:
        problem(answer, 404, "repository_not_found")
    assert answers[0].content == answers[1].content


async def test_feedback_that_is_not_whole_is_refused(
    agent: httpx.AsyncClient, world: World, comment: dict[str, Any], status: dict[str, Any]
) -> None:
    for sent in (
        {**comment, "body": None},
        {**comment, "body": ""},
        {**comment, "body": "x" * 60_001},
        {**comment, "number": 0},
        {**comment, "kind": "review"},
        {**comment, "repository": "no-owner"},
        {**comment, "repository": "a/b/c"},
        {**comment, "key": ""},
        {**status, "sha": None},
        {**status, "sha": "main"},
        {**status, "sha": "A" * 40},
        {**status, "state": "green"},
        {**status, "context": None},
        {**status, "description": "x" * 141},
    ):
        problem(await agent.post(URL, json=sent), 422, "invalid_request")
    assert await queued(world) == 0


async def test_feedback_is_for_agents(supervisor: httpx.AsyncClient, comment: dict[str, Any]) -> None:
    problem(await supervisor.post(URL, json=comment), 403, "agent_required")


async def test_a_repository_belongs_to_one_project(
    supervisor: httpx.AsyncClient, viewer: httpx.AsyncClient, scene: Scene
) -> None:
    new = {
        "project_id": scene.project,
        "external_id": "12",
        "full_name": "acme/new",
        "clone_url": "https://github.test/acme/new.git",
    }
    problem(await viewer.post("/api/repositories", json=new), 403, "role_required")
    made = (await supervisor.post("/api/repositories", json=new)).json()
    assert made["forge"] == "github"
    problem(await supervisor.post("/api/repositories", json=new), 409, "repository_mapped")
    listed = (await supervisor.get("/api/repositories")).json()["items"]
    assert [item["id"] for item in listed] == [scene.repository, made["id"]]


async def test_a_repository_that_is_not_valid_is_refused(supervisor: httpx.AsyncClient, scene: Scene) -> None:
    good = {
        "project_id": scene.project,
        "external_id": "12",
        "full_name": "acme/new",
        "clone_url": "https://github.test/acme/new.git",
    }
    for field, value in (
        ("forge", "gitlab"),
        ("external_id", 12),
        ("external_id", "0x12"),
        ("external_id", "12\n"),
        ("full_name", "acme"),
        ("full_name", "acme/new/er"),
        ("full_name", "acme/new\n"),
        ("clone_url", "ssh://github.test/acme/new.git"),
        ("clone_url", "ext::sh -c id"),
        ("clone_url", "--upload-pack=id"),
        ("clone_url", "https://github.test/acme/new.git --config=x"),
        ("clone_url", "https://github.test/acme\nnew.git"),
    ):
        answer = await supervisor.post("/api/repositories", json={**good, field: value})
        assert (answer.status_code, field, value) == (422, field, value), answer.text
