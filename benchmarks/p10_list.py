"""P10: a page of tasks by project, state and kind among a million, for a person who sees a part of them.

Over HTTP: how long a reader waits. In SQL: `list_tasks` under the policies against its query without them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from statistics import quantiles
from typing import Any

import asyncpg

from benchmarks.harness import Bench, Result, Row, ratios
from benchmarks.stack import KIND, Stack
from devos_sdk import AsyncDevos

_TASKS = 1_000_000
_READS = 300
_STATES = ("pending", "completed", "failed")
_FILL = """
set session_replication_role = replica;
insert into public.tasks (id, project_id, lane_id, kind, title, state, input)
select uuidv7(), p.id, (select min(id) from public.lanes), (array['noop', 'review', 'build'])[1 + n % 3],
       'task ' || n,
       (array['pending', 'completed', 'completed', 'failed'])[1 + n % 4]::public.task_state, '{{}}'
  from generate_series(1, {rows}) n
  join (select id, row_number() over () - 1 as nr, count(*) over () as count from public.projects) p
    on p.nr = n % p.count;
"""
_BARE = """
select to_json(s)::text
  from (select t.id, t.project_id, t.kind, t.title, t.state, t.priority, t.tags, t.progress,
               t.progress_note, t.attempt, t.retry_count, t.max_retries, t.last_error, t.blocked_reason,
               t.run_at, t.agent_id, t.assigned_agent_id, t.parent_task_id, t.lease_expires_at,
               t.cancel_requested_at, t.version, t.created_at, t.updated_at, t.started_at, t.finished_at
          from public.tasks t
         where t.project_id = $1 and t.state = $2::public.task_state and t.kind = $3
         order by t.id desc limit 51) s
"""
_OURS = """
select to_json(t)::text
  from list_tasks(p_project_id => $1, p_states => array[$2::public.task_state], p_kinds => array[$3],
                  p_limit => 51) t
"""


def measure(bench: Bench) -> Result:
    stack = bench.stack
    bench.stack.empty()
    stack.fill(1)
    reader = stack.reader(projects=10, sees=4)
    stack.sql(_FILL.format(rows=int(_TASKS * bench.scale)))
    stack.sql("vacuum analyze")
    reads = max(50, int(_READS * bench.scale))
    rows = bench.interleaved(
        {
            "over HTTP": lambda: asyncio.run(_http(stack, reader, reads)),
            "SQL with policies": lambda: asyncio.run(_sql(stack, reader, reads, ours=True)),
            "SQL without policies": lambda: asyncio.run(_sql(stack, reader, reads, ours=False)),
        }
    )
    figures = {
        "filtered list over HTTP, p99": rows["over HTTP"]["p99 ms"],
        "with policies against without, p50": ratios(
            rows["SQL with policies"]["p50 ms"], rows["SQL without policies"]["p50 ms"]
        ),
    }
    return Result(rows, figures)


async def _http(stack: Stack, reader: Mapping[str, Any], reads: int) -> Row:
    async with AsyncDevos(stack.url, token=reader["token"]) as devos:

        async def read(project: str, state: str) -> None:
            await devos.tasks.list(project_id=project, state=state, kind=KIND, limit=50)

        return await _each(read, reader["projects"], reads)


async def _sql(stack: Stack, reader: Mapping[str, Any], reads: int, *, ours: bool) -> Row:
    connection = await asyncpg.connect(stack.postgres.dsn("devos_login" if ours else "postgres", "devos"))
    if ours:
        claims = json.dumps({"role": "authenticated", "sub": reader["user_id"]})
        await connection.execute(f"set role authenticated; set request.jwt.claims = '{claims}'")
    call = await connection.prepare(_OURS if ours else _BARE)

    async def read(project: str, state: str) -> None:
        await call.fetch(project, state, KIND)

    row = await _each(read, reader["projects"], reads)
    await connection.close()
    return row


async def _each(read: Callable[[str, str], Awaitable[None]], projects: list[str], reads: int) -> Row:
    took: list[float] = []
    for number in range(reads + 20):
        begun = time.perf_counter()
        await read(projects[number % len(projects)], _STATES[number % len(_STATES)])
        took.append((time.perf_counter() - begun) * 1000)
    parts = quantiles(took[20:], n=100, method="inclusive")
    return {"p50 ms": parts[49], "p99 ms": parts[98]}
