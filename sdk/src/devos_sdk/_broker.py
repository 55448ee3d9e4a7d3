"""Waiting for work at RabbitMQ. A hint wakes the loop; what there is to do, the control plane alone says."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import BaseModel, SecretStr

from devos_sdk._errors import DevosError, Unauthorized
from devos_sdk._transport import Transport, back_off
from devos_sdk._wakeups import LONG_POLL_SECONDS, Wakeups

if TYPE_CHECKING:
    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

_logger = logging.getLogger("devos_sdk")

# Without a hint: a lost one costs so much and no more; ever longer for who has long had nothing to do, not
# too long: who is silent for a minute counts as offline. Jitter against fleets that march in step.
_ASK_SECONDS = (4.0, 6.0)
_LONGEST_ASK = (50.0, 55.0)
_MOST_DOUBLINGS = 4
# Who finds work that nobody told of renews at once.
_RENEW_SECONDS = (240.0, 360.0)
# Meanwhile there is long poll. A broker that a thousand agents come to at once is slow, and who gives up and
# comes again makes it slower.
_CONNECT_SECONDS = 30.0
_LONGEST_PAUSE = 30.0
_CALL_SECONDS = 5.0
# Unless the address says otherwise. What a lost connection may cost is bounded by asking without a hint.
_HEARTBEAT_SECONDS = 180
_CLOSE_SECONDS = 1.0
# A fleet that takes short tasks has and has no room many times a second.
_REST_SECONDS = 0.1
_QUIET_FAILURES = 3


class _Credentials(BaseModel):
    url: str
    virtual_host: str
    user: str
    password: SecretStr
    queues: list[str]

    def amqp(self, address: str | None) -> str:
        """Where to connect as whom; `address` is where the broker is seen from here."""
        there = urlsplit(address or self.url)
        login = f"{quote(self.user, safe='')}:{quote(self.password.get_secret_value(), safe='')}"
        where = there.netloc.rpartition("@")[2]
        query = there.query or f"heartbeat={_HEARTBEAT_SECONDS}"
        virtual_host = quote(self.virtual_host, safe="")
        return urlunsplit((there.scheme, f"{login}@{where}", f"/{virtual_host}", query, ""))


def require_library() -> None:
    """ValueError unless the extra is installed; better at the start than in the middle of the night."""
    try:
        import aio_pika  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise ValueError("To wait at a broker, run: pip install 'devos-sdk[rabbitmq]'.") from None


class BrokerWakeups(Wakeups):
    """Hints while the broker is there, long poll while it is not. It comes back by itself."""

    def __init__(self, http: Transport, address: str) -> None:
        self._http = http
        self._address = address
        self._is_connected = False
        # Also set when something changed that the one who waits must see.
        self._hint = asyncio.Event()
        self._has_more = True
        self._was_told = True
        self._in_vain = 0
        self._room = 0
        self._changed = asyncio.Event()
        self._renew_at = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        keeping = asyncio.create_task(self._keep_connected(), name="broker")
        try:
            yield
        finally:
            # Until it has ended: a call of the library may swallow a cancellation.
            while not keeping.done():
                keeping.cancel()
                await asyncio.wait({keeping}, timeout=0.2)

    async def patience(self) -> int:
        if self._is_connected and not self._has_more:
            self._was_told = await _is_set_within(self._hint, unasked_seconds(self._in_vain))
        # Before the call: a hint that comes while it is on its way counts for the next one.
        self._hint.clear()
        return 0 if self._is_connected else LONG_POLL_SECONDS

    def found(self, tasks: int) -> None:
        # Until nothing is left: one hint may stand for many tasks.
        self._has_more = tasks > 0
        self._in_vain = 0 if tasks else min(self._in_vain + 1, _MOST_DOUBLINGS)
        if tasks and not self._was_told:
            # Nobody told us: there may be a lane that we do not listen to yet.
            self._was_told = True
            self._renew_at = 0.0
            self._changed.set()

    def free(self, room: int) -> None:
        if (room > 0) != (self._room > 0):
            self._changed.set()
        self._room = room

    async def _keep_connected(self) -> None:
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._session()
            except Unauthorized:
                return  # the loop hears it, too, and ends
            except Exception as exc:  # noqa: BLE001  whatever is wrong with the broker, there is long poll
                refused = isinstance(exc, DevosError) and not exc.retryable
                # The control plane makes our user a moment after we have asked for it.
                if failures == (0 if refused else _QUIET_FAILURES):
                    _logger.warning("no hints from the broker, waiting by long poll: %s", _told(exc))
                failures = 1 if time.monotonic() - began > LONG_POLL_SECONDS else failures + 1
                renewal = random.uniform(*_RENEW_SECONDS)  # noqa: S311
                await asyncio.sleep(renewal if refused else back_off(failures, _LONGEST_PAUSE))
            else:
                failures = 0
            finally:
                self._is_connected = False
                self._hint.set()

    async def _session(self) -> None:
        """Listen to the queues of these lanes, until there are others or the connection is lost."""
        import aio_pika

        credentials = await self._credentials()
        connection = await aio_pika.connect(credentials.amqp(self._address), timeout=_CONNECT_SECONDS)
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                channel = await connection.channel(publisher_confirms=False)
            lost = asyncio.Event()

            def on_loss(*_: object) -> None:
                lost.set()
                # At once: whoever waits for a hint goes over to long poll.
                self._is_connected = False
                self._hint.set()
                self._changed.set()

            for closed in (connection.close_callbacks, channel.close_callbacks):
                closed.add(on_loss, weak=False)
            # A queue that was deleted ends its consumer and nothing else.
            underlay = await channel.get_underlay_channel()
            underlay.on_consumer_cancel_callbacks.add(on_loss)
            await self._listen(channel, credentials, lost)
        finally:
            with suppress(Exception):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await connection.close()

    async def _listen(self, channel: AbstractChannel, credentials: _Credentials, lost: asyncio.Event) -> None:
        queues = [await channel.get_queue(name, ensure=False) for name in credentials.queues]
        tags: list[tuple[AbstractQueue, str]] = []
        self._put_off_renewal()
        while not lost.is_set():
            self._changed.clear()
            if self._room > 0 and not tags:
                # As many hints as there are free hands; the others are for other agents.
                await channel.set_qos(prefetch_count=self._room, timeout=_CONNECT_SECONDS)
                tags = [(queue, await self._consume(queue)) for queue in queues]
            elif self._room <= 0 and tags:
                while tags:
                    queue, tag = tags.pop()
                    await queue.cancel(tag, timeout=_CALL_SECONDS)
            if not self._is_connected:
                self._is_connected = True
                self._hint.set()  # what was told before nobody was there to hear
                _logger.info("waiting for hints of %d lanes at the broker", len(queues))
            await asyncio.sleep(_REST_SECONDS)
            await _is_set_within(self._changed, max(0.0, self._renew_at - time.monotonic()))
            if time.monotonic() >= self._renew_at:
                self._put_off_renewal()
                if (await self._credentials()) != credentials:
                    return
        raise ConnectionError("the broker has closed the connection, the channel or a consumer")

    async def _consume(self, queue: AbstractQueue) -> str:
        return await queue.consume(self._hear, timeout=_CONNECT_SECONDS)

    async def _credentials(self) -> _Credentials:
        return await self._http.put(_Credentials, "/api/agents/broker-credentials", {})

    def _put_off_renewal(self) -> None:
        self._renew_at = time.monotonic() + random.uniform(*_RENEW_SECONDS)  # noqa: S311

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        if not _is_hint(message.body):
            await message.reject(requeue=False)
            return
        # At once, not after the work: the database has the task, the broker has only said so.
        await message.ack()
        self._hint.set()


def unasked_seconds(in_vain: int) -> float:
    """When to ask without a hint, after so many calls in a row that brought nothing."""
    return min(random.uniform(*_ASK_SECONDS) * 2**in_vain, random.uniform(*_LONGEST_ASK))  # noqa: S311


def _is_hint(body: bytes) -> bool:
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "task_id" in told


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
