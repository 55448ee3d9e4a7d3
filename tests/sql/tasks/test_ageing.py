"""Ageing: where a project asks for it, what has waited long is claimed before what is more urgent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sql.acting import KIND, fail, stored_task
from tests.support.world import Actor, World, refused

HOUR = 3600


async def waited(world: World, hours: float, priority: int = 4) -> Any:
    """A task that has waited so long."""
    since = datetime.now(UTC) - timedelta(hours=hours, minutes=1)
    return await world.task(priority=priority, run_at=since.isoformat())


async def with_ageing(world: World, seconds: int | None = HOUR) -> None:
    await world.supervisor.call(
        "configure_project",
        project_id=world.project,
        default_priority=3,
        default_max_retries=3,
        ageing_seconds=seconds,
    )


async def let_age(world: World) -> None:
    while await world.worker.call("private.age_tasks"):
        pass


@pytest.mark.parametrize(
    ("priority", "hours", "level"),
    [(4, 0, 4), (4, 1, 3), (4, 2, 2), (4, 3, 1), (4, 99, 1), (3, 1, 3), (3, 2, 2), (3, 3, 1), (2, 3, 1)],
)
async def test_a_task_rises_as_it_waits(world: World, priority: int, hours: int, level: int) -> None:
    await with_ageing(world)
    task = await waited(world, hours, priority)
    await let_age(world)
    stored = await stored_task(world, task)
    assert (stored["queue_priority"], stored["priority"]) == (level, priority)


async def test_what_has_waited_long_is_claimed_first(world: World, as_agent: Actor) -> None:
    await with_ageing(world)
    urgent, old = await waited(world, 0, priority=1), await waited(world, 3)
    await let_age(world)
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=2)
    assert [task["id"] for task in claimed] == [old["id"], urgent["id"]]
    assert claimed[0]["priority"] == "LOW"


async def test_without_ageing_nothing_rises(world: World) -> None:
    task = await waited(world, 99)
    await let_age(world)
    assert (await stored_task(world, task))["queue_priority"] == 4
    await with_ageing(world)
    await with_ageing(world, None)
    await let_age(world)
    assert (await stored_task(world, task))["queue_priority"] == 4


async def test_a_retry_waits_anew(world: World, as_agent: Actor) -> None:
    await with_ageing(world)
    await waited(world, 3)
    await let_age(world)
    (task,) = await as_agent.call("claim_tasks", kinds=KIND)
    await fail(as_agent, task)
    await let_age(world)
    assert (await stored_task(world, task))["queue_priority"] == 4


async def test_what_is_not_due_does_not_age(world: World) -> None:
    await with_ageing(world)
    later = await world.task(run_at="2199-01-01T00:00:00Z", priority=4)
    await let_age(world)
    assert (await stored_task(world, later))["queue_priority"] == 4


async def test_ageing_is_kept_within_bounds(world: World) -> None:
    for seconds in (0, 59, 2_592_001):
        with refused("23514"):
            await with_ageing(world, seconds)
