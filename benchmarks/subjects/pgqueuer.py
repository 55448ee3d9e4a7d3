"""pgqueuer: batches of as many jobs as are said to run at once, no cap on tasks (its default), asyncpg and
uvloop as its own command. A done job moves to its log table."""

from __future__ import annotations

import json
import os

import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from benchmarks.subjects.program import Payload, Tally, main

DSN = os.environ["BENCH_DSN"]


class Pgqueuer:
    async def prepare(self) -> None:
        queries = Queries(AsyncpgDriver(await asyncpg.connect(DSN)))
        if await queries.has_table("pgqueuer"):
            await queries.driver.execute("truncate pgqueuer, pgqueuer_log, pgqueuer_statistics")
        else:
            await queries.install()

    async def open(self) -> None:
        pool = await asyncpg.create_pool(DSN, min_size=16, max_size=16)
        self._queries = Queries(AsyncpgPoolDriver(pool))

    async def put(self, payload: Payload) -> None:
        await self._queries.enqueue("noop", json.dumps(payload).encode())

    async def put_many(self, payloads: list[Payload]) -> None:
        bodies = [json.dumps(payload).encode() for payload in payloads]
        await self._queries.enqueue(["noop"] * len(bodies), bodies, [0] * len(bodies))

    def consume(self, concurrency: int, job: Tally) -> None:
        async def run() -> None:
            pgq = PgQueuer(AsyncpgDriver(await asyncpg.connect(DSN)))

            @pgq.entrypoint("noop")
            async def noop(found: Job) -> None:
                job(json.loads(found.payload or b"{}"))

            await pgq.run(batch_size=concurrency)

        uvloop.run(run())


if __name__ == "__main__":
    main(Pgqueuer())
