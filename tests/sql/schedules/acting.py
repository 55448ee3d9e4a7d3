"""What the tests of schedules do, in one line each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.support.world import Actor, World

REPORT = {"kind": "report", "title": "Nightly report", "input": {"day": "today"}}
HOUR = timedelta(hours=1)
OLD_RUNS = """
insert into public.schedule_runs
    (id, project_id, schedule_id, scheduled_for, outcome, is_manual, is_open, created_at)
select private.id_at((extract(epoch from at) * 1000000)::bigint, gen_random_uuid()), s.project_id, s.id, at,
       'skipped', false, false, at
  from public.schedules s, generate_series(1, $2) nr,
       lateral (select now() - make_interval(days => $3, mins => nr)) t (at)
 where s.id = $1
"""
"""So many runs of a schedule, a minute apart, all of them older than so many days."""


async def schedule(
    world: World, *, by: Actor | None = None, project: UUID | None = None, **fields: Any
) -> Any:
    """A new schedule of the project."""
    said = {"name": "nightly", "cron": "0 3 * * *", "time_zone": "Europe/Berlin", "task": REPORT, **fields}
    return await (by or world.supervisor).call(
        "create_schedule", project_id=project or world.project, schedule=said
    )


async def due(world: World, made: Any, ago: timedelta = timedelta(seconds=1)) -> datetime:
    """Let the next run of a schedule have come, as time would; the instant."""
    return await world.owner.value(
        "update public.schedules set next_run_at = statement_timestamp() - $2::interval where id = $1"
        " returning next_run_at",
        UUID(made["id"]),
        ago,
    )


async def fire(world: World, made: Any, at: datetime | None, **fields: Any) -> str:
    """Fire a schedule as a worker would that has just read it."""
    row = await stored(world, made)
    seen = None if row["next_run_at"] is None else datetime.fromisoformat(row["next_run_at"])
    return await (fields.pop("by", None) or world.worker).call(
        "private.fire_schedule",
        **{
            "id": UUID(made["id"]),
            "version": row["version"],
            "seen": seen,
            "scheduled_for": at,
            "next": (at or seen or datetime.fromisoformat(row["created_at"])) + HOUR,
            **fields,
        },
    )


async def fired(world: World, made: Any, **fields: Any) -> str:
    """Let its next run come, and fire that."""
    return await fire(world, made, await due(world, made), **fields)


async def stored(world: World, made: Any) -> Any:
    """The row of a schedule as it is committed."""
    return await world.owner.value(
        "select to_jsonb(s) from public.schedules s where s.id = $1", UUID(made["id"])
    )


async def runs(world: World, made: Any) -> list[str]:
    """What became of its instants, in the order they were looked at."""
    rows = await world.owner.fetch(
        "select outcome from public.schedule_runs where schedule_id = $1 order by id", UUID(made["id"])
    )
    return [row[0] for row in rows]


async def tasks(world: World) -> list[Any]:
    """All tasks of both projects, oldest first."""
    rows = await world.owner.fetch("select to_jsonb(t) as task from public.tasks t order by t.id")
    return [row["task"] for row in rows]
