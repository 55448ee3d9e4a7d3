"""A line to a server that can be cut, in one direction or both.

What is sent into a cut line is held back, not lost: a network sends again what did not arrive.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

Direction = Literal["there", "back", "both"]
Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Line(Protocol):
    """Where a server is reached, and how that ends."""

    host: str
    port: int

    async def cut(self, direction: Direction) -> None:
        """From now on nothing arrives `there` at the server, `back` at its clients, or both."""
        ...

    async def heal(self) -> None:
        """From now on everything arrives, that of before too."""
        ...


@dataclass(frozen=True)
class Target:
    """A server: a Unix socket, or a port of the loopback."""

    socket: Path | None = None
    port: int = 0

    async def connect(self) -> Pair:
        if self.socket is not None:
            return await asyncio.open_unix_connection(self.socket)
        return await asyncio.open_connection("127.0.0.1", self.port)


class Proxy:
    """A line through this process."""

    def __init__(self, target: Target) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        # How long everything is on its way, in each direction.
        self.way_seconds = 0.0
        self._target = target
        self._there, self._back = asyncio.Event(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        self._there.set()
        self._back.set()

    async def cut(self, direction: Direction) -> None:
        for name, way in (("there", self._there), ("back", self._back)):
            if direction in (name, "both"):
                way.clear()

    async def heal(self) -> None:
        self._there.set()
        self._back.set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        connection = asyncio.create_task(self._serve(reader, writer))
        self._open.add(connection)
        connection.add_done_callback(self._open.discard)

    async def close(self) -> None:
        """End all connections."""
        for connection in self._open:
            connection.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A connection needs both ways to come about.
        await self._there.wait()
        await self._back.wait()
        try:
            there, back = await self._target.connect()
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self._copy(reader, back, self._there), self._copy(there, writer, self._back))

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: asyncio.Event
    ) -> None:
        try:
            with suppress(OSError):
                while data := await reader.read(65536):
                    await asyncio.sleep(self.way_seconds)
                    await way.wait()
                    writer.write(data)
                    await writer.drain()
            await way.wait()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


Listen = Callable[[Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]], Awaitable[asyncio.Server]]


@asynccontextmanager
async def listening(target: Target, listen: Listen) -> AsyncGenerator[Proxy]:
    """A proxy that listens as told."""
    proxy = Proxy(target)
    server = await listen(proxy.accept)
    name = server.sockets[0].getsockname()
    if isinstance(name, tuple):
        proxy.host, proxy.port = name
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()


@asynccontextmanager
async def proxied(target: Target, _folder: Path) -> AsyncGenerator[Proxy]:
    """A line to a server through this process."""
    async with listening(target, lambda accept: asyncio.start_server(accept, "127.0.0.1", 0)) as proxy:
        yield proxy


def through(line: Line, url: str) -> str:
    """The address of the same server by a line."""
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@{line.host}:{line.port}").geturl()


async def _forward(host: str, port: int, socket: Path) -> None:
    async with listening(Target(socket), lambda accept: asyncio.start_server(accept, host, port)):
        print("listens", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_forward(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
