"""Bare aio-pika on a durable classic queue: persistent messages, confirms, acknowledged one by one.
The limit of the broker peers, not one of them: no retries, no names, no bookkeeping."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import aio_pika

from benchmarks.subjects.program import Payload, Tally, main

_QUEUE = "bare"


class AioPika:
    async def _channel(self) -> Any:
        connection = await aio_pika.connect(os.environ["BENCH_AMQP"])
        return await connection.channel(publisher_confirms=True)

    async def prepare(self) -> None:
        queue = await (await self._channel()).declare_queue(_QUEUE, durable=True)
        await queue.purge()

    async def open(self) -> None:
        self._exchange = (await self._channel()).default_exchange

    async def put(self, payload: Payload) -> None:
        body = aio_pika.Message(json.dumps(payload).encode(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await self._exchange.publish(body, _QUEUE)

    def consume(self, concurrency: int, job: Tally) -> None:
        async def run() -> None:
            channel = await self._channel()
            await channel.set_qos(prefetch_count=concurrency)
            queue = await channel.declare_queue(_QUEUE, durable=True)

            async def on_message(message: Any) -> None:
                job(json.loads(message.body))
                await message.ack()

            await queue.consume(on_message)
            await asyncio.Event().wait()

        asyncio.run(run())


if __name__ == "__main__":
    main(AioPika())
