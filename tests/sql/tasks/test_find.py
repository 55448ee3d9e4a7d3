"""Finding tasks: every filter alone and with others, words and tags, counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.sql.acting import KIND, complete, stored_task
from tests.support.world import Actor, World

Find = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def find(as_viewer: Actor, as_worker: Actor) -> Find:
    """Titles of the tasks that match, in order; what was written before is in the search."""

    async def asked(**filters: Any) -> list[str]:
        await as_worker.call("private.index_tasks")
        found = await as_viewer.call("list_tasks", **filters)
        return [task["title"] for task in (found if isinstance(found, list) else [found])]

    return asked


async def test_each_filter_narrows(world: World, find: Find) -> None:
    parent = await world.task(title="parent", kind="lint")
    await world.task(title="child", kind="lint", parent_task_id=parent["id"])
    await world.task(title="urgent", kind="ci", priority=1)
    held = await world.claimed(title="held")
    assert held["title"] == "held"
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["held", "urgent", "child", "parent"]),
        ({"oldest": True}, ["parent", "child", "urgent", "held"]),
        ({"states": ["running"]}, ["held"]),
        ({"states": ["running", "pending"]}, ["held", "urgent", "child", "parent"]),
        ({"states": ["failed"]}, []),
        ({"kinds": ["lint"]}, ["child", "parent"]),
        ({"kinds": ["lint", "ci"]}, ["urgent", "child", "parent"]),
        ({"priority": 1}, ["urgent"]),
        ({"agent_id": world.agent.id}, ["held"]),
        ({"agent_id": world.other_agent.id}, []),
        ({"parent_task_id": UUID(parent["id"])}, ["child"]),
        ({"parent_task_id": UUID(parent["id"]), "states": ["running"]}, []),
        ({"kinds": ["lint"], "states": ["pending"], "priority": 3, "oldest": True}, ["parent", "child"]),
        ({"project_id": world.stranger_project}, []),
    ]
    for filters, titles in asked:
        assert await find(**filters) == titles, filters


async def test_a_span_of_time_narrows(world: World, find: Find) -> None:
    for nr in range(4):
        await world.task(title=str(nr))
    made = [
        datetime.fromisoformat(row[0])
        for row in await world.owner.fetch("select created_at::text from public.tasks order by id")
    ]
    assert await find(created_after=made[2]) == ["3", "2"]
    assert await find(created_before=made[2]) == ["1", "0"]
    assert await find(created_after=made[1], created_before=made[3], states=["pending"]) == ["2", "1"]
    assert await find(created_after=made[3] + timedelta(hours=1)) == []


async def test_words_and_tags_find(world: World, find: Find) -> None:
    await world.task(title="Fix the login page", tags=["ui", "o'clock \\ now"])
    await world.task(title="Fix the build", description="It breaks on Mondays", tags=["ci", "ui"])
    await world.task(title="Write docs")
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({"search": "fix"}, ["Fix the build", "Fix the login page"]),
        ({"search": "FIX mondays"}, ["Fix the build"]),
        ({"search": '"login page"'}, ["Fix the login page"]),
        ({"search": "docs or login", "oldest": True}, ["Fix the login page", "Write docs"]),
        ({"search": "fix -build"}, ["Fix the login page"]),
        ({"search": "nowhere"}, []),
        ({"search": "  "}, ["Write docs", "Fix the build", "Fix the login page"]),
        ({"tags": ["ui"]}, ["Fix the build", "Fix the login page"]),
        ({"tags": ["ui", "ci"]}, ["Fix the build"]),
        ({"tags": ["o'clock \\ now"]}, ["Fix the login page"]),
        ({"tags": ["ui"], "search": "login"}, ["Fix the login page"]),
        ({"tags": ["fix"]}, []),
        ({"search": "ui"}, []),
        ({"search": "fix", "states": ["completed"]}, []),
    ]
    for filters, titles in asked:
        assert await find(**filters) == titles, filters


async def test_a_rare_word_is_found_behind_many_tasks(world: World, find: Find) -> None:
    await world.task(title="needle")
    await world.owner.fetch(
        "insert into public.tasks (id, project_id, lane_id, kind, title)"
        " select private.new_id(), t.project_id, t.lane_id, t.kind, 'hay' from public.tasks t,"
        " generate_series(1, 1500)"
    )
    assert await find(search="needle") == ["needle"]
    assert await find(search="needle", states=["pending"], project_id=world.project) == ["needle"]
    assert await find(search="needle", states=["failed"]) == []


async def test_an_edit_is_found_and_what_was_deleted_is_forgotten(
    world: World, as_supervisor: Actor, find: Find
) -> None:
    task = await world.task(title="before", tags=["old"])
    assert await find(tags=["old"]) == ["before"]
    await as_supervisor.call(
        "update_task", task_id=UUID(task["id"]), changes={"title": "after", "tags": ["new"]}
    )
    assert (await find(tags=["old"]), await find(search="after", tags=["new"])) == ([], ["after"])
    await as_supervisor.call("delete_task", task_id=UUID(task["id"]))
    assert await find() == []
    assert await world.owner.value("select count(*) from private.task_search") == 0


async def test_a_task_that_commits_late_is_not_passed_over(world: World, find: Find) -> None:
    # A new lane would keep the other one waiting.
    await world.task(title="first")
    late = world.supervisor.twin()
    connection = await late.connection()
    assert late.caller is not None
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(late.caller.begin.removeprefix("begin; "))
    item = {"project_id": str(world.project), "kind": "code_review", "title": "late"}
    await connection.fetch("select count(*) from public.create_tasks($1)", [item])
    await world.task(title="early")
    assert await find(search="early or late") == []
    await transaction.commit()
    assert await find(search="early or late") == ["early", "late"]


async def test_tags_that_no_index_could_hold_stop_nothing(world: World, find: Find) -> None:
    await world.task(title="odd", tags=["", "x" * 5000])
    assert await find(search="odd", tags=["x" * 5000]) == ["odd"]


async def test_a_look_that_finds_nothing_new_writes_nothing(world: World, as_worker: Actor) -> None:
    await world.task()
    await as_worker.call("private.index_tasks")
    connection = await as_worker.connection()
    async with connection.transaction():
        assert await connection.fetchval("select private.index_tasks()") == 0
        assert await connection.fetchval("select pg_current_xact_id_if_assigned()::text") is None


async def test_words_of_strangers_are_not_found(
    world: World, as_stranger: Actor, as_worker: Actor, as_agent: Actor
) -> None:
    await world.task(title="secret plan", tags=["hidden"])
    await as_worker.call("private.index_tasks")
    for filters in ({"search": "secret"}, {"tags": ["hidden"]}, {"states": ["pending"]}, {}):
        for caller in (as_stranger, as_agent):
            assert await caller.call("list_tasks", **filters) == []
            assert await caller.call("list_tasks", project_id=world.project, **filters) == []


async def test_a_list_leaves_out_what_may_be_large(world: World, as_viewer: Actor) -> None:
    task = await world.task(input={"n": 1}, description="long")
    listed = await as_viewer.call("list_tasks")
    assert not {"input", "output", "checkpoint", "description"} & listed.keys()
    stored = await stored_task(world, task)
    assert listed == {name: stored[name] for name in listed}


async def test_tasks_are_counted_by_kind_and_state(world: World, as_viewer: Actor, as_agent: Actor) -> None:
    await complete(as_agent, await world.claimed())
    for _ in range(2):
        await world.task(kind="ci")
    assert await as_viewer.call("task_counts", project_id=world.project) == [
        {"kind": "ci", "state": "pending", "count": 2, "more": False},
        {"kind": KIND[0], "state": "completed", "count": 1, "more": False},
    ]
    await world.owner.fetch(
        "insert into public.tasks (id, project_id, lane_id, kind, title)"
        " select gen_random_uuid(), t.project_id, t.lane_id, t.kind, 'x' from public.tasks t,"
        " generate_series(1, 600) where t.kind = 'ci'"
    )
    counts = await as_viewer.call("task_counts", project_id=world.project)
    assert counts[0] == {"kind": "ci", "state": "pending", "count": 1000, "more": True}
