"""What a connection remembers while the dead cannot be vacuumed: where the living begin, and not for long."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.sql.acting import KIND
from tests.support.world import Actor, World

HEADS = "select coalesce(current_setting('devos.heads', true), '')"
NOTE = "select private.note_heads('30 milliseconds', $1)"


@pytest.fixture
async def many_dead(world: World) -> AsyncGenerator[None]:
    """A snapshot that is held, and more dead rows of tasks than are overlooked."""
    await world.supervisor.call(
        "create_tasks",
        items=[
            {
                "project_id": str(world.project),
                "kind": "lint",
                "title": "t",
                "input": {},
                "run_at": "2100-01-01T00:00:00Z",
            }
            for _ in range(1000)
        ],
    )
    holder = await world.owner.twin().connection()
    await holder.execute("begin isolation level repeatable read; select 1 from public.projects")
    for _ in range(21):
        await world.owner.fetch("update public.tasks set updated_at = now() where kind = 'lint'")
    await world.owner.fetch("select pg_stat_force_next_flush()")
    yield
    await holder.execute("rollback")


async def place_of(world: World, task: Any) -> tuple[str, datetime]:
    """The name of the queue that a task is in, and where it stands there."""
    (row,) = await world.owner.fetch(
        "select lane_id || ':' || queue_priority, run_at from public.tasks where id = $1::uuid", task["id"]
    )
    return row[0], row[1]


async def remember(agent: Actor, name: str, start: datetime, until: str) -> None:
    """As a claim does that took long."""
    head = {name: {"from": start.isoformat(), "until": until}}
    await agent.fetch("select set_config('devos.heads', $1, false)", json.dumps(head))


async def claimed(agent: Actor) -> list[str]:
    return [task["id"] for task in await agent.call("claim_tasks", kinds=KIND, limit=10, lease_seconds=60)]


async def heads(owner: Actor, found: dict[str, str]) -> dict[str, Any]:
    await owner.fetch(NOTE, found)
    told = await owner.value(HEADS)
    return json.loads(told) if told else {}


async def test_without_many_dead_nothing_is_remembered(world: World) -> None:
    assert await heads(world.owner, {"1:2": "2026-01-01T00:00:00Z"}) == {}


@pytest.mark.usefixtures("many_dead")
async def test_what_a_long_look_found_counts_for_a_second_and_no_later_look_makes_it_longer(
    world: World,
) -> None:
    first = await heads(world.owner, {"1:2": "2026-01-01T00:00:00Z"})
    now = await world.owner.value("select now()")
    until = datetime.fromisoformat(first["1:2"]["until"])
    assert timedelta() < until - now <= timedelta(seconds=1)
    later = await heads(world.owner, {"1:2": "2026-01-02T00:00:00Z", "3:4": "2026-01-01T00:00:00Z"})
    assert later["1:2"] == {"from": "2026-01-02T00:00:00Z", "until": first["1:2"]["until"]}
    assert datetime.fromisoformat(later["3:4"]["until"]) > until


async def test_a_task_that_comes_back_to_an_earlier_place_waits_until_the_head_is_forgotten(
    world: World, as_agent: Actor
) -> None:
    early, late = await world.task(), await world.task()
    name, _ = await place_of(world, early)
    _, start = await place_of(world, late)
    await remember(as_agent, name, start, "2100-01-01T00:00:00Z")
    assert await claimed(as_agent) == [late["id"]]
    await remember(as_agent, name, start, "2026-01-01T00:00:00Z")
    assert await claimed(as_agent) == [early["id"]]
    assert await as_agent.value(HEADS) == "", "what counts no more is forgotten"


async def test_of_what_is_remembered_only_what_still_counts_is_believed(
    world: World, as_agent: Actor
) -> None:
    early, late = await world.task(), await world.task()
    name, _ = await place_of(world, early)
    _, start = await place_of(world, late)
    told = {
        name: {"from": start.isoformat(), "until": "2026-01-01T00:00:00Z"},
        "0:1": {"from": start.isoformat(), "until": "2100-01-01T00:00:00Z"},
    }
    await as_agent.fetch("select set_config('devos.heads', $1, false)", json.dumps(told))
    assert set(await claimed(as_agent)) == {early["id"], late["id"]}


@pytest.mark.usefixtures("many_dead")
async def test_a_lease_that_runs_out_is_seen_where_none_had(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    head = {"leases": {"from": "2026-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}}
    await as_agent.fetch("select set_config('devos.heads', $1, false)", json.dumps(head))
    await world.expire(task["id"])
    assert await claimed(as_agent) == [task["id"]]


@pytest.mark.usefixtures("many_dead")
async def test_a_claim_that_took_long_remembers_where_it_found_tasks(world: World, as_agent: Actor) -> None:
    task = await world.task()
    name, start = await place_of(world, task)
    await world.owner.fetch(
        """create function public.slowly() returns trigger language plpgsql as
           $$ begin perform pg_sleep(0.05); return new; end $$"""
    )
    await world.owner.fetch(
        "create trigger slowly before update on public.tasks for each row execute function public.slowly()"
    )
    assert await claimed(as_agent) == [task["id"]]
    remembered = await as_agent.value(HEADS)
    assert remembered
    told = json.loads(remembered)
    assert datetime.fromisoformat(told.pop(name)["from"]) == start
    # The other priorities of its lane held nothing.
    now = await world.owner.value("select now()")
    assert all(now - datetime.fromisoformat(head["from"]) > timedelta(seconds=4) for head in told.values())
    assert {other.partition(":")[2] for other in told} == {"1", "2", "3", "4"} - {name.partition(":")[2]}
