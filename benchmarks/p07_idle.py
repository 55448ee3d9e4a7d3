"""P7: what 1,000 agents cost that have nothing to do: by long poll, and at RabbitMQ.

They are agents of the SDK with keys of their own, in one process whose CPU is told apart and not counted.
Each of their calls is a heartbeat. Counted is all that serves them: API, worker, Postgres, and the broker in
its turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import httpx
import psutil

from benchmarks.harness import Bench, Result, Row, Rows, family
from benchmarks.stack import KIND
from devos_sdk import Agent, AsyncDevos, Context

AGENTS = 1_000
# Two polls of each; the quick form sees one of a tenth of them.
_SECONDS = 100.0
_LEAST_SECONDS = 50.0
_READY_SECONDS = 300.0
_SETTLE_SECONDS = 30.0
# At the broker agents ask after 5, 10, 20, 40 and then every 50 seconds.
_SETTLE_BROKER_SECONDS = 90.0
_AT_ONCE = 16
# Who does not count as offline.
_HERE = """
select count(*) from public.agent_heartbeats
 where agent_id <> $1 and seen_at > greatest(to_timestamp($2), statement_timestamp() - interval '1 minute')
"""

_I = TypeVar("_I")
_O = TypeVar("_O")


def measure(bench: Bench) -> Result:
    # A thousand times that its user at the broker is still being made.
    logging.getLogger("devos_sdk").setLevel(logging.ERROR)
    # Where no task has ever been, there is no lane, and nothing to listen to.
    bench.stack.fill(1)
    bench.stack.empty()
    keys = asyncio.run(_register(bench))
    rows = bench.interleaved(
        {"nobody": partial(_round, bench, [], ""), "long poll": partial(_round, bench, keys, "")}
    )
    if bench.node is not None:
        bench.stack.use_broker(bench.node)
        try:
            ids = bench.stack.sql("select id from public.agents where not broker_allowed")
            asyncio.run(_allow(bench, [str(row["id"]) for row in ids]))
            there = bench.node.address
            rows |= bench.interleaved(
                {
                    "nobody, RabbitMQ": partial(_round, bench, [], there),
                    "RabbitMQ": partial(_round, bench, keys, there),
                }
            )
        finally:
            bench.stack.use_broker(None)
    return Result(rows, figures(rows))


def figures(rows: Rows) -> dict[str, list[float]]:
    """What serves them costs something without them, too: it counts all the same."""
    return {
        f"agents waiting, {name}": rows[name]["% of a core"]
        for name in ("long poll", "RabbitMQ")
        if name in rows
    }


def _round(bench: Bench, keys: list[str], broker: str) -> Row:
    return asyncio.run(_watch(bench, keys, broker))


async def _watch(bench: Bench, keys: list[str], broker: str) -> Row:
    parts = {name: process.pid for name, process in bench.stack.processes.items()}
    assert bench.stack.postgres.pid is not None
    parts["postgres"] = bench.stack.postgres.pid
    if broker:
        parts["rabbitmq"] = bench.broker_pid
    empty = {part: memory(pid) for part, pid in parts.items()}
    async with _waiting(bench, keys, broker):
        settling = _SETTLE_BROKER_SECONDS if broker and keys else _SETTLE_SECONDS
        await asyncio.sleep(settling * (1 if keys else bench.scale))
        before, own, began = cpu(parts), _own_cpu(), time.monotonic()
        await asyncio.sleep(max(_LEAST_SECONDS, _SECONDS * bench.scale))
        seconds = time.monotonic() - began
        used = {part: now - before[part] for part, now in cpu(parts).items()}
        own = _own_cpu() - own
        more = {part: memory(pid) - empty[part] for part, pid in parts.items()}
        await _require_all(bench, len(keys), 0.0)
    row = {"% of a core": share(sum(used.values()), seconds)}
    row |= {f"% {part}": share(cost, seconds) for part, cost in used.items()}
    row["% of the agents"] = share(own, seconds)
    if keys:
        row["kB each"] = sum(more.values()) / len(keys) / 1024
        row |= {f"kB each {part}": grown / len(keys) / 1024 for part, grown in more.items()}
    return row


def share(cpu_seconds: float, seconds: float) -> float:
    """Per cent of one core."""
    return 100 * cpu_seconds / seconds


def cpu(parts: dict[str, int]) -> dict[str, float]:
    """CPU seconds of each part so far, with all that it started."""
    return {part: family(pid) for part, pid in parts.items()}


def memory(pid: int) -> float:
    """Bytes that a process and its descendants do not share with others."""
    root = psutil.Process(pid)
    return sum(process.memory_full_info().uss for process in [root, *root.children(recursive=True)])


def _own_cpu() -> float:
    times = psutil.Process().cpu_times()
    return times.user + times.system


@asynccontextmanager
async def _waiting(bench: Bench, keys: list[str], broker: str) -> AsyncGenerator[None]:
    """All of them are there and wait, for as long as the block runs."""
    began = time.time()
    agents = [asyncio.create_task(_agent(bench.stack.url, key, broker)) for key in keys]
    try:
        if keys:
            await _require_all(bench, len(keys), began)
            if broker:
                await _until(lambda: _at_the_broker(bench, len(keys)))
        yield
    finally:
        for agent in agents:
            agent.cancel()
        await asyncio.gather(*agents, return_exceptions=True)


async def _agent(url: str, key: str, broker: str) -> None:
    agent = Agent("idle", broker_url=broker or None)

    @agent.task(KIND)
    async def noop(ctx: Context) -> None:
        raise AssertionError("there is nothing to do")

    await agent.serve(url=url, api_key=key)


async def _require_all(bench: Bench, count: int, since: float) -> None:
    async def here() -> bool:
        sql = partial(bench.stack.sql, _HERE, bench.stack.agent_id, since)
        return (await asyncio.to_thread(sql))[0][0] >= count

    await _until(here)


async def _at_the_broker(bench: Bench, count: int) -> bool:
    assert bench.node is not None
    try:
        async with httpx.AsyncClient() as http:
            told = (await http.get(f"{bench.node.management_url}/api/overview")).json()
    except httpx.TransportError:
        return False  # a thousand agents come to it from this process
    return told["object_totals"]["consumers"] >= count


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(_READY_SECONDS):
        while not await condition():
            await asyncio.sleep(0.5)


async def _register(bench: Bench) -> list[str]:
    async with AsyncDevos(bench.stack.url) as devos:
        await devos.sign_in(*bench.stack.owner)

        async def one(number: int) -> str:
            made = await devos.agents.register(f"idle-{number}", project_ids=[bench.stack.project_id])
            return made.api_key.get_secret_value()

        return await _each(one, range(bench.size(AGENTS)))


async def _allow(bench: Bench, ids: list[str]) -> None:
    async with AsyncDevos(bench.stack.url) as devos:
        await devos.sign_in(*bench.stack.owner)
        await _each(devos.agents.allow_broker, ids)


async def _each(do: Callable[[_I], Awaitable[_O]], items: Iterable[_I]) -> list[_O]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(item: _I) -> _O:
        async with room:
            return await do(item)

    return await asyncio.gather(*(one(item) for item in items))
