"""P5: the drain at c=100 stays as fast with a backlog, with history, and behind tasks it may not take.

Each case drains the first 20,000; "few" is a queue with no more than those. (With 1,000 waiting it would be
over before anything could be measured.)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from benchmarks.harness import Bench, Result, Row, ratios

_JOBS = 20_000
# Ahead in every respect: older and more urgent. Half needs what the agent cannot do, half is not due.
_CASES = {
    "few": "",
    "100k pending": "pending 80000",
    "1M pending": "pending 980000",
    "1M finished": "finished 1000000",
    "200k untakeable in front": "untakeable 200000",
}
_COPY = """
set session_replication_role = replica;
insert into public.tasks (id, project_id, kind, title, input, lane_id, priority, state, run_at {more})
select uuidv7(), project_id, kind, title, input, {lane}, {priority}, '{state}', {run_at} {values}
  from (select * from public.tasks order by id limit 1) t, generate_series(1, {rows}) n;
"""
_CASE = {
    "pending": {"run_at": "now() + n * interval '1 microsecond'", "priority": 3},
    "finished": {
        "state": "completed",
        "run_at": "now() - interval '1 day'",
        "more": ", finished_at, attempt, output",
        "values": ", now(), 1, '{}'",
    },
    "untakeable": {
        "priority": 1,
        "lane": "case when n % 2 = 0 then (select max(id) from public.lanes) else lane_id end",
        "run_at": "case when n % 2 = 0 then now() - interval '1 day' else now() + interval '1 day' end",
    },
}
_OTHER_LANE = """
insert into public.lanes (project_id, kind, required_capabilities) values ($1, $2, '{never}')
on conflict do nothing
"""


def measure(bench: Bench) -> Result:
    bench.stack.fill(1)
    bench.stack.sql(_OTHER_LANE, bench.stack.project_id, "noop")
    rows = bench.interleaved({name: partial(_drain, bench, case) for name, case in _CASES.items()})
    if bench.node is not None:
        bench.stack.use_broker(bench.node)
        cases = {f"{name}, over RabbitMQ": _CASES[name] for name in ("few", "100k pending")}
        try:
            env = {"DEVOS_BROKER_URL": bench.node.address}
            rows |= bench.interleaved(
                {name: partial(_drain, bench, case, env) for name, case in cases.items()}
            )
        finally:
            bench.stack.use_broker(None)
    figures = {
        f"{name} against few": ratios(columns["per second"], rows["few"]["per second"])
        for name, columns in rows.items()
        if name != "few"
    }
    figures["whole-table scans while draining"] = [
        max(scans) for scans in zip(*(rows[name]["scans"] for name in _CASES if name != "few"), strict=True)
    ]
    return Result(rows, figures)


def _drain(bench: Bench, case: str, env: Mapping[str, str] | None = None) -> Row:
    stack, jobs = bench.stack, bench.size(_JOBS)
    bench.stack.empty()
    stack.fill(jobs)
    if case:
        what, count = case.split()
        known = {"state": "pending", "lane": "lane_id", "priority": "priority", "more": "", "values": ""}
        rows = int(int(count) * bench.scale)
        stack.sql(_COPY.format(**{**known, **_CASE[what], "rows": rows}))
    stack.sql("vacuum analyze public.tasks")
    stack.sql("checkpoint")
    scans = "select seq_scan from pg_stat_user_tables where relid = 'public.tasks'::regclass"
    before = stack.sql(scans)[0][0]
    found = bench.consume("devos", 100, jobs, env=env)
    return {**found, "scans": stack.sql(scans)[0][0] - before}
