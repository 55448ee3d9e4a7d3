"""P2: claim and complete in SQL alone over one connection, against two floors.

devos: `agent_exchange`, one call a batch: the key checked, the last batch completed, the next one claimed.
same rows: one statement that writes the same rows into a copy of the same tables with their indexes; no
policies, no triggers, no fence, no JSON.
bare queue: claims and completions of a narrow table with one index; no attempts, no events.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg

from benchmarks.harness import Bench, Result, Row, Rows, family, ratios
from benchmarks.stack import KIND, Stack

JOBS = {1: 2_000, 10: 20_000, 100: 20_000}

_COPY = """
drop schema if exists floor cascade;
create schema floor;
create table floor.tasks (like public.tasks including all);
create table floor.task_attempts (like public.task_attempts including all);
create table floor.events (like public.events including all);
insert into floor.tasks select * from public.tasks;
create table floor.queue (
    id uuid primary key, state public.task_state not null default 'pending',
    priority smallint not null default 3, run_at timestamptz not null default now(), lease_token bigint,
    lease_expires_at timestamptz, input jsonb not null, output jsonb, finished_at timestamptz
) with (fillfactor = 80);
create index on floor.queue (priority, run_at, id) where state = 'pending';
insert into floor.queue (id, input) select id, input from public.tasks;
"""

_SAME_ROWS = """
with done as (
    update floor.tasks t set state = 'completed', output = '{}', finished_at = now(), updated_at = now(),
           lease_token = null, lease_expires_at = null, agent_id = null, lease_seconds = null
      from unnest($1::uuid[], $2::bigint[]) as i (id, token) where t.id = i.id and t.lease_token = i.token
    returning t.id, t.project_id, t.attempt, t.started_at, i.token
), ended as (
    insert into floor.task_attempts (task_id, attempt, project_id, agent_id, lease_token, outcome, started_at)
    select id, attempt, project_id, $3, token, 'completed', started_at from done
), claimed as (
    update floor.tasks t set state = 'running', agent_id = $3, attempt = t.attempt + 1, updated_at = now(),
           lease_token = nextval('private.lease_tokens'), lease_seconds = 60, started_at = now(),
           lease_expires_at = now() + interval '1 minute'
     where t.id = any (array(
        select q.id from floor.tasks q
         where q.lane_id = $4 and q.queue_priority = 3 and q.state = 'pending' and q.open_dependencies = 0
           and q.run_at <= now()
         order by q.run_at, q.id limit $5 for update skip locked))
    returning t.id, t.project_id, t.kind, t.title, t.input, t.attempt, t.lease_token, t.lease_expires_at
), told as (
    insert into floor.events (type, project_id, subject_id, actor_kind, actor_id, data)
    select 'task.completed', project_id, id, 'agent', $3, jsonb_build_object('attempt', attempt) from done
     union all
    select 'task.claimed', project_id, id, 'agent', $3, jsonb_build_object('attempt', attempt) from claimed
)
select * from claimed
"""

_BARE = """
with done as (
    update floor.queue t set state = 'completed', output = '{}', finished_at = now(), lease_token = null
      from unnest($1::uuid[], $2::bigint[]) as i (id, token) where t.id = i.id and t.lease_token = i.token
)
update floor.queue t set state = 'running', lease_token = nextval('private.lease_tokens'),
       lease_expires_at = now() + interval '1 minute'
 where t.id = any (array(
    select q.id from floor.queue q where q.state = 'pending' and q.run_at <= now()
     order by q.priority, q.run_at, q.id limit $3 for update skip locked))
returning t.id, t.input, t.lease_token, t.lease_expires_at
"""

Drain = Callable[[asyncpg.Connection], Awaitable[int]]


def measure(bench: Bench) -> Result:
    rows: Rows = {}
    figures: dict[str, list[float]] = {}
    stack = bench.stack
    for batch, jobs in JOBS.items():
        bench.say(f" batch {batch}")
        size = bench.size(jobs)
        found = bench.interleaved(
            {
                "devos": partial(_round, bench, size, "devos_login", partial(_ours, stack, batch)),
                "same rows": partial(_round, bench, size, "postgres", partial(_same_rows, stack, batch)),
                "bare queue": partial(_round, bench, size, "postgres", partial(_raw, _BARE, batch)),
            }
        )
        for name, columns in found.items():
            rows[f"{name}, batch {batch}"] = columns
        ours, same, bare = (found[name]["per second"] for name in ("devos", "same rows", "bare queue"))
        figures[f"batch {batch} against the same rows"] = ratios(ours, same)
        figures[f"batch {batch} against a bare queue"] = ratios(ours, bare)
    stack.sql("drop schema floor cascade;")
    return Result(rows, figures)


def _round(bench: Bench, jobs: int, login: str, drain: Drain) -> Row:
    bench.stack.empty()
    bench.stack.fill(jobs)
    bench.stack.sql(_COPY)
    bench.stack.sql("vacuum analyze")
    bench.stack.sql("checkpoint")
    return asyncio.run(_timed(bench.stack, login, drain))


async def _timed(stack: Stack, login: str, drain: Drain) -> Row:
    connection = await asyncpg.connect(stack.postgres.dsn(login, "devos"))
    assert stack.postgres.pid is not None
    used, begun = family(stack.postgres.pid), time.perf_counter()
    done = await drain(connection)
    seconds, used = time.perf_counter() - begun, family(stack.postgres.pid) - used
    await connection.close()
    return {"per second": done / seconds, "CPU ms": used / done * 1000}


async def _ours(stack: Stack, batch: int, connection: asyncpg.Connection) -> int:
    call = await connection.prepare("select agent_exchange($1, $2, $3, $4, $5, 60)::text")
    done, items = 0, "[]"
    while tasks := json.loads(await call.fetchval(*stack.key, items, [KIND], batch))["tasks"]:
        done += len(tasks)
        items = json.dumps([_completion(task) for task in tasks])
    return done


def _completion(task: dict[str, Any]) -> dict[str, Any]:
    return {"action": "complete", "task_id": task["id"], "lease_token": task["lease_token"], "output": {}}


async def _same_rows(stack: Stack, batch: int, connection: asyncpg.Connection) -> int:
    lane = await connection.fetchval("select lane_id from floor.tasks limit 1")
    return await _raw(_SAME_ROWS, stack.agent_id, lane, batch, connection)


async def _raw(statement: str, *rest: Any) -> int:
    *arguments, connection = rest
    call = await connection.prepare(statement)
    done, rows = 0, []
    while rows := await call.fetch([r["id"] for r in rows], [r["lease_token"] for r in rows], *arguments):
        done += len(rows)
    return done
