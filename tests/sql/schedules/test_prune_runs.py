"""What became of schedules is forgotten after a time, and never what a schedule still has to know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.sql.schedules.acting import OLD_RUNS, runs, schedule
from tests.support.world import World


async def old(world: World, made: Any, count: int, days: int) -> None:
    """So many runs, a minute apart, all older than that."""
    await world.owner.fetch(OLD_RUNS, UUID(made["id"]), count, days)


async def prune(world: World, *, days: int = 90, **said: Any) -> int:
    return await world.worker.call("private.prune_schedule_runs", days=days, **said)


async def test_old_runs_are_forgotten_and_younger_ones_kept(world: World) -> None:
    made, other = await schedule(world), await schedule(world, name="weekly")
    await old(world, made, 3, 91)
    await old(world, made, 2, 89)
    await old(world, other, 1, 10)
    assert await prune(world) == 3
    assert (len(await runs(world, made)), len(await runs(world, other))) == (2, 1)
    assert await prune(world) == 0


async def test_the_last_run_of_each_schedule_is_kept_however_old(world: World) -> None:
    made, other = await schedule(world), await schedule(world, name="weekly")
    await old(world, made, 4, 200)
    await old(world, other, 2, 300)
    newest = "select max(scheduled_for) from public.schedule_runs where schedule_id = $1"
    last = await world.owner.value(newest, UUID(made["id"]))
    assert await prune(world) == 4
    assert (len(await runs(world, made)), len(await runs(world, other))) == (1, 1)
    assert await world.owner.value(newest, UUID(made["id"])) == last


async def test_the_run_of_a_task_that_has_not_ended_is_kept(world: World) -> None:
    made = await schedule(world)
    run, _ = [await world.supervisor.call("run_schedule", schedule_id=UUID(made["id"])) for _ in range(2)]
    await world.owner.fetch(
        "update public.schedule_runs set id = private.first_id_at(now() - interval '1 year') where id = $1",
        UUID(run["id"]),
    )
    assert await prune(world) == 0
    await world.supervisor.call("cancel_task", task_id=UUID(run["task_id"]))
    assert await prune(world) == 1


async def test_runs_go_in_batches(world: World) -> None:
    made = await schedule(world)
    await old(world, made, 8, 100)
    assert [await prune(world, limit=3) for _ in range(4)] == [3, 3, 1, 0]


async def test_a_span_of_no_days_forgets_no_run_of_today(world: World) -> None:
    made = await schedule(world)
    await old(world, made, 3, 0)
    for days in (0, -5):
        assert await prune(world, days=days) == 0


async def test_few_are_read_to_forget_a_few(world: World) -> None:
    made = await schedule(world)
    await old(world, made, 5000, 1)
    await old(world, made, 5, 100)
    connection = await world.owner.connection()
    await connection.execute("analyze public.schedule_runs")
    count = "select pg_stat_get_xact_tuples_returned('public.schedule_runs'::regclass)"
    async with connection.transaction():
        before = await connection.fetchval(count)
        assert await connection.fetchval("select private.prune_schedule_runs(90)") == 5
        assert await connection.fetchval(count) == before, "the table was read from end to end"
