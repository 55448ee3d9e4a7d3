"""Dramatiq on RabbitMQ: one process with so many threads, its default prefetch of twice that, confirms."""

from __future__ import annotations

import os
import time

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from benchmarks.subjects.program import Payload, Tally, main

broker = RabbitmqBroker(url=os.environ.get("BENCH_AMQP", "amqp://"), confirm_delivery=True)
dramatiq.set_broker(broker)


class Dramatiq:
    def __init__(self) -> None:
        self._job: Tally | None = None

        @dramatiq.actor(actor_name="noop")
        def noop(payload: Payload) -> None:
            assert self._job is not None
            self._job(payload)

        self._actor = noop

    def prepare(self) -> None:
        broker.declare_queue("default", ensure=True)
        broker.flush_all()

    def open(self) -> None: ...

    def put(self, payload: Payload) -> None:
        self._actor.send(payload)

    def consume(self, concurrency: int, job: Tally) -> None:
        self._job = job
        dramatiq.Worker(broker, worker_threads=concurrency).start()
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main(Dramatiq())
