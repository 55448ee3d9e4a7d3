"""One address for several APIs, as a load balancer gives: a connection goes to one that listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count


@asynccontextmanager
async def balancer(ports: Sequence[int]) -> AsyncIterator[str]:
    """The address; the ports are tried in turn."""
    turns = count()
    open_: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(_serve(reader, writer, ports, next(turns)))
        open_.add(connection)
        connection.add_done_callback(open_.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in open_:
            connection.cancel()
        await asyncio.gather(*open_, return_exceptions=True)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ports: Sequence[int], turn: int
) -> None:
    for number in range(len(ports)):
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", ports[(turn + number) % len(ports)])
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
            return
    await _close(writer)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, and the end of it: whoever was killed has closed both ways."""
    try:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
    finally:
        await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
