"""The worker fires what is due: once, after a kill too, and it tells what it could not fire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from control_plane.platform.settings import Settings
from tests.sql.schedules.acting import OLD_RUNS, REPORT, due, runs, schedule, stored, tasks
from tests.support.folders import enterable_folder
from tests.support.servers import worker_process
from tests.support.world import World
from tests.worker.conftest import at_work, eventually

SHAPED = {"input_schema": {"required": ["week"]}}


async def moved_on(world: World, made: Any, seconds: float = 10) -> Any:
    """The schedule once its next run lies ahead, or once it is paused."""

    async def look() -> Any:
        row = await stored(world, made)
        now = await world.owner.value("select statement_timestamp()")
        ahead = row["next_run_at"] is not None and datetime.fromisoformat(row["next_run_at"]) > now
        return row if ahead or row["is_paused"] else None

    return await eventually(look, seconds)


@pytest.mark.usefixtures("worker")
async def test_a_new_schedule_is_planned_by_the_clock_of_the_database(world: World) -> None:
    row = await moved_on(world, await schedule(world, cron="0 3 * * *", time_zone="Europe/Berlin"))
    local = await world.owner.value("select $1::timestamptz at time zone 'Europe/Berlin'",
                                    datetime.fromisoformat(row["next_run_at"]))  # fmt: skip
    assert (local.hour, local.minute, local.second) == (3, 0, 0)
    ahead = datetime.fromisoformat(row["next_run_at"]) - datetime.fromisoformat(row["planned_from"])
    assert timedelta(0) < ahead <= timedelta(hours=25)
    assert await runs(world, row) == []


@pytest.mark.usefixtures("worker")
async def test_a_due_schedule_makes_its_task(world: World) -> None:
    made = await schedule(world)
    await moved_on(world, made)
    at = await due(world, made)
    row = await moved_on(world, made)
    assert (datetime.fromisoformat(row["last_run_at"]), row["last_outcome"]) == (at, "created")
    (task,) = await tasks(world)
    assert (task["kind"], task["title"]) == (REPORT["kind"], REPORT["title"])


@pytest.mark.parametrize(
    ("policy", "made_up", "told"),
    [("skip", 0, ["missed"]), ("run_once", 1, ["missed", "created"]), ("run_all", 5, ["created"] * 5)],
)
async def test_what_came_while_no_worker_was_here(
    world: World, settings: Settings, policy: str, made_up: int, told: list[str]
) -> None:
    made = await schedule(world, cron="0 * * * *", missed_runs=policy, overlap="queue")
    # Five hours, the last of them more than a minute away whenever the test runs.
    now = await world.owner.value("select statement_timestamp()")
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=4)
    if now - first - timedelta(hours=4) < timedelta(minutes=2):
        await world.owner.fetch("update public.schedules set cron = '30 * * * *'")
        first -= timedelta(minutes=30)
    await world.owner.fetch("update public.schedules set next_run_at = $1", first)
    async with at_work(settings):
        await moved_on(world, made)
    assert (await runs(world, made), len(await tasks(world))) == (told, made_up)


async def test_a_worker_that_is_killed_again_and_again_fires_each_instant_once(
    world: World, settings: Settings
) -> None:
    number = 60
    made = await schedule(world, cron="* * * * *", missed_runs="run_all", overlap="queue")
    now = await world.owner.value("select date_trunc('minute', statement_timestamp())")
    first = now - timedelta(minutes=number - 1)
    await world.owner.fetch("update public.schedules set next_run_at = $1", first)
    count = "select count(*) from public.schedule_runs"
    with enterable_folder() as folder:
        for kill, after in enumerate((1, 15, 30)):
            with worker_process(settings, folder, f"worker{kill}") as worker:

                async def far(after: int = after) -> bool:
                    return await world.owner.value(count) >= after

                await eventually(far, seconds=60)
                worker.kill()
        with worker_process(settings, folder, "last"):
            row = await moved_on(world, made, seconds=60)
    rows = await world.owner.fetch("select scheduled_for, task_id from public.schedule_runs order by 1")
    instants = [row["scheduled_for"] for row in rows]
    assert instants[:number] == [first + timedelta(minutes=n) for n in range(number)]
    assert len({row["task_id"] for row in rows}) == len(rows) == len(await tasks(world))
    assert row["last_outcome"] == "created"


@pytest.mark.usefixtures("worker")
async def test_an_input_that_fits_no_more_fails_visibly_and_pauses_in_the_end(world: World) -> None:
    made = await schedule(world)
    await world.supervisor.call("set_kind", project_id=world.project, name="report", kind=SHAPED)
    for number in range(1, 6):
        await moved_on(world, made)
        await due(world, made)

        async def failed(number: int = number) -> bool:
            return (await stored(world, made))["failures"] == number

        await eventually(failed)
    assert (await stored(world, made))["is_paused"]
    run, *_ = await world.supervisor.call("list_schedule_runs", schedule_id=UUID(made["id"]))
    assert (run["outcome"], "week" in run["reason"]) == ("failed", True)
    assert await tasks(world) == []


@pytest.mark.usefixtures("worker")
async def test_what_creation_refuses_is_a_failed_run(world: World) -> None:
    made = await schedule(world)
    await moved_on(world, made)
    config = {"project_id": world.project, "default_priority": 3, "default_max_retries": 3}
    await world.supervisor.call("configure_project", **config, unknown_kinds="refuse")
    at = await due(world, made)
    row = await moved_on(world, made)
    assert (row["last_outcome"], row["failures"]) == ("failed", 1)
    run = await world.supervisor.call("list_schedule_runs", schedule_id=UUID(made["id"]))
    assert datetime.fromisoformat(run["scheduled_for"]) == at
    assert run["reason"].startswith("unknown_kind: ")


@pytest.mark.usefixtures("worker")
async def test_a_zone_that_is_gone_pauses_the_schedule_and_says_so(world: World) -> None:
    made = await schedule(world, time_zone="Europe/Atlantis")
    other = await schedule(world, name="other")
    assert (await moved_on(world, made))["is_paused"]
    assert not (await moved_on(world, other))["is_paused"]
    run = await world.supervisor.call("list_schedule_runs", schedule_id=UUID(made["id"]))
    assert (run["outcome"], "Europe/Atlantis" in run["reason"]) == ("failed", True)


async def test_two_workers_fire_each_schedule_once(world: World, settings: Settings) -> None:
    made = [await schedule(world, name=f"s{n}") for n in range(20)]
    async with at_work(settings), at_work(settings):
        for one in made:
            await moved_on(world, one)
            await due(world, one)
        for one in made:
            await moved_on(world, one)
    assert len(await tasks(world)) == 20
    assert [await runs(world, one) for one in made] == [["created"]] * 20


async def test_old_runs_are_forgotten_without_being_asked_for(world: World, settings: Settings) -> None:
    made = await schedule(world)
    await world.owner.fetch(OLD_RUNS, UUID(made["id"]), 2005, 30)
    kept = settings.model_copy(update={"schedule_run_retention_days": 20})

    async def forgotten() -> bool:
        return len(await runs(world, made)) == 1

    async with at_work(kept):
        await eventually(forgotten)
