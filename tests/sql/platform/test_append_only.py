"""Append-only tables: nobody changes, removes or truncates a row, not the owner and not a superuser."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.sql.acting import charge, complete
from tests.support.world import Actor, World, refused

TABLES = ["events", "audit_log", "task_attempts", "task_logs", "service_charges"]


@pytest.fixture
async def history(world: World, as_agent: Actor) -> World:
    """A row in each of the tables."""
    task, service = await world.claimed(), await world.service()
    await charge(as_agent, task, service, "0.10")
    await as_agent.call(
        "write_task_logs",
        task_id=UUID(task["id"]),
        lease_token=task["lease_token"],
        lines=[{"level": "info", "message": "done"}],
    )
    await complete(as_agent, task)
    return world


async def rows(world: World) -> dict[str, Any]:
    """All rows of the tables, as they are committed."""
    query = "select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]') from public.{} t"
    return {table: await world.owner.value(query.format(table)) for table in TABLES}


@pytest.mark.parametrize("asker", ["postgres", "devos_owner", "devos_migrator"])
async def test_history_is_not_changed_or_removed(history: World, asker: str) -> None:
    before = await rows(history)
    assert all(before.values())
    connection = await history.database.connect()
    await connection.execute(f"set role {asker}")
    for table in TABLES:
        for change in (f"update public.{table} set project_id = null", f"delete from public.{table}"):
            with refused("PT409", "append_only"):
                await connection.execute(change)
    assert await rows(history) == before


async def test_history_is_not_truncated(history: World) -> None:
    before = await rows(history)
    for asker in ("postgres", "devos_owner"):
        connection = await history.database.connect()
        await connection.execute(f"set role {asker}")
        for table in TABLES:
            with refused("PT409", "append_only"):
                await connection.execute(f"truncate public.{table}")
    assert await rows(history) == before


async def test_history_outlives_its_project(history: World) -> None:
    before = await rows(history)
    await history.owner.fetch("delete from public.projects where id = $1", history.project)
    assert await history.owner.value("select count(*) from public.tasks") == 0
    assert await rows(history) == before
