"""taskiq with its RabbitMQ broker: async, `max_async_tasks`, as much prefetch, acknowledged once
the job is done; a durable quorum queue as it declares by default."""

from __future__ import annotations

import asyncio
import os

from taskiq.api import run_receiver_task
from taskiq_aio_pika import AioPikaBroker

from benchmarks.subjects.program import Payload, Tally, main


class Taskiq:
    def __init__(self) -> None:
        self._job: Tally | None = None

    def _declare(self, concurrency: int = 1) -> None:
        self._broker = AioPikaBroker(os.environ["BENCH_AMQP"], qos=concurrency)

        @self._broker.task(task_name="noop")
        async def noop(payload: Payload) -> None:
            assert self._job is not None
            self._job(payload)

        self._task = noop

    async def prepare(self) -> None:
        await self.open()
        assert self._broker.write_channel is not None
        queue = await self._broker.write_channel.get_queue("taskiq", ensure=False)
        await queue.purge()
        await self._broker.shutdown()

    async def open(self) -> None:
        self._declare()
        await self._broker.startup()

    async def put(self, payload: Payload) -> None:
        await self._task.kiq(payload)

    def consume(self, concurrency: int, job: Tally) -> None:
        self._job = job
        self._declare(concurrency)
        asyncio.run(run_receiver_task(self._broker, max_async_tasks=concurrency, run_startup=True))


if __name__ == "__main__":
    main(Taskiq())
