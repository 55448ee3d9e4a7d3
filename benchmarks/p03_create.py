"""P3: tasks are created over HTTP: one after the other, 16 at once, and in lists of 1,000, two lists at once.

The client is the SDK's with an API token, and keys each call as it always does; answers follow the commit.
"""

from __future__ import annotations

from functools import partial

from benchmarks.harness import IN_POSTGRES, IN_RABBITMQ, LIMITS, Bench, Result, Row, Rows, ratios

_MODES = {"×1": (1, 1_000), "×16": (16, 5_000), "lists": (2, 50_000)}
_LISTS = ("devos", "pgqueuer", "procrastinate", "asyncpg")


def measure(bench: Bench) -> Result:
    rows: Rows = {}
    for mode, (together, jobs) in _MODES.items():
        bench.say(f" {mode}")
        names = ["devos", *bench.having(*IN_POSTGRES, *IN_RABBITMQ, *LIMITS)]
        chosen = [name for name in names if mode != "lists" or name in _LISTS]
        found = bench.interleaved(
            {
                name: partial(_create, bench, name, mode == "lists", together, bench.size(jobs))
                for name in chosen
            }
        )
        for name, columns in found.items():
            rows[f"{name} {mode}"] = columns
    figures = {"lists of 1,000": rows["devos lists"]["per second"]}
    if bench.having("pgqueuer"):
        figures["×16 against pgqueuer"] = ratios(
            rows["devos ×16"]["per second"], rows["pgqueuer ×16"]["per second"]
        )
    return Result(rows, figures)


def _create(bench: Bench, subject: str, bulk: bool, together: int, jobs: int) -> Row:
    with bench.alone(subject):
        bench.prepare(subject)
        bench.stack.sql("checkpoint")
        warm = 1_000 if bulk else jobs // 20
        jobs = max(4_000, jobs) if bulk else jobs
        program = bench.program(subject, "create", jobs=jobs, warm=warm, concurrency=together, bulk=bulk)
        return bench.timed(subject, program, jobs)
