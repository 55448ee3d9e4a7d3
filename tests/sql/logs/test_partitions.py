"""Monthly partitions of the logs: made ahead, never in the way of a line, dropped whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sql.logs.lines import log, read
from tests.support.world import Actor, World, refused

_PARTITIONS = """
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
 where i.inhparent = 'public.task_logs'::regclass order by 1
"""


def first_of(ahead: int) -> datetime:
    """The first moment of the month so many months from now."""
    now = datetime.now(UTC)
    months = now.year * 12 + now.month - 1 + ahead
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def name_of(ahead: int) -> str:
    """The partition of the month so many months from now."""
    return f"task_logs_{first_of(ahead):%Y%m}"


async def add(world: World, ahead: int) -> None:
    """A partition for that month, as the job made it at its time."""
    owner = await world.owner.connection()
    await owner.execute(
        f"create table private.{name_of(ahead)} (like public.task_logs including all);"
        f" alter table public.task_logs attach partition private.{name_of(ahead)}"
        f" for values from ('{first_of(ahead)}') to ('{first_of(ahead + 1)}')"
    )


async def partitions(world: World) -> list[str]:
    return [row[0] for row in await world.owner.fetch(_PARTITIONS)]


async def keep(world: World, days: int = 90) -> int:
    return await world.worker.call("private.keep_log_partitions", days=days)


async def in_default(world: World) -> int:
    return await world.owner.value("select count(*) from private.task_logs_default")


@pytest.fixture
async def held(world: World) -> Any:
    return await world.claimed()


AHEAD = [name_of(0), name_of(1), name_of(2), "task_logs_default"]


async def test_this_month_and_the_next_two_have_a_partition(
    world: World, as_agent: Actor, held: Any, as_viewer: Actor
) -> None:
    assert await keep(world) == 3
    assert await partitions(world) == AHEAD
    await log(as_agent, held, "line")
    assert await in_default(world) == 0
    assert await read(as_viewer, held) == ["line"]
    assert await keep(world) == 0


async def test_a_line_without_a_partition_is_kept_and_its_month_made_of_it(
    world: World, as_agent: Actor, held: Any, as_viewer: Actor
) -> None:
    await log(as_agent, held, "before")
    assert await in_default(world) == 1
    assert await keep(world) == 3
    await log(as_agent, held, "after")
    assert await in_default(world) == 0
    assert await read(as_viewer, held) == ["before", "after"]
    assert await partitions(world) == AHEAD


async def test_months_without_a_worker_become_one_partition(
    world: World, as_agent: Actor, held: Any, as_viewer: Actor
) -> None:
    await add(world, -7)
    await log(as_agent, held, "late")
    assert await keep(world, days=3650) == 3
    assert await in_default(world) == 0
    assert await read(as_viewer, held) == ["late"]
    assert await partitions(world) == [name_of(-7), *AHEAD]


async def test_only_a_whole_month_that_is_too_old_is_dropped(
    world: World, as_agent: Actor, held: Any, as_viewer: Actor
) -> None:
    await add(world, -3)
    await add(world, -1)
    await keep(world, days=3650)
    await log(as_agent, held, "new")
    # The last line of the month before is younger than today's date in days.
    assert await keep(world, days=max(31, datetime.now(UTC).day)) == 1
    assert await partitions(world) == [name_of(-1), *AHEAD]
    assert await read(as_viewer, held) == ["new"]


async def test_partitions_are_nobodys_to_read(world: World, as_admin: Actor, as_agent: Actor) -> None:
    await keep(world)
    for actor in (as_admin, as_agent, world.login, world.worker):
        for name in (name_of(0), "task_logs_default"):
            with refused("42501"):
                await actor.fetch(f"select * from private.{name}")
    opened = await world.owner.fetch(
        "select relname from pg_class where relname like 'task\\_logs\\_%' and relkind = 'r'"
        " and not (relrowsecurity and relforcerowsecurity)"
    )
    assert opened == []


async def test_the_job_lets_those_go_first_who_read(world: World) -> None:
    reader = await world.database.connect()
    async with reader.transaction():
        await reader.execute("select * from public.task_logs")
        with refused("55P03"):
            await keep(world)
    assert await keep(world) == 3
