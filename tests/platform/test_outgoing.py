"""Calls to servers of others: whatever those do, they take little time and memory, and lead nowhere else."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from control_plane.platform import outgoing
from control_plane.platform.outgoing import OutgoingError, fetch

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@asynccontextmanager
async def serving(answer: Answer) -> AsyncGenerator[str]:
    """A server that reads a request and answers as told; its address."""
    answered: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        except OSError:
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answered.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/thing?secret=word"
    finally:
        server.close()
        for task in answered:
            task.cancel()
        await asyncio.gather(*answered, return_exceptions=True)
        await server.wait_closed()


def sends(*parts: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(parts))
        await writer.drain()

    return answer


async def test_the_body_of_an_answer_is_read() -> None:
    async with serving(sends(HEAD, b"\r\n", b"hello")) as url:
        assert await fetch("GET", url) == b"hello"
        assert await fetch("POST", url, form={"a": "b"}) == b"hello"


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",),
        (b"HTTP/1.1 204 No Content\r\n\r\n",),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",),
        (b"no http at all\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",),
        (HEAD, b"X: " + b"x" * 200_000 + b"\r\n\r\n"),
        (HEAD, b"\r\n", b"x" * 300_000),
        (b"",),
    ],
)
async def test_another_answer_is_none(parts: tuple[bytes, ...]) -> None:
    async with serving(sends(*parts)) as url:
        with pytest.raises(OutgoingError) as refusal:
            await fetch("GET", url)
    assert "secret" not in str(refusal.value)


async def test_what_is_packed_stays_packed() -> None:
    packed = gzip.compress(b"x" * 10_000_000)
    async with serving(sends(HEAD, b"Content-Encoding: gzip\r\n\r\n", packed)) as url:
        assert await fetch("GET", url) == packed


async def test_a_body_without_an_end_is_cut_off() -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(HEAD + b"\r\n")
        while True:
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async with serving(endless) as url:
        with pytest.raises(OutgoingError, match="more than"):
            await fetch("GET", url)
    assert sent < 20_000_000


async def test_one_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "_SECONDS", 0.5)

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    begun = time.monotonic()
    async with serving(drip) as url:
        with pytest.raises(OutgoingError, match="did not answer"):
            await fetch("GET", url)
    assert time.monotonic() - begun < 3


async def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(OutgoingError, match=r"http://127.0.0.1:9/ did not answer: ConnectError"):
        await fetch("GET", "http://127.0.0.1:9/?secret=word")
