"""procrastinate: an async worker with `concurrency`, notified of new jobs; done jobs stay, as by default."""

from __future__ import annotations

import asyncio
import os

import procrastinate

from benchmarks.subjects.program import Payload, Tally, main

app = procrastinate.App(
    connector=procrastinate.PsycopgConnector(conninfo=os.environ["BENCH_DSN"], min_size=4, max_size=20)
)


class Procrastinate:
    def __init__(self) -> None:
        self._job: Tally | None = None

        @app.task(name="noop")
        async def noop(payload: Payload) -> None:
            assert self._job is not None
            self._job(payload)

        self._task = noop

    async def prepare(self) -> None:
        async with app.open_async():
            if await app.check_connection_async():
                await app.connector.execute_query_async(
                    "truncate procrastinate_jobs, procrastinate_events cascade"
                )
            else:
                await app.schema_manager.apply_schema_async()

    async def open(self) -> None:
        await app.open_async()

    async def put(self, payload: Payload) -> None:
        await self._task.defer_async(payload=payload)

    async def put_many(self, payloads: list[Payload]) -> None:
        await self._task.batch_defer_async(*({"payload": payload} for payload in payloads))

    def consume(self, concurrency: int, job: Tally) -> None:
        self._job = job

        async def run() -> None:
            async with app.open_async():
                await app.run_worker_async(concurrency=concurrency)

        asyncio.run(run())


if __name__ == "__main__":
    main(Procrastinate())
