"""Deliveries: stored once by id and by body, worked on once, one task per commit however often it is told."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from control_plane.db.caller import Caller
from tests.sql.acting import events
from tests.support.world import Actor, World, refused


@pytest.fixture
async def repository(world: World) -> Any:
    """A repository of our project."""
    return await register(world.supervisor, world.project)


async def register(person: Actor, project: UUID, **fields: str) -> Any:
    arguments = {
        "forge": "github",
        "external_id": "77",
        "full_name": "owner/name",
        "clone_url": "https://example.test/owner/name.git",
    } | fields
    return await person.call("create_repository", project_id=project, **arguments)


async def receive(
    sender: Actor, delivery_id: str, body: bytes = b"{}", event: str = "pull_request", repository: str = "77"
) -> str:
    told = await sender.call(
        "receive_webhook",
        forge="github",
        delivery_id=delivery_id,
        event=event,
        repository_external_id=repository,
        body=body,
    )
    assert told["delivery_id"] == delivery_id
    return told["outcome"]


async def delivery(world: World, delivery_id: str) -> Any:
    return await world.owner.value(
        "select to_jsonb(d) from public.webhook_deliveries d where d.delivery_id = $1", delivery_id
    )


async def finish(
    world: World, delivery_id: str, dedupe_key: str | None = None, state: str = "processed"
) -> Any:
    """Close a delivery as the worker does; with a key, by making the task it asks for."""
    task = {"kind": "code_review", "title": "Review 7", "priority": 1, "dedupe_key": dedupe_key}
    row = await delivery(world, delivery_id)
    answer = await world.worker.call(
        "private.finish_delivery", id=UUID(row["id"]), state=state, task=task if dedupe_key else None
    )
    return answer["task_id"]


async def queued(world: World) -> int:
    return await world.owner.value("select count(*) from private.outbox where topic = 'webhook.received'")


async def test_a_delivery_is_stored_and_queued_for_the_worker(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    assert await receive(as_webhook, "d-1", b'{"a": "\xc3\xbc"}') == "accepted"
    row = await delivery(world, "d-1")
    assert (row["state"], row["project_id"], row["repository_id"]) == (
        "received",
        str(world.project),
        repository["id"],
    )
    assert await queued(world) == 1
    assert await events(world, row["id"]) == ["webhook.received"]
    told = await world.worker.call("private.read_delivery", id=UUID(row["id"]))
    assert (told["body"], told["repository"]["clone_url"]) == ("eyJhIjogIsO8In0=", repository["clone_url"])


async def test_the_same_delivery_id_is_a_duplicate(world: World, as_webhook: Actor, repository: Any) -> None:
    assert await receive(as_webhook, "d-1", b"one") == "accepted"
    assert await receive(as_webhook, "d-1", b"another body") == "duplicate"
    assert await queued(world) == 1
    assert await world.owner.value("select body from public.webhook_deliveries") == b"one"


async def test_the_same_body_under_a_new_id_is_a_duplicate(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    assert await receive(as_webhook, "d-1", b"one") == "accepted"
    assert await receive(as_webhook, "d-2", b"one") == "duplicate"
    assert await queued(world) == 1
    assert await delivery(world, "d-2") is None


async def test_of_one_delivery_many_times_in_parallel_one_is_accepted(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    told = await asyncio.gather(*(receive(as_webhook.twin(), "d-1") for _ in range(16)))
    assert sorted(told) == ["accepted"] + ["duplicate"] * 15
    assert await queued(world) == 1


async def test_an_unknown_repository_is_stored_and_worked_on_by_nobody(
    world: World, as_webhook: Actor, as_admin: Actor, as_supervisor: Actor, repository: Any
) -> None:
    assert await receive(as_webhook, "d-1", repository="78") == "unknown_repository"
    assert ((await delivery(world, "d-1"))["state"], await queued(world)) == ("unmapped", 0)
    seen = "select count(*) from public.webhook_deliveries"
    assert [await person.value(seen) for person in (as_admin, as_supervisor)] == [1, 0]


async def test_what_came_before_its_repository_was_registered_may_be_delivered_again(
    world: World, as_webhook: Actor, as_supervisor: Actor, repository: Any
) -> None:
    assert await receive(as_webhook, "d-1", repository="78") == "unknown_repository"
    await as_supervisor.call(
        "create_repository",
        project_id=world.project,
        forge="github",
        external_id="78",
        full_name="acme/late",
        clone_url="https://example.test/late.git",
    )
    assert await receive(as_webhook, "d-1", repository="78") == "accepted"
    assert await receive(as_webhook, "d-1", repository="78") == "duplicate"
    assert await queued(world) == 1


async def test_an_event_that_nobody_works_on_is_ignored(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    assert await receive(as_webhook, "d-1", event="push") == "ignored"
    assert ((await delivery(world, "d-1"))["state"], await queued(world)) == ("ignored", 0)


async def test_a_delivery_finds_the_project_of_its_repository(
    world: World, as_webhook: Actor, as_stranger: Actor, as_viewer: Actor, repository: Any
) -> None:
    await register(as_stranger, world.stranger_project, external_id="88", full_name="other/name")
    await receive(as_webhook, "d-1", b"theirs", repository="88")
    await receive(as_webhook, "d-2", b"ours")
    seen = "select delivery_id from public.webhook_deliveries"
    assert [await person.value(seen) for person in (as_stranger, as_viewer)] == ["d-1", "d-2"]


async def test_a_delivery_is_well_formed(as_webhook: Actor) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"delivery_id": ""}, "delivery_id_length"),
        ({"delivery_id": "x" * 101}, "delivery_id_length"),
        ({"delivery_id": "d", "event": "Pull Request"}, "event_format"),
    ]
    for fields, constraint in wrong:
        with pytest.raises(asyncpg.CheckViolationError, match=f"webhook_deliveries_{constraint}"):
            await receive(as_webhook, **fields)


async def test_only_a_checked_sender_delivers(world: World, repository: Any) -> None:
    for actor in (world.admin, world.supervisor, world.agent, world.anon, world.login, world.worker):
        with refused("42501"):
            await receive(actor, "d-1")
    assert await delivery(world, "d-1") is None


async def test_a_projects_token_delivers_nothing_in_the_name_of_a_forge(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    ci = Actor(world.database, as_webhook.login, Caller("integration", project_id=world.project))
    with refused("42501"):
        await receive(ci, "d-1")
    assert await delivery(world, "d-1") is None


async def test_a_delivery_becomes_the_task_it_asks_for(
    world: World, as_webhook: Actor, as_agent: Actor, repository: Any
) -> None:
    await receive(as_webhook, "d-1")
    task = await finish(world, "d-1", "review:7:abc")
    (claimed,) = await as_agent.call("claim_tasks", kinds=["code_review"])
    assert (claimed["id"], claimed["project_id"], claimed["priority"]) == (
        task,
        str(world.project),
        "CRITICAL",
    )
    row = await delivery(world, "d-1")
    assert (row["state"], row["task_id"], row["reason"]) == ("processed", task, None)
    assert await events(world, row["id"]) == ["webhook.received", "webhook.processed"]


async def test_a_delivery_finished_twice_is_finished_once(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    await receive(as_webhook, "d-1")
    first = await finish(world, "d-1", "one")
    assert await finish(world, "d-1", "two") is None
    row = await delivery(world, "d-1")
    assert (row["task_id"], await world.owner.value("select count(*) from public.tasks")) == (first, 1)
    assert (await events(world, row["id"])).count("webhook.processed") == 1


async def test_a_delivery_finished_twice_at_once_makes_one_task(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    await receive(as_webhook, "d-1")
    row = UUID((await delivery(world, "d-1"))["id"])
    task = {"kind": "code_review", "title": "Review 7"}
    made = await asyncio.gather(
        *(
            world.worker.twin().call("private.finish_delivery", id=row, state="processed", task=task)
            for _ in range(8)
        )
    )
    assert len([answer for answer in made if answer["task_id"]]) == 1
    assert await world.owner.value("select count(*) from public.tasks") == 1


async def test_one_commit_is_one_task_over_all_deliveries(
    world: World, as_webhook: Actor, repository: Any
) -> None:
    for nr in (1, 2, 3):
        await receive(as_webhook, f"d-{nr}", str(nr).encode())
    made = [
        await finish(world, f"d-{nr}", key)
        for nr, key in [(1, "review:7:abc"), (2, "review:7:abc"), (3, "review:7:def")]
    ]
    assert [task is None for task in made] == [False, True, False]
    row = await delivery(world, "d-2")
    assert (row["state"], row["reason"], row["task_id"]) == ("processed", "task_exists", None)


async def test_a_delivery_may_end_without_a_task(world: World, as_webhook: Actor, repository: Any) -> None:
    await receive(as_webhook, "d-1")
    assert await finish(world, "d-1", state="ignored") is None
    assert (await delivery(world, "d-1"))["state"] == "ignored"


async def test_deliveries_are_finished_by_the_worker_alone(
    world: World, as_webhook: Actor, as_worker: Actor, repository: Any
) -> None:
    await receive(as_webhook, "d-1")
    row = UUID((await delivery(world, "d-1"))["id"])
    for actor in (world.admin, world.agent, world.anon, world.webhook, world.login):
        with refused("42501"):
            await actor.call("private.finish_delivery", id=row, state="processed")
        with refused("42501"):
            await actor.call("private.read_delivery", id=row)
    absent = await as_worker.call("private.finish_delivery", id=uuid4(), state="processed")
    assert absent == {"task_id": None}
    assert (await delivery(world, "d-1"))["state"] == "received"
