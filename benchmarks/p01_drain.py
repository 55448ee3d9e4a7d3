"""P1: 20,000 tasks that do nothing are drained by one process; the whole stack, everything on.

A job counts when its handler is called; the clock runs from the 1,000th to the last. At c=100 pgqueuer takes
batches of 100. Slow peers drain fewer: their rate does not depend on how many wait.
"""

from __future__ import annotations

from functools import partial

from benchmarks.harness import IN_POSTGRES, IN_RABBITMQ, LIMITS, Bench, Result, Rows, best, ratios

_JOBS = 20_000
_FEWER = {"procrastinate": 2_000, "dbos": 2_000, "celery": 10_000, "taskiq": 10_000, "dramatiq": 10_000}


def measure(bench: Bench) -> Result:
    rows: Rows = {}
    everybody = (*IN_POSTGRES, *IN_RABBITMQ, *LIMITS)
    for concurrency, names in {10: everybody, 50: everybody, 100: ("pgqueuer", "asyncpg")}.items():
        bench.say(f" c={concurrency}")
        subjects = {
            name: partial(bench.drain, name, concurrency, bench.size(_FEWER.get(name, _JOBS)))
            for name in ["devos", *bench.having(*names)]
        }
        found = bench.interleaved(subjects)
        for name, columns in found.items():
            rows[f"{name} c={concurrency}"] = columns
    return Result(rows, figures(rows, bench.having(*IN_POSTGRES, *IN_RABBITMQ)))


def figures(rows: Rows, peers: list[str]) -> dict[str, list[float]]:
    """Ours against those peers that took part."""
    ours = {c: rows[f"devos c={c}"]["per second"] for c in (10, 50, 100)}
    told = {"CPU per task at c=10": rows["devos c=10"]["CPU ms"]}
    parts = [[rate / 12_000 for rate in ours[100]]]
    others = [f"{name} c=50" for name in peers if name != "pgqueuer"]
    if peers:
        fastest = best(rows, [f"{name} c=10" for name in peers], "per second")
        told["c=10 against the fastest peer"] = ratios(ours[10], fastest)
    if others:
        told["c=50 against every other peer"] = ratios(ours[50], best(rows, others, "per second"))
    if "pgqueuer" in peers:
        told["c=50 against pgqueuer"] = ratios(ours[50], rows["pgqueuer c=50"]["per second"])
        batches = ratios(ours[100], rows["pgqueuer c=100"]["per second"])
        parts.append([ratio / 0.9 for ratio in batches])
    name = "c=100 of 12,000/s, or of 0.9 × pgqueuer's batches of 100"
    return {**told, name: [max(either) for either in zip(*parts, strict=True)]}
