"""The topology as code: declared when the relay connects, and again when something of it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aio_pika
from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError, ChannelPreconditionFailed

from control_plane.broker.names import DEAD, DEFAULT, DELAYS, LANES, delay_queue, lane_queue

_SECONDS = 5.0
_CLOSE_SECONDS = 1.0
# How many queues of lanes are declared side by side; each has five seconds.
_AT_ONCE = 20
_HOUR, _DAY = 3_600_000, 86_400_000
# Quorum queues of RabbitMQ 3.10 know no priorities, and a virtual host of 4.x may prefer those.
_CLASSIC = {"x-queue-type": "classic"}
_LANE = {
    **_CLASSIC,
    "x-max-priority": 4,
    "x-expires": _HOUR,
    # As many hints as any fleet has room for; who publishes more is told so.
    "x-max-length": 1000,
    "x-overflow": "reject-publish",
    "x-dead-letter-exchange": DEAD,
}
# Nobody has to read these: they must not fill the broker.
_DEFAULT = {**_CLASSIC, "x-max-priority": 4, "x-max-length": 10_000, "x-message-ttl": 60_000}
# The routing key stays: after the delay a hint goes on to its own lane.
_DELAY = {**_CLASSIC, "x-max-length": 10_000, "x-dead-letter-exchange": LANES}
_DEAD = {**_CLASSIC, "x-max-length": 10_000, "x-message-ttl": _DAY}


# Whatever is wrong with a connection: it is let go, and the next call makes another.
AWAY = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError, RuntimeError)


class BrokerAwayError(Exception):
    """The broker did not do what it was asked: it is not there, blocked, or refuses us."""


async def connect(url: str, what_for: str) -> AbstractConnection:
    """A connection of our own that says what it is for."""
    return await aio_pika.connect(
        url, timeout=_SECONDS, client_properties={"connection_name": f"devos {what_for}"}
    )


async def let_go(connection: AbstractConnection | None) -> None:
    """Close a connection, also to a broker that does not answer."""
    if connection is not None:
        with suppress(*AWAY):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await connection.close()


class Topology:
    """Declares, on a connection that never publishes.

    A broker that is short of memory stops reading from connections that do, and from no others.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    async def declare(self, lanes: Iterable[int] = ()) -> None:
        """See to it that everything is there, with the queues of these lanes. BrokerAwayError."""
        async with self._one_at_a_time:
            try:
                if self._connection is None or not self._connection.connected.is_set():
                    self._connection = await connect(self._url, "topology")
                await _declare_all(self._connection)
                names = [lane_queue(lane) for lane in lanes]
                for begin in range(0, len(names), _AT_ONCE):
                    # Each goes by itself when nobody has used it for an hour.
                    some = names[begin : begin + _AT_ONCE]
                    await asyncio.gather(
                        *(_queue(self._connection, name, _LANE, LANES, name) for name in some)
                    )
            except AWAY as exc:
                await self.close()
                raise BrokerAwayError(f"{type(exc).__name__}: {exc}") from exc

    async def close(self) -> None:
        """Let go of the broker."""
        connection, self._connection = self._connection, None
        await let_go(connection)


@asynccontextmanager
async def _channel(connection: AbstractConnection) -> AsyncGenerator[AbstractChannel]:
    """A channel for one thing to declare, which has its own time: together they are eighty round trips.

    The library waits for ever where a connection was dropped without a word.
    """
    async with asyncio.timeout(_SECONDS), connection.channel() as channel:
        yield channel


async def _declare_all(connection: AbstractConnection) -> None:
    async with _channel(connection) as channel:
        lanes = await channel.declare_exchange(LANES, ExchangeType.DIRECT, durable=True, timeout=_SECONDS)
        dead = await channel.declare_exchange(DEAD, ExchangeType.FANOUT, durable=True, timeout=_SECONDS)
    # At once, or a broker far away would need a minute.
    await asyncio.gather(
        _queue(connection, DEFAULT, _DEFAULT, lanes.name, DEFAULT),
        _queue(connection, DEAD, _DEAD, dead.name, ""),
        *(_delay(connection, step) for step in DELAYS),
    )


async def _delay(connection: AbstractConnection, step: int) -> None:
    name = delay_queue(step)
    async with _channel(connection) as channel:
        await channel.declare_exchange(name, ExchangeType.FANOUT, durable=True, timeout=_SECONDS)
    delay = {
        **_CLASSIC,
        "x-message-ttl": step * 1000,
        "x-dead-letter-exchange": LANES,
        "x-max-length": 10_000,
    }
    await _queue(connection, name, delay, name, "")


async def _queue(
    connection: AbstractConnection, name: str, arguments: dict[str, Any], exchange: str, key: str
) -> None:
    async with _channel(connection) as channel:
        try:
            await _declare(channel, name, arguments, exchange, key)
            return
        except ChannelPreconditionFailed:
            pass
    # An older version made it otherwise. What it holds is hints.
    async with _channel(connection) as channel:
        await channel.queue_delete(name, timeout=_SECONDS)
        await _declare(channel, name, arguments, exchange, key)


async def _declare(
    channel: AbstractChannel, name: str, arguments: dict[str, Any], exchange: str, key: str
) -> None:
    queue = await channel.declare_queue(name, durable=True, arguments=arguments, timeout=_SECONDS)
    await queue.bind(exchange, key, timeout=_SECONDS)
