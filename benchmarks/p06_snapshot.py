"""P6: the drain at c=100 while one transaction holds a snapshot, as a forgotten session of psql does.

What dies meanwhile cannot be vacuumed. The queue is filled and drained again and again on the same tables:
the figure is that of the first drain after ten minutes. "Back" is the first drain at nine tenths of the rate
before, counted from the end of the snapshot to where its filling begins.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import asyncpg

from benchmarks.harness import Bench, Result, Row, ratios

_JOBS = 20_000
_HELD_SECONDS = 600.0
_BACK = 0.9
_GIVE_UP_SECONDS = 300.0


def measure(bench: Bench) -> Result:
    rows = bench.interleaved({"devos": lambda: _round(bench)})
    columns = rows["devos"]
    return Result(
        rows,
        {
            "with a snapshot held against without": ratios(columns["held per second"], columns["per second"]),
            "back after it ends": columns["back s"],
        },
    )


def _round(bench: Bench) -> Row:
    bench.stack.empty()
    _drain(bench)  # the first one after emptying finds pages that the later ones do not
    before = _drain(bench)
    with _snapshot(bench):
        held, _ = drain_until(lambda age, _: age >= _HELD_SECONDS * bench.scale, lambda: _drain(bench))
    after, seconds = drain_until(
        lambda age, rate: rate >= _BACK * before or age >= _GIVE_UP_SECONDS, lambda: _drain(bench)
    )
    return {"per second": before, "held per second": held, "after per second": after, "back s": seconds}


def drain_until(
    enough: Callable[[float, float], bool],
    drain: Callable[[], float],
    clock: Callable[[], float] = time.monotonic,
) -> tuple[float, float]:
    """Drain until it is enough by age and rate of a drain: the rate of the last one, and when that began."""
    since = clock()
    while True:
        began = clock() - since
        rate = drain()
        if enough(began, rate):
            return rate, began


def _drain(bench: Bench) -> float:
    jobs = bench.size(_JOBS)
    bench.stack.fill(jobs)
    return bench.consume("devos", 100, jobs)["per second"]


@contextmanager
def _snapshot(bench: Bench) -> Generator[None]:
    """A transaction that began now and reads nothing any more."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(bench.stack.postgres.dsn("postgres", "devos")))
        try:
            runner.run(connection.execute("begin isolation level repeatable read"))
            runner.run(connection.execute("select count(*) from public.projects"))
            yield
            runner.run(connection.execute("rollback"))
        finally:
            runner.run(connection.close())
