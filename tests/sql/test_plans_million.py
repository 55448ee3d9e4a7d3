"""A million tasks: lists, claims, renewals, reaping and dead letters read what they show, and no more."""

from __future__ import annotations

from typing import Any

from tests.sql.acting import KIND
from tests.sql.test_plans import Work, measured
from tests.support.world import Actor, World

TASKS = 1_000_000

# Ten kinds in two projects; most of it has ended, a tenth failed, a tenth waits.
_FILL = """
insert into public.tasks
    (id, project_id, lane_id, kind, title, priority, queue_priority, state, run_at, last_error, finished_at)
select lpad(to_hex(nr), 32, '0')::uuid, l.project_id, l.id, l.kind, 'Task', 1 + nr / 20 % 4, 1 + nr / 20 % 4,
       ('{completed,failed,pending,completed,completed}'::public.task_state[])[1 + nr / 100 % 5],
       now() - ($1 - nr) * interval '1 second',
       case when nr / 100 % 5 = 1 then jsonb_build_object('code', 'code' || nr % 50) end, now()
  from generate_series(1, $1) nr
  join (select l.*, row_number() over (order by l.id) - 1 as place from public.lanes l) l on l.place = nr % 20
"""
_LATER = """
select indexname as name, indexdef as made from pg_indexes where indexname ~ '^tasks_(list|claim|failed)'
"""


async def fill(world: World) -> None:
    """Indexes are built at the end, and what the triggers would look at is right by itself."""
    owner = await world.owner.connection()
    await owner.execute(
        "insert into public.lanes (project_id, kind)"
        " select p.id, k from public.projects p,"
        " unnest(array['code_review'] || array(select 'kind' || n from generate_series(1, 9) n)) k;"
        "insert into public.agent_lanes select a.agent_id, l.id, l.kind, l.project_id"
        " from public.agent_projects a join public.lanes l using (project_id)"
    )
    indexes = await owner.fetch(_LATER)
    for index in indexes:
        await owner.execute(f"drop index public.{index['name']}")
    await owner.execute("set session_replication_role = replica")
    await owner.execute(_FILL, TASKS)
    await owner.execute("set session_replication_role = origin")
    await owner.execute("set maintenance_work_mem = '512MB'")
    for index in indexes:
        await owner.execute(index["made"])
    await owner.execute("vacuum analyze public.tasks")


def read_rows(work: Work) -> int:
    assert work.scans["tasks"] == 0, "the table was read from end to end"
    return max(work.rows.values())


async def test_nothing_reads_more_than_it_shows_among_a_million_tasks(
    world: World, as_viewer: Actor, as_agent: Actor, as_worker: Actor
) -> None:
    await fill(world)
    ours: dict[str, Any] = {"project_id": world.project}
    # At the most one look for each kind, state and priority, of a page each.
    for filters, most in (
        ({}, 100),
        ({"states": ["pending"], "kinds": KIND}, 4 * 51),
        ({"states": ["failed"]}, 40 * 51),
        ({"kinds": ["kind3"], "oldest": True}, 28 * 51),
        ({"priority": 1, "states": ["blocked", "cancelled"]}, 0),
        ({"states": ["running"]}, 0),
        ({"agent_id": as_agent.id}, 0),
    ):
        async with measured(as_viewer) as (viewer, work):
            told = await viewer.call("list_tasks", limit=51, **ours, **filters)
        assert (len(told) == 51) == (most > 0), filters
        assert read_rows(work) <= most + 2, (filters, work)
    for filters, most in (({}, 51), ({"error_code": "code8"}, 51), ({"error_code": "none"}, 0)):
        async with measured(as_viewer) as (viewer, work):
            told = await viewer.call("list_dead_letters", limit=51, **ours, **filters)
        assert (len(told) == 51) == (most > 0), filters
        assert read_rows(work) <= 2 * most + 2, (filters, work)
    async with measured(as_viewer) as (viewer, work):
        await viewer.call("task_counts", **ours)
    assert read_rows(work) <= 70 * 1000
    for asked in (ours, {}):
        async with measured(as_viewer) as (viewer, work):
            queue = await viewer.call("read_queue", **asked)
        assert (queue["due"], queue["failed"], queue["exact"]) == (5000, 5000, False)
        assert read_rows(work) <= 5000 + 5000 + 40 + 10
    async with measured(as_agent) as (agent, work):
        assert len(await agent.call("claim_tasks", kinds=KIND, limit=10)) == 10
    assert read_rows(work) <= 20
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=10)
    leases = [{"task_id": task["id"], "lease_token": task["lease_token"]} for task in claimed]
    async with measured(as_agent) as (agent, work):
        await agent.call("extend_leases", leases=leases)
    assert read_rows(work) <= 40
    await world.expire(claimed[0]["id"])
    async with measured(as_worker) as (worker, work):
        assert await worker.call("reap_expired_leases") == 1
    assert read_rows(work) <= 20
    await world.owner.fetch("update public.projects set ageing_seconds = 2592000")
    async with measured(as_worker) as (worker, work):
        assert await worker.call("private.age_tasks") == 0
    assert read_rows(work) <= 2


_ENDED = """
insert into public.task_attempts
    (task_id, attempt, project_id, agent_id, lease_token, outcome, started_at, ended_at)
select gen_random_uuid(), 1, $1, gen_random_uuid(), nextval('private.lease_tokens'), 'completed', now(),
       now() - nr * interval '1 millisecond'
  from generate_series(1, $2) nr
"""


async def test_what_others_have_done_lately_costs_nobody_else_a_look(world: World, as_viewer: Actor) -> None:
    other = await world.owner.value("select id from public.projects where id <> $1", world.project)
    await world.owner.fetch(_ENDED, other, 200_000)
    await world.owner.fetch(_ENDED, world.project, 30)
    await (await world.owner.connection()).execute("vacuum analyze public.task_attempts")
    async with measured(as_viewer) as (viewer, work):
        queue = await viewer.call("read_queue", project_id=world.project)
    assert (queue["last_minute"], queue["last_hour"]) == ({"completed": 30}, {"completed": 30})
    attempts = {name: rows for name, rows in work.rows.items() if name.startswith("task_attempts")}
    assert sum(attempts.values()) <= 60, attempts
    assert work.scans["task_attempts"] == 0


async def test_what_was_done_is_counted_to_a_limit(world: World, as_viewer: Actor) -> None:
    await world.owner.fetch(_ENDED, world.project, 5500)
    async with measured(as_viewer) as (viewer, work):
        queue = await viewer.call("read_queue", project_id=world.project)
    assert (queue["last_minute"], queue["last_hour"]) == ({"completed": 5000}, {"completed": 5000})
    assert queue["exact"] is False
    assert sum(rows for name, rows in work.rows.items() if name.startswith("task_attempts")) <= 10_000
