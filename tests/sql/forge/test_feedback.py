"""Feedback: asked for by the holder of the task, for a repository of its project, posted once per key."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import KIND, events, fail
from tests.support.world import Actor, World, refused


@pytest.fixture
async def task(world: World) -> Any:
    """A claimed task, in a project that has a repository."""
    await repository(world.supervisor, world.project)
    return await world.claimed()


async def repository(person: Actor, project: UUID, name: str = "owner/name", number: str = "77") -> Any:
    return await person.call(
        "create_repository",
        project_id=project,
        forge="github",
        external_id=number,
        full_name=name,
        clone_url="https://example.test/owner/name.git",
    )


async def post(agent: Actor, task: Any, key: str = "summary", **fields: Any) -> Any:
    arguments: dict[str, Any] = {
        "repository": "owner/name",
        "number": 7,
        "kind": "comment",
        "content": {"body": "Fine."},
    } | fields
    return await agent.call(
        "post_feedback", task_id=UUID(task["id"]), lease_token=task["lease_token"], key=key, **arguments
    )


async def stored(world: World) -> list[asyncpg.Record]:
    return await world.owner.fetch("select * from public.pull_request_feedback order by id")


async def test_feedback_is_queued_for_the_worker(world: World, as_agent: Actor, task: Any) -> None:
    told = await post(as_agent, task)
    (row,) = await stored(world)
    assert told["id"] == str(row["id"])
    assert (told["state"], told["kind"], told["number"], told["external_id"]) == (
        "queued",
        "comment",
        7,
        None,
    )
    assert (row["project_id"], row["content"]) == (world.project, {"body": "Fine."})
    payload = await world.owner.value("select payload from private.outbox where topic = 'feedback.queued'")
    assert payload == {"id": told["id"]}
    assert await events(world, told["id"]) == ["feedback.queued"]
    read = await world.worker.call("private.read_feedback", id=row["id"])
    assert (read["full_name"], read["content"], read["state"]) == ("owner/name", {"body": "Fine."}, "queued")


async def test_one_key_is_one_comment_over_all_attempts(world: World, as_agent: Actor, task: Any) -> None:
    first = await post(as_agent, task)
    assert await post(as_agent, task, content={"body": "Said again."}) == first
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert await post(as_agent, again) == first
    assert len(await stored(world)) == 1
    assert await world.owner.value("select count(*) from private.outbox where topic = 'feedback.queued'") == 1


async def test_one_key_in_parallel_is_one_comment(world: World, as_agent: Actor, task: Any) -> None:
    told = await asyncio.gather(*(post(as_agent.twin(), task) for _ in range(8)))
    assert all(answer == told[0] for answer in told)
    assert len(await stored(world)) == 1


async def test_the_same_key_for_other_feedback_is_refused(world: World, as_agent: Actor, task: Any) -> None:
    await repository(world.supervisor, world.project, "owner/other", "78")
    await post(as_agent, task)
    others: list[dict[str, Any]] = [{"number": 8}, {"kind": "status"}, {"repository": "owner/other"}]
    for other in others:
        with refused("PT409", "idempotency_key_reused"):
            await post(as_agent, task, **other)
    assert len(await stored(world)) == 1


async def test_the_repository_is_one_of_the_tasks_project(
    world: World, as_agent: Actor, as_stranger: Actor, task: Any
) -> None:
    await repository(as_stranger, world.stranger_project, "their/name", "78")
    for name in ("their/name", "no/where"):
        with refused("PT404", "repository_not_found"):
            await post(as_agent, task, repository=name)
    assert await stored(world) == []


async def test_a_zombie_posts_nothing(world: World, as_agent: Actor, task: Any) -> None:
    await world.expire(task["id"])
    with refused("PT409", "lease_lost"):
        await post(as_agent, task)
    assert await stored(world) == []


async def test_a_stranger_cannot_tell_that_the_task_exists(
    world: World, as_other_agent: Actor, as_stranger_agent: Actor, task: Any
) -> None:
    for agent in (as_other_agent, as_stranger_agent):
        for asked in (task, {**task, "id": str(uuid4())}):
            with refused("PT404", "task_not_found"):
                await post(agent, asked)
    for actor in (world.admin, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await post(actor, task)
    assert await stored(world) == []


async def test_feedback_is_well_formed(world: World, as_agent: Actor, task: Any) -> None:
    status = {"sha": "a" * 40, "state": "success", "context": "c"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"key": ""}, "key_length"),
        ({"key": "x" * 201}, "key_length"),
        ({"number": 0}, "number_positive"),
        ({"kind": "label"}, "kind"),
        ({"content": {}}, "content"),
        ({"content": []}, "content"),
        ({"content": {"body": "x" * 60001}}, "content"),
        # The worker writes the commit into a path, under the installation's credential.
        ({"kind": "status", "content": status | {"sha": "../../../a/b"}}, "content"),
        ({"kind": "status", "content": status | {"state": "fine"}}, "content"),
    ]
    for fields, constraint in wrong:
        with pytest.raises(asyncpg.CheckViolationError, match=f"pull_request_feedback_{constraint}"):
            await post(as_agent, task, **fields)
    assert await stored(world) == []


async def test_posted_feedback_is_closed_once(
    world: World, as_agent: Actor, as_worker: Actor, task: Any
) -> None:
    told = await post(as_agent, task)
    sent = {"id": UUID(told["id"]), "state": "sent", "external_id": "991"}
    await as_worker.call("private.finish_feedback", **sent)
    await as_worker.call("private.finish_feedback", **(sent | {"state": "failed", "error": "late"}))
    (row,) = await stored(world)
    assert (row["state"], row["external_id"], row["error"]) == ("sent", "991", None)
    assert row["sent_at"] is not None
    assert await events(world, told["id"]) == ["feedback.queued", "feedback.sent"]
    assert (await post(as_agent, task))["state"] == "sent"


async def test_feedback_that_will_never_be_posted_says_why(
    world: World, as_agent: Actor, as_worker: Actor, task: Any
) -> None:
    told = await post(as_agent, task)
    await as_worker.call("private.finish_feedback", id=UUID(told["id"]), state="failed", error="x" * 2000)
    (row,) = await stored(world)
    assert (row["state"], len(row["error"]), row["sent_at"]) == ("failed", 1000, None)
    assert await events(world, told["id"]) == ["feedback.queued", "feedback.failed"]


async def test_feedback_is_closed_by_the_worker_alone(world: World, as_agent: Actor, task: Any) -> None:
    told = await post(as_agent, task)
    for actor in (world.admin, world.agent, world.anon, world.webhook, world.login):
        with refused("42501"):
            await actor.call("private.finish_feedback", id=UUID(told["id"]), state="sent")
        with refused("42501"):
            await actor.call("private.read_feedback", id=UUID(told["id"]))
