"""Firing: once for each instant whoever asks, what overlaps, what was missed, what cannot be created."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.sql.acting import blocked, complete, events, promptly
from tests.sql.schedules.acting import HOUR, REPORT, due, fire, fired, runs, schedule, stored, tasks
from tests.support.world import Actor, World

REVIEW = {**REPORT, "kind": "code_review"}


async def test_a_schedule_without_a_next_run_is_planned_first(world: World) -> None:
    made = await schedule(world)
    told = await world.worker.call("private.due_schedules")
    assert (told["id"], told["next_run_at"], told["cron"]) == (made["id"], None, "0 3 * * *")
    assert told["read_at"] >= told["planned_from"] == made["created_at"]
    assert await fire(world, made, None) == "planned"
    assert await world.worker.call("private.due_schedules") == []
    assert (await stored(world, made))["next_run_at"] is not None
    assert (await runs(world, made), await tasks(world)) == ([], [])


async def test_what_is_due_is_fired_and_planned_in_one(world: World) -> None:
    made = await schedule(world)
    at = await due(world, made)
    assert await fire(world, made, at) == "created"
    row = await stored(world, made)
    assert datetime.fromisoformat(row["next_run_at"]) == at + HOUR
    assert (datetime.fromisoformat(row["last_run_at"]), row["last_outcome"]) == (at, "created")
    assert row["version"] == made["version"]
    (task,) = await tasks(world)
    told = await world.owner.value("select data from public.events where type = 'schedule.fired'")
    assert (told["task_id"], told["name"]) == (task["id"], "nightly")
    actor = await world.owner.value("select actor_kind from public.events where type = 'schedule.fired'")
    assert actor == "system"


async def test_two_workers_that_fire_at_once_make_one_run(world: World) -> None:
    made = await schedule(world)
    at = await due(world, made)
    workers = [world.worker.twin() for _ in range(8)]
    seen = {"id": UUID(made["id"]), "version": made["version"], "seen": at}
    firing = {**seen, "scheduled_for": at, "next": at + HOUR}
    told = await asyncio.gather(*(worker.call("private.fire_schedule", **firing) for worker in workers))
    assert sorted(told) == ["created", *["stale"] * 7]
    assert (await runs(world, made), len(await tasks(world))) == (["created"], 1)


async def test_an_instant_that_ran_does_not_run_again_whatever_moved_the_next_run(world: World) -> None:
    made = await schedule(world)
    at = await due(world, made)
    assert await fire(world, made, at) == "created"
    await world.owner.fetch("update public.schedules set next_run_at = $1", at)
    try:
        told = await fire(world, made, at)
    except Exception as exc:  # noqa: BLE001 - the constraint behind it would hold, but keep the schedule from going on
        told = type(exc).__name__
    assert told == "ran_before"
    assert datetime.fromisoformat((await stored(world, made))["next_run_at"]) == at + HOUR
    assert (await runs(world, made), len(await tasks(world))) == (["created"], 1)


@pytest.mark.parametrize("meanwhile", ["pause_schedule", "update_schedule"])
async def test_a_worker_that_read_a_schedule_before_it_changed_does_nothing(
    world: World, meanwhile: str
) -> None:
    made = await schedule(world)
    at = await due(world, made)
    changes = {"changes": {"task": {**REPORT, "title": "New"}}} if meanwhile == "update_schedule" else {}
    changed = await world.supervisor.call(meanwhile, schedule_id=UUID(made["id"]), **changes)
    assert await fire(world, made, at, version=made["version"]) == "stale"
    assert await stored(world, made) == changed
    assert await tasks(world) == []


async def test_a_worker_that_dies_in_the_middle_has_done_nothing(world: World) -> None:
    made = await schedule(world)
    at = await due(world, made)
    dying, twin = await world.database.connect("devos_worker"), world.worker.twin()
    await dying.execute("begin")
    arguments = (UUID(made["id"]), made["version"], at, at, at + HOUR)
    assert await dying.fetchval("select private.fire_schedule($1, $2, $3, $4, $5)", *arguments) == "created"
    second = asyncio.create_task(fire(world, made, at, by=twin, seen=at))
    await blocked(world.database)
    dying.terminate()
    assert await promptly(second) == "created"
    assert (await runs(world, made), len(await tasks(world))) == (["created"], 1)


async def test_a_run_is_skipped_while_the_one_before_has_not_ended(world: World, as_agent: Actor) -> None:
    made = await schedule(world, overlap="skip", task=REVIEW)
    assert await fired(world, made) == "created"
    assert await fired(world, made) == "skipped"
    (claimed,) = await as_agent.call("claim_tasks", kinds=["code_review"], limit=1)
    assert await fired(world, made) == "skipped"
    await complete(as_agent, claimed)
    assert await fired(world, made) == "created"
    assert await runs(world, made) == ["created", "skipped", "skipped", "created"]
    (skipped, _) = await world.owner.fetch("select data from public.events where type = 'schedule.skipped'")
    assert claimed["id"] in skipped["data"]["reason"]
    open_runs = "select count(*) from public.schedule_runs where is_open"
    assert await world.owner.value(open_runs) == 1


async def test_runs_queue_up_if_they_may(world: World) -> None:
    made = await schedule(world, overlap="queue")
    assert [await fired(world, made) for _ in range(3)] == ["created"] * 3
    assert [task["state"] for task in await tasks(world)] == ["pending"] * 3


async def test_a_run_takes_the_place_of_those_before_it(world: World, as_agent: Actor) -> None:
    made = await schedule(world, overlap="queue", task=REVIEW)
    await fired(world, made)
    (claimed,) = await as_agent.call("claim_tasks", kinds=["code_review"], limit=1)
    await fired(world, made)
    changes = {"overlap": "cancel_previous"}
    await world.supervisor.call("update_schedule", schedule_id=UUID(made["id"]), changes=changes)
    assert await fired(world, made) == "created"
    running, waiting, last = await tasks(world)
    assert (running["id"], running["state"]) == (claimed["id"], "running")
    assert running["cancel_requested_at"] is not None
    assert (waiting["state"], last["state"]) == ("cancelled", "pending")
    assert await events(world, waiting["id"]) == ["task.created", "task.cancelled"]


async def test_what_was_missed_is_told_and_does_not_run(world: World) -> None:
    made = await schedule(world)
    first = await due(world, made, timedelta(hours=5))
    assert await fire(world, made, None) == "missed"
    row = await stored(world, made)
    assert (row["last_outcome"], row["last_run_at"]) == ("missed", None)
    assert datetime.fromisoformat(row["next_run_at"]) == first + HOUR
    run = await world.supervisor.call("list_schedule_runs", schedule_id=UUID(made["id"]))
    assert (run["outcome"], datetime.fromisoformat(run["scheduled_for"])) == ("missed", first)
    assert datetime.fromisoformat(run["missed_until"]) > first
    assert await tasks(world) == []
    assert (await events(world, made["id"]))[-1] == "schedule.missed"


async def test_one_run_after_a_gap_tells_what_was_missed_before_it(world: World) -> None:
    made = await schedule(world)
    first = await due(world, made, timedelta(hours=5))
    assert await fire(world, made, first + 4 * HOUR) == "created"
    assert await runs(world, made) == ["missed", "created"]
    assert len(await tasks(world)) == 1


async def test_a_run_that_cannot_be_created_fails_and_five_pause_the_schedule(world: World) -> None:
    made = await schedule(world)
    for number in range(1, 6):
        assert await fired(world, made, refused="input_invalid: /day: too late") == "failed"
        row = await stored(world, made)
        assert (row["failures"], row["is_paused"]) == (number, number == 5)
    assert (row["next_run_at"], row["last_outcome"]) == (None, "failed")
    told = await events(world, made["id"])
    assert told == ["schedule.created", *["schedule.failed"] * 5, "schedule.paused"]
    reasons = await world.owner.fetch(
        "select data ->> 'reason' from public.events where type like 'schedule.%ed'"
    )
    assert reasons[-1][0] == "input_invalid: /day: too late"
    resumed = await world.supervisor.call("resume_schedule", schedule_id=UUID(made["id"]))
    assert resumed["failures"] == 0


async def test_a_run_that_works_forgets_the_failures_before_it(world: World) -> None:
    made = await schedule(world)
    await fired(world, made, refused="unknown_kind: x")
    assert await fired(world, made) == "created"
    assert (await stored(world, made))["failures"] == 0


async def test_a_schedule_that_has_no_next_run_is_paused_at_once(world: World) -> None:
    made = await schedule(world)
    assert await fire(world, made, None, next=None, refused="There is no time zone X.") == "failed"
    assert (await stored(world, made))["is_paused"]


async def test_the_plan_of_what_is_due_reads_an_index(world: World) -> None:
    await world.owner.fetch(
        "insert into public.schedules (id, project_id, name, cron, task, next_run_at)"
        " select gen_random_uuid(), $1, n::text, '0 0 * * *', $2, now() + n * interval '1 hour'"
        "   from generate_series(1, 3000) n",
        world.project,
        REPORT,
    )
    await world.owner.fetch("analyze public.schedules")
    text = await world.owner.value("select pg_get_functiondef('private.due_schedules'::regproc)")
    query = text.partition("AS $function$")[2].rpartition("$function$")[0].replace("p_limit", "50")
    plan: list[Any] = await world.owner.fetch(f"explain {query}")
    assert "schedules_due_idx" in "\n".join(row[0] for row in plan)
