"""The part of asyncpg that we use, with types: the library itself carries none that a checker can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import asyncpg


class Record(Protocol):
    """One row."""

    def __getitem__(self, key: str | int, /) -> Any: ...
    def items(self) -> Iterable[tuple[str, Any]]: ...


class Transaction(AbstractAsyncContextManager[None], Protocol):
    """A transaction: a context manager, or started and ended by hand."""

    async def start(self) -> None: ...
    async def commit(self) -> None: ...
    async def rollback(self) -> None: ...


class ServerVersion(Protocol):
    """The server's version."""

    @property
    def major(self) -> int: ...


class Connection(Protocol):
    """One connection to Postgres."""

    async def execute(self, query: str, *args: object, timeout: float | None = None) -> str: ...
    async def fetch(self, query: str, *args: object, timeout: float | None = None) -> list[Record]: ...
    async def fetchval(self, query: str, *args: object, timeout: float | None = None) -> Any: ...
    def transaction(self, *, readonly: bool = False) -> Transaction: ...
    def is_in_transaction(self) -> bool: ...
    def is_closed(self) -> bool: ...
    def add_termination_listener(self, callback: Callable[[Any], None]) -> None: ...
    async def add_listener(self, channel: str, callback: Callable[[Any, int, str, str], None]) -> None: ...
    def terminate(self) -> None: ...
    def get_server_version(self) -> ServerVersion: ...
    async def close(self, *, timeout: float | None = None) -> None: ...


async def connect(dsn: str, *, server_settings: Mapping[str, str], timeout: int) -> Connection:
    """Open one connection outside any pool."""
    settings = dict(server_settings)
    opened = asyncpg.connect(dsn, server_settings=settings, statement_cache_size=0, timeout=timeout)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return cast(Connection, await opened)


def facts(error: asyncpg.PostgresError) -> dict[str, str]:
    """The fields of a server error: message, detail, hint, position, context and so on."""
    return error.as_dict()
