"""Bare asyncpg on a table of its own: so many at a time, claimed and completed in one statement. The limit of
what stores in Postgres, not a peer: no leases that end, no retries, no events."""

from __future__ import annotations

import asyncio
import json
import os

import asyncpg

from benchmarks.subjects.program import Payload, Tally, main

DSN = os.environ["BENCH_DSN"]
_TABLE = """
drop table if exists bare;
create table bare (
    id bigint generated always as identity primary key, state text not null default 'pending',
    priority smallint not null default 3, input jsonb not null, started_at timestamptz,
    finished_at timestamptz
) with (fillfactor = 80);
create index on bare (priority, id) where state = 'pending';
"""
_ROUND = """
with done as (
    update bare set state = 'completed', finished_at = now() where id = any ($1::bigint[])
)
update bare set state = 'running', started_at = now()
 where id = any (array(
    select id from bare where state = 'pending' order by priority, id limit $2 for update skip locked))
returning id, input
"""
_PUT = "insert into bare (input) select * from unnest($1::jsonb[])"


class Asyncpg:
    async def prepare(self) -> None:
        await (await asyncpg.connect(DSN)).execute(_TABLE)

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(DSN, min_size=16, max_size=16)

    async def put(self, payload: Payload) -> None:
        await self._pool.execute("insert into bare (input) values ($1)", json.dumps(payload))

    async def put_many(self, payloads: list[Payload]) -> None:
        await self._pool.execute(_PUT, [json.dumps(payload) for payload in payloads])

    def consume(self, concurrency: int, job: Tally) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(DSN)
            rows: list[asyncpg.Record] = []
            while True:
                rows = await connection.fetch(_ROUND, [row["id"] for row in rows], concurrency)
                for row in rows:
                    job(json.loads(row["input"]))
                if not rows:
                    await asyncio.sleep(0.005)

        asyncio.run(run())


if __name__ == "__main__":
    main(Asyncpg())
