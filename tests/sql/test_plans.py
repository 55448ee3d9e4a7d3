"""The hot queries stay cheap however much waits: measured in the functions, not in copies of their SQL."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from tests.sql.acting import KIND
from tests.support.world import Actor, World

WAITING = 20_000

_FILL = """
insert into public.tasks
    (id, project_id, lane_id, kind, title, priority, queue_priority, required_capabilities, run_at)
select gen_random_uuid(), l.project_id, l.id, l.kind, 'Waiting', 1 + nr % 4, 1 + nr % 4,
       l.required_capabilities, now() - nr * interval '1 second'
  from public.lanes l, generate_series(1, $1) nr
"""
_COUNTERS = """
select c.relname, pg_stat_get_xact_numscans(c.oid) as scans, pg_stat_get_xact_tuples_returned(c.oid) as rows
  from pg_class c where c.relname ~ '^(tasks|events|task_attempts)($|_)'
"""


@dataclass
class Work:
    """What a block read: scans and rows of the table itself (`tasks`, sequential) and of each index."""

    scans: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@pytest.fixture
async def crowd(world: World) -> World:
    """20,000 tasks that our agent may claim, and 20,000 older ones that it is not capable of."""
    await world.task()
    await world.task(required_capabilities=["cobol"])
    owner = await world.owner.connection()
    await owner.execute(_FILL, WAITING)
    await owner.execute(
        "update public.tasks set run_at = run_at - interval '1 day' where required_capabilities <> '{}'"
    )
    await owner.execute("vacuum analyze public.tasks")
    await owner.execute("vacuum analyze public.agent_lanes")
    return world


@asynccontextmanager
async def measured(actor: Actor) -> AsyncGenerator[tuple[Actor, Work]]:
    """A superuser, who may read the counters, in one transaction with the actor's role and claims."""
    superuser = Actor(actor.database, "postgres", actor.caller, actor.id)
    connection = await superuser.connection()
    work = Work()
    async with connection.transaction():
        if actor.caller is not None:
            await connection.execute(actor.caller.begin.removeprefix("begin; "))
        before = {row["relname"]: row for row in await connection.fetch(_COUNTERS)}
        yield superuser, work
        for row in await connection.fetch(_COUNTERS):
            work.scans[row["relname"]] = row["scans"] - before[row["relname"]]["scans"]
            work.rows[row["relname"]] = row["rows"] - before[row["relname"]]["rows"]


async def test_a_claim_reads_the_claim_index_and_no_more_than_it_takes(crowd: World, as_agent: Actor) -> None:
    async with measured(as_agent) as (agent, work):
        claimed = await agent.call("claim_tasks", kinds=KIND, limit=10)
    assert len(claimed) == 10
    assert work.scans["tasks"] == 0, "the table was read from end to end"
    assert work.scans["tasks_claim_idx"] > 0
    assert work.rows["tasks_claim_idx"] <= 20


async def test_an_empty_claim_does_not_wade_through_what_others_may_take(
    crowd: World, as_agent: Actor
) -> None:
    owner = await crowd.owner.connection()
    await owner.execute("delete from public.tasks where required_capabilities = '{}'")
    await owner.execute("vacuum public.tasks")
    async with measured(as_agent) as (agent, work):
        assert await agent.call("claim_tasks", kinds=KIND, limit=10) == []
    assert (work.scans["tasks"], work.rows["tasks_claim_idx"] < WAITING / 100) == (0, True)


async def test_leases_are_found_by_task_and_passed_ones_by_their_time(crowd: World, as_agent: Actor) -> None:
    tasks = await as_agent.call("claim_tasks", kinds=KIND, limit=20)
    leases = [{"task_id": task["id"], "lease_token": task["lease_token"]} for task in tasks]
    async with measured(as_agent) as (agent, work):
        await agent.call("extend_leases", leases=leases)
        await agent.call("complete_tasks", items=leases[1:])
    assert (work.scans["tasks"], work.scans["tasks_lease_idx"]) == (0, 0)
    assert work.scans["tasks_pkey"] >= 39
    await crowd.expire(tasks[0]["id"])
    async with measured(crowd.worker) as (worker, work):
        assert await worker.call("reap_expired_leases") == 1
    assert work.scans["tasks"] == 0
    assert work.scans["tasks_lease_idx"] >= 1


async def test_a_page_of_tasks_is_read_from_an_index_and_one_by_its_key(
    crowd: World, as_viewer: Actor
) -> None:
    for narrowed, size in [({}, 50), ({"states": ["pending"]}, 50), ({"states": ["completed"]}, 0)]:
        async with measured(as_viewer) as (viewer, work):
            told = await viewer.call("list_tasks", project_id=crowd.project, limit=50, **narrowed)
        assert len(told) == size
        assert work.scans["tasks"] == 0, narrowed
        # One look for each priority.
        assert max(work.rows.values()) <= 4 * size + 4, narrowed
    task = await crowd.owner.value("select id from public.tasks limit 1")
    async with measured(as_viewer) as (viewer, work):
        assert (await viewer.call("read_task", task_id=task))["id"] == str(task)
    assert (work.scans["tasks"], work.scans["tasks_pkey"]) == (0, 1)


@pytest.fixture
async def waiting_for_each_other(world: World) -> World:
    """3,000 tasks of which each waits for the ten before it; and no statistics yet."""
    await world.task()
    owner = await world.owner.connection()
    await owner.execute(_FILL, 3000)
    await owner.execute(
        """with numbered as (select *, row_number() over (order by id) as nr from public.tasks)
           insert into public.task_dependencies (task_id, depends_on_id, project_id)
           select b.id, a.id, a.project_id
             from numbered a join numbered b on b.nr between a.nr + 1 and a.nr + 10"""
    )
    return world


async def test_a_circle_is_looked_for_step_by_step(
    waiting_for_each_other: World, as_supervisor: Actor
) -> None:
    of = {"project_id": str(waiting_for_each_other.project), "kind": "line", "title": "Line"}
    line = [{**of, "ref": f"{n}", "depends_on": [{"ref": f"{n - 1}"}] if n else []} for n in range(300)]
    made = await as_supervisor.call("create_tasks", items=line)
    late = await waiting_for_each_other.task()
    reads = """select sum(pg_stat_get_xact_tuples_returned(c.oid)) from pg_class c
                where c.relname like 'task\\_dependencies%'"""
    async with measured(as_supervisor) as (person, _):
        connection = await person.connection()
        before = await connection.fetchval(reads)
        waits = [made[-1]["id"]]
        await person.call("add_task_dependencies", task_id=UUID(late["id"]), depends_on=waits)
        assert await connection.fetchval(reads) - before <= 1_000


async def test_the_state_of_the_queue_is_counted_in_indexes_and_to_a_limit(
    crowd: World, as_supervisor: Actor
) -> None:
    """Whatever the statistics say: here, that every task there is waits."""
    async with measured(as_supervisor) as (supervisor, work):
        queue = await supervisor.call("read_queue")
    assert (queue["due"], queue["exact"]) == (5000, False)
    assert (work.scans["tasks"], work.scans["tasks_project_key"]) == (0, 0), "the tasks were read one by one"
    assert work.rows["tasks_list_idx"] == 0
    assert work.rows["tasks_claim_idx"] <= 20_100
