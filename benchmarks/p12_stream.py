"""P12: how late 200 subscribers of the event stream are told of a change, counted from before its commit.

Ten people with twenty streams each, as many as one may have. A task is created in SQL some ten times a
second; its time is taken before COMMIT is sent, and that of each subscriber when its event has come.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack
from statistics import quantiles

import asyncpg

from benchmarks.harness import Bench, Result, Row
from benchmarks.stack import KIND, Stack
from benchmarks.wire import Wire

_PEOPLE, _EACH = 10, 20
_EVENTS = 300
_PAUSE_SECONDS = 0.1
_LAST_SECONDS = 10.0
_CREATE = """
select (private.insert_tasks(jsonb_build_array(jsonb_build_object(
    'project_id', $1::uuid, 'kind', $2::text, 'title', 'told', 'input', '{}'::jsonb))))[1]::text
"""


def measure(bench: Bench) -> Result:
    stack = bench.stack
    stack.empty()
    people = [stack.reader(projects=1, sees=1, scopes=["events:read"]) for _ in range(_PEOPLE)]
    tokens = [person["token"] for person in people for _ in range(_EACH)]
    rows = bench.interleaved({"200 streams": lambda: asyncio.run(_round(bench, tokens))})
    return Result(
        rows, {f"told after the commit, {part}": rows["200 streams"][f"{part} ms"] for part in ("p50", "p99")}
    )


async def _round(bench: Bench, tokens: list[str]) -> Row:
    path = f"/api/stream?project_id={bench.stack.project_id}&types=task.created"
    heard: list[dict[str, float]] = [{} for _ in tokens]
    events = max(30, int(_EVENTS * bench.scale))
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
        begun = [asyncio.Event() for _ in tokens]
        wires = [await stack.enter_async_context(Wire.open(bench.stack.url, token)) for token in tokens]
        following = [
            group.create_task(_follow(wire, path, began, seen))
            for wire, began, seen in zip(wires, begun, heard, strict=True)
        ]
        for one in begun:
            await one.wait()
        made = await _create(bench.stack, events)
        async with asyncio.timeout(_LAST_SECONDS):
            while not all(made.keys() <= seen.keys() for seen in heard):
                await asyncio.sleep(0.05)
        for task in following:
            task.cancel()
    late = lateness(made, heard)
    parts = quantiles(late, n=100, method="inclusive")
    return {"p50 ms": parts[49], "p95 ms": parts[94], "p99 ms": parts[98], "worst ms": max(late)}


def lateness(made: dict[str, float], heard: list[dict[str, float]]) -> list[float]:
    """Milliseconds for each event and each who was told."""
    return [(seen[task] - at) * 1000 for task, at in made.items() for seen in heard]


async def _follow(wire: Wire, path: str, begun: asyncio.Event, heard: dict[str, float]) -> None:
    async for piece in wire.follow(path):
        now = time.perf_counter()
        for line in piece.split(b"\n"):
            if line.startswith(b"data: "):
                heard[json.loads(line[6:]).get("subject_id", "")] = now
        begun.set()


async def _create(stack: Stack, events: int) -> dict[str, float]:
    """Tasks by when their commit was sent."""
    made: dict[str, float] = {}
    connection = await asyncpg.connect(stack.postgres.dsn("postgres", "devos"))
    try:
        for number in range(events):
            # Not in step with anybody's look.
            await asyncio.sleep(_PAUSE_SECONDS * (0.5 + (number * 0.618) % 1))
            await connection.execute("begin")
            task = await connection.fetchval(_CREATE, stack.project_id, KIND)
            made[task] = time.perf_counter()
            await connection.execute("commit")
    finally:
        await connection.close()
    return made
