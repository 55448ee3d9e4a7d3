"""From a stored delivery to the review that it asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.world import World
from tests.worker.conftest import eventually

pytestmark = pytest.mark.usefixtures("worker")
HEAD = "a" * 40


def pull_request(**changes: Any) -> dict[str, Any]:
    """A `pull_request` webhook with more members than devos reads."""
    pull = {
        "number": 7,
        "title": "Add a discount",
        "html_url": "https://github.com/acme/shop/pull/7",
        "draft": False,
        "author_association": "MEMBER",
        "user": {"login": "grace", "id": 1},
        "head": {"ref": "discount", "sha": HEAD, "repo": {"clone_url": "https://evil.example/x.git"}},
        "base": {"ref": "main", "sha": "b" * 40},
        "labels": [],
    }
    action = changes.pop("action", "opened")
    return {
        "action": action,
        "repository": {"id": 42, "full_name": "acme/shop"},
        "pull_request": {**pull, **changes},
    }


async def deliver(world: World, hook: dict[str, Any], delivery: str = "d1") -> str:
    """Store a delivery, as after a checked signature; the outcome."""
    answer = await world.webhook.call(
        "receive_webhook",
        forge="github",
        delivery_id=delivery,
        event="pull_request",
        repository_external_id="42",
        body=json.dumps(hook).encode(),
    )
    return answer["outcome"]


@pytest.fixture(autouse=True)
async def repository(world: World) -> None:
    await world.supervisor.call(
        "create_repository",
        project_id=world.project,
        forge="github",
        external_id="42",
        full_name="acme/shop",
        clone_url="https://github.com/acme/shop.git",
    )


async def finished(world: World, count: int = 1) -> list[tuple[str, str | None]]:
    """State and reason of all deliveries, once none is waiting."""

    async def look() -> list[tuple[str, str | None]]:
        rows = await world.owner.fetch("select state, reason from public.webhook_deliveries order by id")
        done = [(row[0], row[1]) for row in rows]
        return done if len(done) == count and all(state != "received" for state, _ in done) else []

    return await eventually(look)


async def test_a_pull_request_becomes_one_critical_review(world: World) -> None:
    assert await deliver(world, pull_request()) == "accepted"
    assert await finished(world) == [("processed", None)]
    (task,) = await world.owner.fetch(
        "select kind, priority, required_capabilities, input, project_id from public.tasks"
    )
    assert (task["kind"], task["priority"], task["required_capabilities"]) == (
        "code_review",
        1,
        ["code-review"],
    )
    assert task["project_id"] == world.project
    assert (task["input"]["head_sha"], task["input"]["author_association"]) == (HEAD, "MEMBER")
    assert task["input"]["clone_url"] == "https://github.com/acme/shop.git", (
        "a webhook said where to clone from"
    )


async def test_a_commit_is_reviewed_once_however_often_it_is_delivered(world: World) -> None:
    await deliver(world, pull_request(), "d1")
    await deliver(world, pull_request(action="reopened"), "d2")
    await deliver(world, pull_request(action="synchronize", title="Another title"), "d3")
    reasons = [reason for _, reason in await finished(world, 3)]
    assert sorted(reasons, key=str) == [None, "task_exists", "task_exists"]
    assert await world.owner.value("select count(*) from public.tasks") == 1


async def test_each_new_commit_is_reviewed(world: World) -> None:
    await deliver(world, pull_request(), "d1")
    await deliver(world, pull_request(action="synchronize", head={"ref": "discount", "sha": "c" * 40}), "d2")
    await finished(world, 2)
    assert await world.owner.value("select count(*) from public.tasks") == 2


@pytest.mark.parametrize(
    "hook", [pull_request(action="closed"), pull_request(action="labeled"), pull_request(draft=True)]
)
async def test_what_brings_no_commit_to_review_makes_no_task(world: World, hook: dict[str, Any]) -> None:
    await deliver(world, hook)
    assert await finished(world) == [("ignored", "no_new_commit")]
    assert await world.owner.value("select count(*) from public.tasks") == 0


async def test_a_body_that_cannot_be_read_fails_and_blocks_nothing(world: World) -> None:
    await deliver(world, {"repository": {"id": 42}, "pull_request": None}, "broken")
    await deliver(world, pull_request(), "whole")
    assert await finished(world, 2) == [("failed", "unreadable"), ("processed", None)]


async def test_a_delivery_that_can_never_be_stored_fails_at_once_and_says_why(world: World) -> None:
    await deliver(world, pull_request(title="a NUL \0 that Postgres cannot keep"))
    ((state, reason),) = await finished(world)
    assert (state, "cannot be stored" in str(reason)) == ("failed", True)

    async def is_no_more_tried() -> bool:
        return await world.owner.value("select count(*) from private.outbox") == 0

    await eventually(is_no_more_tried)
    processed = "select data ->> 'state' from public.events where type = 'webhook.processed'"
    assert await world.owner.value(processed) == "failed"


async def test_a_webhook_makes_no_task_that_does_not_fit_the_projects_kind(world: World) -> None:
    await world.supervisor.call(
        "set_kind",
        project_id=world.project,
        name="code_review",
        kind={"input_schema": {"required": ["team"]}},
    )
    await deliver(world, pull_request())
    assert await finished(world) == [("failed", "input_invalid")]
    assert await world.owner.value("select count(*) from public.tasks") == 0
