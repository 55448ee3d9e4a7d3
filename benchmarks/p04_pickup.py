"""P4: how long one task waits on an idle system, from the call that creates it to its handler.

devos: an agent waits by long poll; the task is created over HTTP at the same copy of the API or at another.
Then it waits at RabbitMQ.
pgqueuer and procrastinate are notified by Postgres, DBOS looks every 10 ms.
"""

from __future__ import annotations

from functools import partial
from statistics import quantiles

from benchmarks.harness import IN_POSTGRES, IN_RABBITMQ, Bench, Result, Row, Rows, best, ratios

_JOBS = 300
_PAUSE_SECONDS = 0.05


def measure(bench: Bench) -> Result:
    other = bench.stack.start("api", "second api")
    subjects = {
        "same copy": partial(_late, bench, "devos", None),
        "across copies": partial(_late, bench, "devos", other),
    }
    subjects |= {name: partial(_late, bench, name, None) for name in bench.having(*IN_POSTGRES, *IN_RABBITMQ)}
    try:
        rows = bench.interleaved(subjects)
    finally:
        bench.stack.stop("second api")
    if bench.node is not None:
        bench.stack.use_broker(bench.node)
        try:
            rows |= bench.interleaved(
                {"over RabbitMQ": partial(_late, bench, "devos", None, bench.node.address)}
            )
        finally:
            bench.stack.use_broker(None)
    figures = {
        f"over RabbitMQ, {part}": rows["over RabbitMQ"][f"{part} ms"]
        for part in ("p50", "p99")
        if "over RabbitMQ" in rows
    }
    figures |= {
        "same API copy, p50": rows["same copy"]["p50 ms"],
        "same API copy, p99": rows["same copy"]["p99 ms"],
        "across copies, p50": rows["across copies"]["p50 ms"],
    }
    return Result(rows, figures | _against_peers(rows, bench.having(*IN_POSTGRES)))


def _against_peers(rows: Rows, peers: list[str]) -> dict[str, list[float]]:
    if not peers:
        return {}
    return {
        f"best peer in Postgres at {part}, against ours": ratios(
            best(rows, peers, f"{part} ms", min), rows["same copy"][f"{part} ms"]
        )
        for part in ("p95", "p99")
    }


def _late(bench: Bench, subject: str, url: str | None, broker: str = "") -> Row:
    jobs = max(20, int(_JOBS * bench.scale))
    # Over RabbitMQ the agent gets its user first, and waits by long poll until then.
    warm = 100 if broker else 10
    with bench.alone(subject):
        bench.prepare(subject)
        waits = {"DEVOS_BROKER_URL": broker} if broker else {}
        program = bench.program(subject, "consume", concurrency=10, warm=warm, jobs=warm + jobs, env=waits)
        try:
            env = {"DEVOS_URL": url} if url else {}
            bench.told(subject, "produce", jobs=warm + jobs, pause=_PAUSE_SECONDS, env=env)
            answer = program.hear()
            while "late" not in answer:
                answer = program.hear()
        finally:
            program.end()
    late = [seconds * 1000 for seconds in answer["late"]]
    parts = quantiles(late, n=100, method="inclusive")
    return {"p50 ms": parts[49], "p95 ms": parts[94], "p99 ms": parts[98]}
