"""A caller of the API that costs next to nothing, so that the server is measured and not its client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit


class Wire:
    """One connection that stays open, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = head

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, token: str) -> AsyncGenerator[Self]:
        """Connected to a server of plain HTTP, as who has this token."""
        there = urlsplit(url)
        reader, writer = await asyncio.open_connection(there.hostname, there.port, limit=1 << 20)
        try:
            yield cls(reader, writer, f"Host: {there.netloc}\r\nAuthorization: Bearer {token}\r\n")
        finally:
            writer.close()

    async def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        status, told = await self._ask(method, path, body, headers or {})
        if told.get("transfer-encoding") == "chunked":
            content = b"".join([piece async for piece in self._pieces()])
        else:
            content = await self._reader.readexactly(int(told.get("content-length", 0)))
        return status, json.loads(content) if content else None

    async def follow(self, path: str) -> AsyncGenerator[bytes]:
        """What a stream says, piece by piece as the server wrote it. RuntimeError for a refusal."""
        status, told = await self._ask("GET", path, None, {})
        if status != 200 or told.get("transfer-encoding") != "chunked":
            raise RuntimeError(f"{path} answers {status} and no stream")
        async for piece in self._pieces():
            yield piece

    async def _ask(
        self, method: str, path: str, body: object, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str]]:
        content = b"" if body is None else json.dumps(body).encode()
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if content:
            more += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{self._head}{more}\r\n".encode() + content)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = (line.partition(":") for line in lines[1:] if line)
        return int(lines[0].split()[1]), {name.lower(): value.strip() for name, _, value in told}

    async def _pieces(self) -> AsyncGenerator[bytes]:
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            yield (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readexactly(2)
