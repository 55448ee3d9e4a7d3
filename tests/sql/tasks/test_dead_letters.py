"""Dead letters: what failed for good is listed with its history, and goes back when somebody says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.sql.acting import KIND, complete, events, fail, stored_task
from tests.support.world import Actor, World, refused


async def test_a_failed_task_goes_back_with_its_history(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.claimed(max_retries=0)
    await fail(as_agent, task)
    told = await as_supervisor.call("requeue_task", task_id=UUID(task["id"]))
    assert (told["state"], told["retry_count"], told["finished_at"]) == ("pending", 0, None)
    assert told["last_error"]["code"] == "boom"
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert (again["id"], again["attempt"]) == (task["id"], 2)
    assert "task.requeued" in await events(world, task["id"])


async def test_requeueing_is_for_all_or_none(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    failed = await world.claimed(max_retries=0)
    await fail(as_agent, failed)
    done = await world.claimed(kind="ci")
    await complete(as_agent, done)
    with refused("PT409", "illegal_transition"):
        await as_supervisor.call("requeue_tasks", task_ids=[UUID(failed["id"]), UUID(done["id"])])
    with refused("PT404", "task_not_found"):
        await as_supervisor.call("requeue_tasks", task_ids=[UUID(failed["id"]), uuid4()])
    assert (await stored_task(world, failed))["state"] == "failed"


async def test_a_blocked_task_is_requeued_and_a_waiting_one_left_alone(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    blocked, waiting = await world.claimed(), await world.task(kind="ci")
    await fail(as_agent, blocked, blocked_reason="ci")
    told = await as_supervisor.call("requeue_tasks", task_ids=[UUID(blocked["id"]), UUID(waiting["id"])])
    assert told == {"requeued": 1, "task_ids": [blocked["id"]], "more": False}
    assert (await stored_task(world, blocked))["state"] == "pending"
    assert await stored_task(world, waiting) == waiting


async def test_dead_letters_are_listed_with_their_history(
    world: World, as_viewer: Actor, as_agent: Actor, as_stranger: Actor
) -> None:
    task = await world.claimed(max_retries=1)
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    await fail(as_agent, again)
    told = await as_viewer.call("list_dead_letters", project_id=world.project)
    assert told["id"] == task["id"]
    assert [(a["attempt"], a["outcome"]) for a in told["attempts"]] == [(1, "retried"), (2, "failed")]
    for narrowed in ({"kind": "ci"}, {"error_code": "other"}, {"before": UUID(task["id"])}):
        assert await as_viewer.call("list_dead_letters", **narrowed) == []
    assert await as_stranger.call("list_dead_letters") == []


async def failed_with(world: World, agent: Actor, code: str, kind: str = KIND[0]) -> Any:
    task = await world.claimed(max_retries=0, kind=kind)
    await fail(agent, task, error={"code": code, "message": ""})
    return task


async def test_what_failed_goes_back_by_a_filter(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    tasks = {
        name: await failed_with(world, as_agent, code, kind)
        for name, code, kind in (("a", "boom", "ci"), ("b", "boom", "lint"), ("c", "other", "ci"))
    }
    project = {"project_id": str(world.project)}
    for more, back in (
        ({"failed_before": "2020-01-01T00:00:00Z"}, []),
        ({"failed_after": "2199-01-01T00:00:00Z"}, []),
        ({"error_code": "boom", "kind": "ci"}, ["a"]),
        ({"failed_after": "2020-01-01T00:00:00Z"}, ["c", "b"]),
    ):
        told = await as_supervisor.call("requeue_tasks", filter={**project, **more})
        ids = [tasks[name]["id"] for name in back]
        assert told == {"requeued": len(ids), "task_ids": sorted(ids), "more": False}, more


async def test_a_filter_takes_a_thousand_at_a_time(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await failed_with(world, as_agent, "boom")
    owner = await world.owner.connection()
    await owner.execute(
        "insert into public.tasks (id, project_id, lane_id, kind, title)"
        " select gen_random_uuid(), t.project_id, t.lane_id, t.kind, 'more' from public.tasks t,"
        " generate_series(1, 1000);"
        "update public.tasks set state = 'failed' where title = 'more'"
    )
    chosen = {"project_id": task["project_id"]}
    first, second = [await as_supervisor.call("requeue_tasks", filter=chosen) for _ in range(2)]
    assert (first["requeued"], first["more"], len(first["task_ids"])) == (1000, True, 1000)
    assert (second["requeued"], second["more"]) == (1, False)


async def test_a_stranger_and_a_viewer_put_nothing_back(
    world: World, as_stranger: Actor, as_viewer: Actor, as_agent: Actor
) -> None:
    task = await failed_with(world, as_agent, "boom")
    chosen = {"project_id": str(world.project)}
    for arguments in ({"task_ids": [UUID(task["id"])]}, {"task_ids": [uuid4()]}):
        with refused("PT404", "task_not_found"):
            await as_stranger.call("requeue_tasks", **arguments)
    for project in (world.project, uuid4()):
        with refused("PT404", "project_not_found"):
            await as_stranger.call("requeue_tasks", filter={"project_id": str(project)})
    for arguments in ({"task_ids": [UUID(task["id"])]}, {"filter": chosen}):
        with refused("PT403", "role_required"):
            await as_viewer.call("requeue_tasks", **arguments)
    assert (await stored_task(world, task))["state"] == "failed"


async def test_dead_letters_are_narrowed_by_code_and_time(
    world: World, as_viewer: Actor, as_agent: Actor
) -> None:
    task = await failed_with(world, as_agent, "boom")
    await failed_with(world, as_agent, "other", "ci")
    assert (await as_viewer.call("list_dead_letters", error_code="boom"))["id"] == task["id"]
    assert (await as_viewer.call("list_dead_letters", kind=KIND[0]))["id"] == task["id"]
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert await as_viewer.call("list_dead_letters", since=soon) == []
    assert len(await as_viewer.call("list_dead_letters", since=soon - timedelta(days=1))) == 2
