"""A RabbitMQ that is stopped and killed while agents wait at it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from aio_pika.exceptions import AMQPError

from control_plane.broker.names import DEFAULT
from control_plane.broker.node import VIRTUAL_HOST, BrokerNode, install
from tests.support.broker import Broker
from tests.support.processes import eventually, is_gone

_T = TypeVar("_T")


class Rabbit:
    """A node in a thread of its own: it ends with that one, and starting it holds nobody up."""

    def __init__(self, folder: Path) -> None:
        self._runner = BrokerNode(folder)
        self._thread = ThreadPoolExecutor(1)
        self._broker = Broker(self._runner, VIRTUAL_HOST)
        self._starting: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path) -> AsyncGenerator[Rabbit]:
        """Until the block ends; it starts beside what comes next, installed when it is missing."""
        rabbit = cls(folder / "broker")
        await asyncio.to_thread(install)
        rabbit._starting = asyncio.create_task(rabbit.start())
        try:
            yield rabbit
        finally:
            await asyncio.wait({rabbit._starting})
            await rabbit.stop()
            rabbit._thread.shutdown()

    async def ready(self) -> None:
        """Return when it answers."""
        assert self._starting is not None
        await self._starting

    @property
    def settings(self) -> dict[str, object]:
        """Of a devos that uses it."""
        return self._broker.settings

    @property
    def url(self) -> str:
        return self._broker.url

    @property
    def port(self) -> int:
        return self._broker.node.port

    @property
    def address(self) -> str:
        """Where agents find it."""
        return self._broker.node.address

    async def start(self) -> None:
        await self._in_thread(lambda: self._runner.start(with_parent=True))

    async def stop(self) -> None:
        """As an operator would."""
        await self._in_thread(self._runner.stop)

    async def kill(self) -> None:
        """By SIGKILL, and start it anew."""
        node = self._broker.node
        for pid in (node.pid, node.epmd_pid):
            # Each leads a group: the server's has Erlang in it, below a shell.
            os.killpg(pid, signal.SIGKILL)
            await asyncio.to_thread(eventually, lambda pid=pid: is_gone(pid))
        await self.start()

    async def told_of(self, task_id: str, seconds: float) -> bool:
        """Whether there comes a hint of a task that nobody here can do, and that no agent reads thus."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                while hint := await self._broker.take(DEFAULT):
                    if hint["task_id"] == task_id:
                        return True
            except (AMQPError, OSError, TimeoutError):
                pass  # it is starting
            await asyncio.sleep(0.1)
        return False

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
