"""DBOS: a workflow on a queue with `worker_concurrency`, polled every 10 ms (by default a second, which
would take one batch a second)."""

from __future__ import annotations

import os
import time

import dbos

from benchmarks.subjects.program import Payload, Tally, main

_QUEUE = "noop"
_URL = os.environ["BENCH_DSN"].replace("/peers", "/dbos")


class Dbos:
    def __init__(self) -> None:
        self._job: Tally | None = None

    def _start(self, concurrency: int) -> None:
        dbos.DBOS(
            config={
                "name": "bench",
                "system_database_url": _URL,
                "application_version": "1",
                "log_level": "ERROR",
            }
        )

        @dbos.DBOS.workflow(name="noop")
        async def noop(payload: Payload) -> None:
            assert self._job is not None
            self._job(payload)

        dbos.DBOS.launch()
        dbos.DBOS.register_queue(_QUEUE, worker_concurrency=concurrency, polling_interval_sec=0.01)

    def prepare(self) -> None:
        self._start(1)
        dbos.DBOS.destroy()
        dbos.DBOS.reset_system_database(system_database_url=_URL, truncate=True)

    def open(self) -> None:
        self._client = dbos.DBOSClient(system_database_url=_URL)

    def put(self, payload: Payload) -> None:
        self._client.enqueue({"queue_name": _QUEUE, "workflow_name": "noop", "app_version": "1"}, payload)

    def consume(self, concurrency: int, job: Tally) -> None:
        self._job = job
        self._start(concurrency)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main(Dbos())
