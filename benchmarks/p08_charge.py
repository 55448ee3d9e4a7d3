"""P8: charges of a budget, in SQL over 16 connections, against a guarded update of one number.

devos: an agent charges for its task: the fence of its lease, the chain of substitutes, the ledger, the event.
bare: `update … set spent = spent + x where spent + x <= limit`, no more. One hot budget, and 64 of them.
"""

from __future__ import annotations

import asyncio
import json
import time
from decimal import Decimal
from functools import partial

import asyncpg

from benchmarks.harness import Bench, Result, Row, Rows, ratios
from benchmarks.stack import KIND, Stack

_CONNECTIONS = 16
_CHARGES = 8_000
AMOUNT = Decimal("0.000001")
_BARE = """
drop table if exists public.bare_budgets;
create table public.bare_budgets (
    id uuid primary key, spent numeric(18, 6) not null default 0, "limit" numeric(18, 6) not null
) with (fillfactor = 50);
insert into public.bare_budgets (id, "limit") select id, "limit" from public.service_registry;
"""
_SERVICES = """
insert into public.service_registry (id, project_id, name, "limit")
select uuidv7(), $1, 'bench-' || n, 1000000 from generate_series(1, $2::integer) n
"""


def measure(bench: Bench) -> Result:
    stack = bench.stack
    if not stack.sql("select from public.service_registry"):
        stack.sql(_SERVICES, stack.project_id, 64)
    services = [str(row["id"]) for row in stack.sql("select id from public.service_registry")]
    rows: Rows = {}
    for name, count in (("one hot", 1), ("64", 64)):
        bench.say(f" {name}")
        found = bench.interleaved(
            {
                f"devos, {name}": partial(_round, bench, services[:count], ours=True),
                f"bare, {name}": partial(_round, bench, services[:count], ours=False),
            }
        )
        rows |= found
    stack.sql("drop table public.bare_budgets;")
    hot, many = (
        ratios(rows[f"devos, {name}"]["per second"], rows[f"bare, {name}"]["per second"])
        for name in ("one hot", "64")
    )
    return Result(
        rows,
        {
            "one hot budget against a bare guarded update": hot,
            "64 budgets against bare guarded updates": many,
        },
    )


def _round(bench: Bench, services: list[str], *, ours: bool) -> Row:
    bench.stack.empty()
    bench.stack.fill(_CONNECTIONS)
    bench.stack.sql(_BARE)
    bench.stack.sql("checkpoint")
    seconds = asyncio.run(_charge_all(bench.stack, services, bench.size(_CHARGES) // _CONNECTIONS, ours=ours))
    return {"per second": bench.size(_CHARGES) // _CONNECTIONS * _CONNECTIONS / seconds}


async def _charge_all(stack: Stack, services: list[str], each: int, *, ours: bool) -> float:
    """Every connection charges so often; the seconds that took all of them."""
    dsn = stack.postgres.dsn("devos_login" if ours else "postgres", "devos")
    connections = [await asyncpg.connect(dsn) for _ in range(_CONNECTIONS)]
    statement = 'update public.bare_budgets set spent = spent + $2 where id = $1 and spent + $2 <= "limit"'
    leases: list[tuple[str, int]] = [("", 0)] * _CONNECTIONS
    if ours:
        claim = "select agent_exchange($1, $2, '[]', $3, $4, 3600)::text"
        claimed = json.loads(await connections[0].fetchval(claim, *stack.key, [KIND], _CONNECTIONS))
        leases = [(task["id"], task["lease_token"]) for task in claimed["tasks"]]
        statement = "select charge_service($1, $2, $3, $4, $5)"
        for connection in connections:
            claims = json.dumps({"role": "agent", "agent_id": stack.agent_id})
            await connection.execute("set role agent")
            await connection.execute(f"set request.jwt.claims = '{claims}'")
    calls = [await connection.prepare(statement) for connection in connections]

    async def run(nr: int) -> None:
        for turn in range(each):
            service = services[(nr * each + turn) % len(services)]
            lease = [*leases[nr], f"{turn}"] if ours else []
            await calls[nr].fetch(service, AMOUNT, *lease)

    begun = time.perf_counter()
    await asyncio.gather(*(run(nr) for nr in range(_CONNECTIONS)))
    seconds = time.perf_counter() - begun
    await asyncio.gather(*(connection.close() for connection in connections))
    return seconds
