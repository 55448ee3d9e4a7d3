"""P16: people and programs at once: as many callers as connections, each with one request at a time.

Of four requests one creates a task, one reads it, one changes it and one lists a page, all over HTTP with an
API token. 32 callers and 256 take turns; a request that is not answered as it should be is an error.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from functools import partial
from itertools import count
from statistics import quantiles
from uuid import uuid4

from benchmarks.harness import Bench, Result, Row, Rows, ratios
from benchmarks.stack import KIND, Stack
from benchmarks.wire import Wire

_CLIENTS = (32, 256)
_SECONDS = 20.0
_TASKS = 10_000


def measure(bench: Bench) -> Result:
    rows = bench.interleaved({f"{clients} clients": partial(_round, bench, clients) for clients in _CLIENTS})
    return Result(rows, figures(rows))


def figures(rows: Rows) -> dict[str, list[float]]:
    """Many against few, and that nobody was refused in either."""
    few, many = (rows[f"{clients} clients"] for clients in _CLIENTS)
    return {
        "256 clients against 32": ratios(many["per second"], few["per second"]),
        "256 clients, p99": many["p99 ms"],
        "errors": [sum(both) for both in zip(few["errors"], many["errors"], strict=True)],
    }


def _round(bench: Bench, clients: int) -> Row:
    bench.stack.empty()
    bench.stack.fill(bench.size(_TASKS))
    bench.stack.sql("vacuum analyze")
    return asyncio.run(_all(bench.stack, clients, max(4.0, _SECONDS * bench.scale)))


async def _all(stack: Stack, clients: int, seconds: float) -> Row:
    async with AsyncExitStack() as open_:
        callers = [
            Caller(await open_.enter_async_context(Wire.open(stack.url, stack.token)), stack.project_id)
            for _ in range(clients)
        ]
        # All have had their turn before the clock runs.
        await asyncio.gather(*(caller.run(until=time.perf_counter() + seconds / 10) for caller in callers))
        for caller in callers:
            caller.took.clear()
        began = time.perf_counter()
        await asyncio.gather(*(caller.run(until=began + seconds) for caller in callers))
        spent = time.perf_counter() - began
    took = [seconds for caller in callers for seconds in caller.took]
    parts = quantiles(took, n=100, method="inclusive")
    return {
        "per second": len(took) / spent,
        "p50 ms": parts[49] * 1000,
        "p99 ms": parts[98] * 1000,
        "errors": float(sum(caller.errors for caller in callers)),
    }


class Caller:
    """One who creates, reads, changes and lists, again and again."""

    def __init__(self, wire: Wire, project: str) -> None:
        self.took: list[float] = []
        self.errors = 0
        self._wire = wire
        self._new = {"project_id": project, "kind": KIND, "title": "mixed", "input": {"n": 1}}
        self._page = f"/api/tasks?project_id={project}&state=pending&limit=20"
        self._task = ""
        self._turns = count()

    async def run(self, until: float) -> None:
        while (began := time.perf_counter()) < until:
            if not await self._once(next(self._turns)):
                self.errors += 1
            self.took.append(time.perf_counter() - began)

    async def _once(self, turn: int) -> bool:
        """Whether one request was answered as it should be."""
        match turn % 4:
            case 0:
                key = {"Idempotency-Key": str(uuid4())}
                status, made = await self._wire.call("POST", "/api/tasks", self._new, key)
                self._task = made.get("id", "")
                return status == 201
            case 1:
                status, read = await self._wire.call("GET", f"/api/tasks/{self._task}")
                return status == 200 and read.get("id") == self._task
            case 2:
                change = {"title": f"mixed {turn}"}
                status, changed = await self._wire.call("PUT", f"/api/tasks/{self._task}", change)
                return status == 200 and changed.get("title") == change["title"]
            case _:
                status, page = await self._wire.call("GET", self._page)
                return status == 200 and len(page["items"]) == 20
