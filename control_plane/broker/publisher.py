"""Publishing hints: confirmed, mandatory, within five seconds, on a connection that does nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError

from control_plane.broker.names import DEFAULT, LANES, delay_queue, delay_step, lane_queue
from control_plane.broker.topology import AWAY, BrokerAwayError, Topology, connect, let_go

_SECONDS = 5.0


@dataclass(frozen=True)
class Hint:
    """There is work in a lane, such as this task. `has_readers`: somebody may read the queue of the lane."""

    task_id: UUID
    attempt: int
    lane: int
    priority: int
    after_seconds: float
    has_readers: bool

    @property
    def key(self) -> tuple[UUID, int, bool]:
        """What is told once: a task that waits for this attempt, now or later."""
        return self.task_id, self.attempt, self.after_seconds > 0

    @property
    def body(self) -> bytes:
        """What the message carries."""
        told = {"task_id": str(self.task_id), "lane": self.lane, "priority": self.priority}
        return json.dumps(told).encode()


class Publisher:
    """One connection that does nothing but publish, made when it is needed."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._url = url
        self._topology = topology
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchanges: dict[str, AbstractExchange] = {}

    async def publish(self, hints: Sequence[Hint]) -> None:
        """Return once the broker has confirmed all of them. BrokerAwayError."""
        try:
            await self._publish(hints)
        except AWAY as exc:
            await self.close()
            raise BrokerAwayError(f"{type(exc).__name__}: {exc}") from exc

    async def close(self) -> None:
        """Let go of the broker, also of one that does not answer."""
        connection, self._connection, self._channel = self._connection, None, None
        self._exchanges.clear()
        await let_go(connection)

    async def _publish(self, hints: Sequence[Hint]) -> None:
        channel = await self._open()
        sent = await asyncio.gather(*(self._send(channel, hint) for hint in hints))
        if returned := [hint for hint in sent if hint is not None]:
            # A queue has expired, or somebody has deleted it.
            await self._topology.declare(sorted({hint.lane for hint in returned if hint.has_readers}))
            await asyncio.gather(*(self._send(channel, hint) for hint in returned))

    async def _send(self, channel: AbstractChannel, hint: Hint) -> Hint | None:
        """Publish one; the hint itself when there is no queue for it."""
        late = hint.after_seconds
        exchange = await self._exchange(channel, delay_queue(delay_step(late)) if late > 0 else LANES)
        message = Message(
            hint.body,
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            priority=5 - hint.priority,
        )
        queue = lane_queue(hint.lane) if hint.has_readers else DEFAULT
        try:
            await exchange.publish(message, queue, mandatory=True, timeout=_SECONDS)
        except PublishError:
            return hint
        except DeliveryError:
            return None  # the queue is full: it holds hints enough
        return None

    async def _exchange(self, channel: AbstractChannel, name: str) -> AbstractExchange:
        if name not in self._exchanges:
            self._exchanges[name] = await channel.get_exchange(name, ensure=False)
        return self._exchanges[name]

    async def _open(self) -> AbstractChannel:
        if self._channel is None or self._channel.is_closed:
            await self.close()
            await self._topology.declare()
            self._connection = await connect(self._url, "relay")
            async with asyncio.timeout(_SECONDS):
                self._channel = await self._connection.channel(on_return_raises=True)
        return self._channel
