"""How many tasks requests create in a project in a minute: counted one by one, where a project says so."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.support.world import Actor, World, refused

MOST = 40


async def limit(
    world: World, most: int | None, *, project: UUID | None = None, by: Actor | None = None
) -> Any:
    """Let requests create so many tasks in a minute; 0: any number."""
    return await (by or world.supervisor).call(
        "configure_project",
        project_id=project or world.project,
        default_priority=3,
        default_max_retries=3,
        creations_per_minute=most,
    )


async def create(world: World, count: int = 1, *, by: Actor | None = None, **fields: Any) -> Any:
    """So many tasks in one list."""
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review", **fields}
    return await (by or world.supervisor).call("create_tasks", items=[item] * count)


async def pass_seconds(world: World, seconds: float) -> None:
    """Let the allowance come back, as time would."""
    await world.owner.fetch(
        "update private.rate_limits set full_at = full_at - make_interval(secs => $1)", float(seconds)
    )


async def made(world: World) -> int:
    return await world.owner.value("select count(*) from public.tasks")


async def test_a_project_takes_so_many_in_a_minute_and_a_list_counts_each(world: World) -> None:
    assert (await limit(world, MOST))["creations_per_minute"] == MOST
    await create(world, MOST - 5)
    with refused("PT429", "creation_rate_exceeded"):
        await create(world, 20)
    await create(world, 5)
    with refused("PT429", "creation_rate_exceeded"):
        await create(world, 15)
    assert await made(world) == MOST


async def test_what_time_gives_back_may_be_created(world: World) -> None:
    await limit(world, MOST)
    await create(world, MOST)
    await pass_seconds(world, 30)
    await create(world, MOST // 2)
    with refused("PT429", "creation_rate_exceeded"):
        await create(world, 15)
    await pass_seconds(world, 3600)
    await create(world, MOST)
    with refused("PT429", "creation_rate_exceeded"):
        await create(world, 15)


async def test_what_is_refused_takes_nothing_and_makes_nothing(world: World) -> None:
    await limit(world, MOST)
    await create(world, MOST // 2)
    before = await world.owner.value("select max(full_at) from private.rate_limits")
    with refused("PT429", "creation_rate_exceeded"):
        await create(world, MOST)
    with pytest.raises(asyncpg.CheckViolationError):
        await create(world, title="")
    assert await world.owner.value("select max(full_at) from private.rate_limits") == before
    assert await made(world) == MOST // 2


async def test_a_list_that_never_fits_is_refused_for_good(world: World) -> None:
    await limit(world, MOST)
    with refused("PT422", "creation_too_large"):
        await create(world, MOST + 1)
    await create(world, MOST)


async def test_creators_at_once_never_make_more_than_the_allowance(world: World) -> None:
    await limit(world, MOST)
    creators = [world.supervisor.twin() for _ in range(32)]

    async def run(creator: Actor) -> int:
        done = 0
        for _ in range(4):
            try:
                await create(world, by=creator)
                done += 1
            except asyncpg.PostgresError as exc:
                if exc.sqlstate != "PT429":
                    raise
        return done

    begun = await world.owner.value("select clock_timestamp()")
    done = sum(await asyncio.gather(*map(run, creators)))
    seconds = await world.owner.value("select extract(epoch from clock_timestamp() - $1)::float8", begun)
    assert done == await made(world)
    assert MOST <= done <= MOST + seconds * MOST / 60


async def test_lists_for_the_same_projects_never_wait_in_a_circle(world: World) -> None:
    other = UUID((await world.supervisor.call("create_project", name="other"))["id"])
    for project in (world.project, other):
        await limit(world, 1000, project=project)
    items = [
        {"project_id": str(project), "kind": "lint", "title": "Lint"} for project in (world.project, other)
    ]

    async def run(creator: Actor, mine: list[dict[str, str]]) -> None:
        for _ in range(10):
            await creator.call("create_tasks", items=mine)

    await asyncio.gather(*(run(world.supervisor.twin(), items if nr % 2 else items[::-1]) for nr in range(8)))
    assert await made(world) == 160


async def test_a_project_without_a_limit_is_not_counted(world: World, as_stranger: Actor) -> None:
    await create(world, 100)
    assert await world.owner.value("select count(*) from private.rate_limits") == 0
    await limit(world, MOST)
    await create(world, MOST)
    theirs = {"project_id": str(world.stranger_project), "kind": "lint", "title": "Lint"}
    assert len(await as_stranger.call("create_tasks", items=[theirs] * 100)) == 100
    assert (await limit(world, None))["creations_per_minute"] == MOST
    assert (await limit(world, 0))["creations_per_minute"] is None
    await create(world, 100)


async def test_successors_and_runs_that_are_asked_for_count(world: World, as_agent: Actor) -> None:
    task = await create(world)
    (held,) = await as_agent.call("claim_tasks", kinds=["code_review"], limit=1)
    schedule = await world.supervisor.call(
        "create_schedule",
        project_id=world.project,
        schedule={"name": "night", "cron": "0 3 * * *", "task": {"kind": "lint", "title": "Lint"}},
    )
    await limit(world, 3)
    item = {"kind": "lint", "title": "Next"}
    under = {"task_id": UUID(task["id"]), "lease_token": held["lease_token"]}
    first = await as_agent.call("create_successor", **under, item=item, key="one")
    await world.supervisor.call("run_schedule", schedule_id=UUID(schedule["id"]))
    await world.supervisor.call("create_successor", task_id=UUID(task["id"]), item=item)
    with refused("PT429", "creation_rate_exceeded"):
        await as_agent.call("create_successor", **under, item=item, key="two")
    with refused("PT429", "creation_rate_exceeded"):
        await world.supervisor.call("run_schedule", schedule_id=UUID(schedule["id"]))
    assert await as_agent.call("create_successor", **under, item=item, key="one") == first
    assert await made(world) == 4


async def test_retries_and_the_times_of_schedules_do_not_count(world: World, as_agent: Actor) -> None:
    await world.supervisor.call(
        "create_schedule",
        project_id=world.project,
        schedule={"name": "night", "cron": "0 3 * * *", "task": {"kind": "lint", "title": "Lint"}},
    )
    await limit(world, 1)
    await create(world)
    (held,) = await as_agent.call("claim_tasks", kinds=["code_review"], limit=1)
    failure = {
        "task_id": held["id"],
        "lease_token": held["lease_token"],
        "error": {"code": "x", "message": "x"},
    }
    (answer,) = await as_agent.call("fail_tasks", items=[failure])
    assert answer["state"] == "pending"
    due = await world.worker.call("private.due_schedules")
    fired = await world.worker.call(
        "private.fire_schedule",
        id=UUID(due["id"]),
        version=due["version"],
        seen=None,
        scheduled_for=await world.owner.value("select now()"),
        next=None,
    )
    assert fired == "created"


async def test_who_may_not_create_learns_nothing_of_the_rate(
    world: World, as_viewer: Actor, as_stranger: Actor
) -> None:
    await limit(world, 1)
    await create(world)
    with refused("PT403", "role_required"):
        await create(world, by=as_viewer)
    with refused("PT404", "project_not_found"):
        await create(world, by=as_stranger)
    with refused("PT403", "role_required"):
        await limit(world, 0, by=as_viewer)


@pytest.mark.parametrize("most", [-1, 100_001])
async def test_a_rate_has_bounds(world: World, most: int) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="projects_creations_range"):
        await limit(world, most)
