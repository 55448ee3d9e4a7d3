"""Celery on RabbitMQ: one process with a pool of threads, its default prefetch of four times the concurrency,
durable messages with confirms, no result backend. Acknowledged after the job (its default is
before, which loses the jobs of a process that dies)."""

from __future__ import annotations

import os

from celery import Celery as App

from benchmarks.subjects.program import Payload, Tally, main

app = App("bench", broker=os.environ.get("BENCH_AMQP"))
app.conf.update(
    task_acks_late=True,
    task_ignore_result=True,
    broker_transport_options={"confirm_publish": True},
    broker_pool_limit=16,
    broker_connection_retry_on_startup=True,
)


class Celery:
    def __init__(self) -> None:
        self._job: Tally | None = None

        @app.task(name="noop")
        def noop(payload: Payload) -> None:
            assert self._job is not None
            self._job(payload)

        self._task = noop

    def prepare(self) -> None:
        with app.connection_for_write() as connection:
            app.amqp.queues["celery"](connection.default_channel).declare()
        app.control.purge()

    def open(self) -> None: ...

    def put(self, payload: Payload) -> None:
        self._task.apply_async((payload,))

    def consume(self, concurrency: int, job: Tally) -> None:
        self._job = job
        options = ["--pool", "threads", "--concurrency", str(concurrency), "--loglevel", "ERROR"]
        app.worker_main(["worker", *options, "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    main(Celery())
