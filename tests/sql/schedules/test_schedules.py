"""Schedules as people keep them: made, changed, paused, run by hand, forgotten."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import events
from tests.sql.schedules.acting import REPORT, due, fire, fired, runs, schedule, stored, tasks
from tests.support.world import Actor, World, refused

FULL = {
    **REPORT,
    "description": "All of it",
    "priority": "HIGH",
    "required_capabilities": ["python"],
    "max_retries": 1,
    "retry_policy": {"base_seconds": 7, "cap_seconds": 70},
    "tags": ["nightly"],
    "timeout_seconds": 600,
    "resource_requirements": {"memory_mb": 512},
    "expected_artifacts": [{"name": "report.html"}],
    "acceptance": ["It is short."],
}


async def test_a_schedule_is_made_read_and_listed(world: World, as_viewer: Actor) -> None:
    made = await schedule(world)
    assert (made["missed_runs"], made["overlap"], made["is_paused"]) == ("run_once", "skip", False)
    assert (made["next_run_at"], made["planned_from"]) == (None, made["created_at"])
    assert await as_viewer.call("read_schedule", schedule_id=UUID(made["id"])) == made
    other = await schedule(world, name="weekly")
    assert await as_viewer.call("list_schedules") == [made, other]
    assert await as_viewer.call("list_schedules", project_id=world.project, limit=1) == made
    assert await events(world, made["id"]) == ["schedule.created"]


async def test_a_stranger_cannot_tell_that_a_schedule_exists(world: World, as_stranger: Actor) -> None:
    made = await schedule(world)
    assert await as_stranger.call("list_schedules") == []
    for id_ in (UUID(made["id"]), uuid4()):
        for verb in ("read", "pause", "resume", "delete", "run"):
            with refused("PT404", "schedule_not_found"):
                await as_stranger.call(f"{verb}_schedule", schedule_id=id_)
        with refused("PT404", "schedule_not_found"):
            await as_stranger.call("update_schedule", schedule_id=id_, changes={"name": "mine"})
        with refused("PT404", "schedule_not_found"):
            await as_stranger.call("list_schedule_runs", schedule_id=id_)
    with refused("PT404", "project_not_found"):
        await schedule(world, by=as_stranger)
    assert (await stored(world, made))["version"] == 1


async def test_a_viewer_reads_schedules_and_changes_none(world: World, as_viewer: Actor) -> None:
    made = await schedule(world)
    for verb in ("pause", "resume", "delete", "run"):
        with refused("PT403", "role_required"):
            await as_viewer.call(f"{verb}_schedule", schedule_id=UUID(made["id"]))
    with refused("PT403", "role_required"):
        await schedule(world, by=as_viewer)


async def test_a_schedule_is_changed_by_version(world: World, as_supervisor: Actor) -> None:
    made = await schedule(world)
    id_ = UUID(made["id"])
    edited = await as_supervisor.call("update_schedule", schedule_id=id_, changes={"name": "late"}, version=1)
    assert (edited["name"], edited["version"], edited["cron"]) == ("late", 2, "0 3 * * *")
    with refused("PT412", "version_changed"):
        await as_supervisor.call("update_schedule", schedule_id=id_, changes={"name": "old"}, version=1)
    assert await events(world, made["id"]) == ["schedule.created", "schedule.updated"]


async def test_other_times_are_planned_anew_and_other_work_is_not(world: World, as_supervisor: Actor) -> None:
    made = await schedule(world)
    at = await due(world, made)
    for changes in ({"task": FULL}, {"overlap": "queue"}, {"cron": made["cron"]}):
        await as_supervisor.call("update_schedule", schedule_id=UUID(made["id"]), changes=changes)
        row = await stored(world, made)
        assert datetime.fromisoformat(row["next_run_at"]) == at
    for changes in ({"cron": "0 4 * * *"}, {"time_zone": "UTC"}):
        await due(world, made)
        row = await as_supervisor.call("update_schedule", schedule_id=UUID(made["id"]), changes=changes)
        assert (row["next_run_at"], row["planned_from"]) == (None, row["updated_at"])


async def test_a_paused_schedule_is_not_due_and_misses_nothing(world: World, as_supervisor: Actor) -> None:
    made = await schedule(world)
    id_ = UUID(made["id"])
    await due(world, made)
    paused = await as_supervisor.call("pause_schedule", schedule_id=id_)
    assert (paused["is_paused"], paused["next_run_at"]) == (True, None)
    assert await as_supervisor.call("pause_schedule", schedule_id=id_) == paused
    assert await world.worker.call("private.due_schedules") == []
    resumed = await as_supervisor.call("resume_schedule", schedule_id=id_)
    assert (resumed["is_paused"], resumed["next_run_at"]) == (False, None)
    assert resumed["planned_from"] == resumed["updated_at"]
    assert await as_supervisor.call("resume_schedule", schedule_id=id_) == resumed
    assert (await world.worker.call("private.due_schedules"))["id"] == made["id"]
    told = await events(world, made["id"])
    assert told == ["schedule.created", "schedule.paused", "schedule.resumed"]


async def test_run_now_makes_a_task_and_leaves_the_times_alone(world: World, as_supervisor: Actor) -> None:
    made = await schedule(world, task=FULL)
    await fired(world, made)
    await due(world, made)
    before = await stored(world, made)
    run = await as_supervisor.call("run_schedule", schedule_id=UUID(made["id"]))
    assert (run["outcome"], run["is_manual"]) == ("created", True)
    after = await stored(world, made)
    assert (after["next_run_at"], after["version"]) == (before["next_run_at"], before["version"])
    await as_supervisor.call("pause_schedule", schedule_id=UUID(made["id"]))
    await as_supervisor.call("run_schedule", schedule_id=UUID(made["id"]))
    assert (await stored(world, made))["is_paused"]
    assert len(await tasks(world)) == 3


async def test_a_task_gets_all_that_its_schedule_says(world: World) -> None:
    made = await schedule(world, task=FULL)
    assert await fired(world, made) == "created"
    (task,) = await tasks(world)
    plain = ("kind", "title", "description", "input", "max_retries", "tags", "timeout_seconds", "acceptance")
    for name in (*plain, "required_capabilities", "resource_requirements", "expected_artifacts"):
        assert task[name] == FULL[name], name
    assert (task["priority"], task["retry_base_seconds"], task["retry_cap_seconds"]) == (2, 7, 70)
    assert task["project_id"] == str(world.project)


async def test_a_kind_gives_what_a_schedule_does_not_say(world: World, as_supervisor: Actor) -> None:
    defaults = {"defaults": {"priority": "LOW", "timeout_seconds": 60}}
    await as_supervisor.call("set_kind", project_id=world.project, name="report", kind=defaults)
    await fired(world, await schedule(world))
    (task,) = await tasks(world)
    assert (task["priority"], task["timeout_seconds"]) == (4, 60)


async def test_what_could_not_be_created_is_no_schedule(world: World, as_supervisor: Actor) -> None:
    theirs = await world.stranger.call(
        "create_tasks", items=[{"project_id": str(world.stranger_project), "kind": "x", "title": "x"}]
    )
    with refused("PT404", "task_not_found"):
        await schedule(world, task={**REPORT, "related_task_ids": [theirs["id"]]})
    with refused("PT422", "agent_not_suitable"):
        await schedule(world, task={**REPORT, "assigned_agent_id": str(world.stranger_agent.id)})
    made = await schedule(world)
    with refused("PT422", "agent_not_suitable"):
        changes = {"task": {**REPORT, "assigned_agent_id": str(world.stranger_agent.id)}}
        await as_supervisor.call("update_schedule", schedule_id=UUID(made["id"]), changes=changes)
    config = {"project_id": world.project, "default_priority": 3, "default_max_retries": 3}
    await as_supervisor.call("configure_project", **config, unknown_kinds="refuse")
    with refused("PT422", "unknown_kind"):
        await schedule(world, name="other")


@pytest.mark.parametrize(
    "wrong", [{"title": "x"}, {**REPORT, "run_at": "now"}, {**REPORT, "parent_task_id": None}]
)
async def test_the_task_of_a_schedule_has_fields_of_a_task(world: World, wrong: dict[str, Any]) -> None:
    with refused("23514"):
        await schedule(world, task=wrong)


async def test_a_project_has_a_hundred_schedules_at_the_most(world: World) -> None:
    await world.owner.fetch(
        "insert into public.schedules (id, project_id, name, cron, task)"
        " select gen_random_uuid(), $1, n::text, '0 0 * * *', $2 from generate_series(1, 99) n",
        world.project,
        REPORT,
    )
    twin = world.supervisor.twin()
    both = await asyncio.gather(
        schedule(world, name="one"), schedule(world, name="two", by=twin), return_exceptions=True
    )
    assert sorted(getattr(one, "detail", "made") for one in both) == ["made", "too_many_schedules"]


async def test_a_schedule_that_goes_leaves_its_tasks(world: World, as_supervisor: Actor) -> None:
    made = await schedule(world)
    await fired(world, made)
    await as_supervisor.call("delete_schedule", schedule_id=UUID(made["id"]))
    assert await runs(world, made) == []
    (task,) = await tasks(world)
    assert task["state"] == "pending"
    with refused("PT404", "task_not_scheduled"):
        await as_supervisor.call("read_task_schedule", task_id=UUID(task["id"]))


async def test_a_task_that_goes_leaves_its_run(world: World, as_supervisor: Actor) -> None:
    made = await schedule(world)
    await fired(world, made)
    (task,) = await tasks(world)
    await as_supervisor.call("delete_task", task_id=UUID(task["id"]))
    run = await as_supervisor.call("list_schedule_runs", schedule_id=UUID(made["id"]))
    assert (run["outcome"], run["task_id"]) == ("created", None)
    assert await fired(world, made) == "created"


async def test_a_task_tells_its_schedule_and_its_instant(
    world: World, as_viewer: Actor, as_agent: Actor, as_other_agent: Actor, as_stranger: Actor
) -> None:
    made = await schedule(world, task={**REPORT, "kind": "code_review"})
    at = await due(world, made)
    await fire(world, made, at)
    (claimed,) = await as_agent.call("claim_tasks", kinds=["code_review"], limit=1)
    for reader in (as_viewer, as_agent):
        run = await reader.call("read_task_schedule", task_id=UUID(claimed["id"]))
        assert (run["schedule_id"], datetime.fromisoformat(run["scheduled_for"])) == (made["id"], at)
    for stranger in (as_other_agent, as_stranger):
        with refused("PT404", "task_not_found"):
            await stranger.call("read_task_schedule", task_id=UUID(claimed["id"]))
    listed = await as_viewer.call("list_schedule_runs", schedule_id=UUID(made["id"]))
    assert (listed["task_id"], listed["task_state"]) == (claimed["id"], "running")
