"""The pool of connections, and the three ways to use it: as a caller, as the login itself, and to listen."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, NoReturn, Protocol, TypeVar, cast

import asyncpg
import structlog

from control_plane.db import errors
from control_plane.db.caller import Caller
from control_plane.db.driver import Connection, connect

_ATTEMPTS = 4
_TURN_SECONDS = 5
_Answer = TypeVar("_Answer")
_DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
    UnicodeEncodeError,
)
_log = structlog.get_logger()


class _Pool(Protocol):
    async def acquire(self) -> Connection: ...
    async def release(self, connection: Connection) -> None: ...
    async def close(self) -> None: ...
    def terminate(self) -> None: ...


class _PlainConnection(asyncpg.Connection):  # pyright: ignore[reportMissingTypeArgument]
    def get_reset_query(self) -> str:
        # Everything is SET LOCAL inside a transaction, so nothing is left to reset: a trip saved per request.
        return ""


class Call:
    """One function of the database with its arguments, by name and without the p_ in front."""

    def __init__(self, function: str, **arguments: object) -> None:
        schema, _, name = function.rpartition(".")
        names = ", ".join(f"p_{argument} => ${nr}" for nr, argument in enumerate(arguments, start=1))
        self.sql = f"select to_json(answer)::text from {schema or 'public'}.{name}({names}) answer"  # noqa: S608
        self.arguments = tuple(arguments.values())


def read_json(text: str) -> Any:
    """JSON as Postgres writes it; numbers with a point stay exact decimals."""
    return json.loads(text, parse_float=Decimal)


class JsonText(str):
    """JSON that is text already and goes into a jsonb argument as it is."""

    __slots__ = ()


def _to_json(value: object) -> str:
    return value if isinstance(value, JsonText) else json.dumps(value)


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=_to_json, decoder=str, schema="pg_catalog", format="text"
    )


def _raise_refusal(error: Exception) -> NoReturn:
    """Raise what the caller is told; an error that is a bug of ours goes on as it is."""
    refused = errors.translate(error)
    if refused is None:
        raise error
    raise refused from error


class Database:
    """Connections of one login. Every refusal leaves here as a DomainError."""

    def __init__(self, dsn: str, *, name: str, size: int = 10) -> None:
        self._dsn = dsn
        self._name = name
        self._size = size
        self._turns = asyncio.Semaphore(size)
        self._pool: _Pool | None = None

    async def open(self) -> None:
        """Open the pool; it connects when it is used first, so the database may still be away."""
        pool = asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            self._dsn,
            min_size=0,
            max_size=self._size,
            init=_prepare,
            connection_class=_PlainConnection,
            server_settings={"application_name": self._name},
            command_timeout=30,
            timeout=5,
        )
        self._pool = cast(_Pool, await pool)

    async def close(self) -> None:
        """Close the pool, waiting a little for statements under way."""
        if self._pool is None:
            return
        try:
            await asyncio.wait_for(self._pool.close(), 5)
        except TimeoutError:
            self._pool.terminate()

    async def call(self, call: Call) -> list[str]:
        """Run one function as the login itself: the JSON text of each row that is not null."""
        return await self._with_retries(lambda connection: self._fetch(connection, call))

    async def call_as(self, caller: Caller, call: Call) -> list[str]:
        """Run one function as a caller: role and claims hold for this transaction only."""

        async def run(connection: Connection) -> list[str]:
            async with _transaction(connection, caller.begin):
                return await self._fetch(connection, call)

        return await self._with_retries(run)

    async def call_once(
        self, caller: Caller, call: Call, *, route: str, key: str, digest: bytes, nothing: str = ""
    ) -> tuple[list[str], bool]:
        """`call_as` under an idempotency key: the rows, and whether they were given before.

        A row that says `nothing` had no effect: it is not kept, and the key stays free.
        """

        async def run(connection: Connection) -> tuple[list[str], bool]:
            async with _transaction(connection, "begin") as undo:
                held = Call(
                    "private.recall_answer", caller=caller.key, route=route, key=key, body_digest=digest
                )
                known = await self._fetch(connection, held)
                if known:
                    elements = "select element::text from json_array_elements($1) element"
                    return [row[0] for row in await connection.fetch(elements, JsonText(known[0]))], True
                await connection.execute(caller.begin.removeprefix("begin; "))
                rows = await self._fetch(connection, call)
                if rows == [nothing]:
                    undo()
                    return rows, False
                await connection.execute("reset role")
                answer = JsonText(f"[{','.join(rows)}]")
                keep = Call("private.remember_answer", caller=caller.key, route=route, key=key, answer=answer)
                await self._fetch(connection, keep)
                return rows, False

        return await self._with_retries(run)

    async def recall(self, caller: Caller, *, route: str, key: str, digest: bytes) -> str | None:
        """The answer that was given under an idempotency key, as JSON text; the key stays as it is."""
        asked = Call("private.recall_answer", caller=caller.key, route=route, key=key, body_digest=digest)

        async def run(connection: Connection) -> str | None:
            async with _transaction(connection, "begin") as undo:
                known = await self._fetch(connection, asked)
                undo()
                return known[0] if known else None

        return await self._with_retries(run)

    async def ping(self) -> None:
        """Answer, or say that the database is away."""
        await self._with_retries(lambda connection: connection.execute("select 1"))

    async def listen(self, channel: str, heard: Callable[[str], None]) -> None:
        """Pass on the payloads of a channel until cancelled; after each connect, `heard("")` is called."""
        while True:
            try:
                await self._listen_once(channel, heard)
            except _DATABASE_ERRORS as exc:
                _log.warning("listening failed", channel=channel, error=str(exc))
            await asyncio.sleep(1)

    async def _listen_once(self, channel: str, heard: Callable[[str], None]) -> None:
        named = {"application_name": f"{self._name} listen"}
        connection = await connect(self._dsn, server_settings=named, timeout=5)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(
                channel, lambda _connection, _pid, _channel, payload: heard(payload)
            )
            heard("")
            await lost.wait()
        finally:
            connection.terminate()

    @asynccontextmanager
    async def leading(self, lock: int) -> AsyncGenerator[asyncio.Event | None]:
        """Hold an advisory lock while the block runs: an event set at its loss; None if another has it."""
        try:
            async with self._connection() as connection:
                if not await connection.fetchval("select pg_try_advisory_lock($1)", lock):
                    yield None
                    return
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _: lost.set())
                try:
                    yield lost
                finally:
                    if not connection.is_closed():
                        await connection.execute("select pg_advisory_unlock_all()")
        except _DATABASE_ERRORS as exc:
            _raise_refusal(exc)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        if self._pool is None:
            raise errors.unavailable()
        # In the pool's own queue who comes just now passes by those who wait, and these go to its end again.
        async with asyncio.timeout(_TURN_SECONDS if self._turns.locked() else None):
            await self._turns.acquire()
        try:
            connection = await self._pool.acquire()
            try:
                yield connection
            finally:
                await self._pool.release(connection)
        finally:
            self._turns.release()

    async def _with_retries(self, run: Callable[[Connection], Awaitable[_Answer]]) -> _Answer:
        for again in reversed(range(_ATTEMPTS)):
            try:
                async with self._connection() as connection:
                    return await run(connection)
            except _DATABASE_ERRORS as exc:
                if not again or not errors.is_passing(exc):
                    _raise_refusal(exc)
            # Transactions that stood in each other's way: one of them starts over, after a random moment.
            await asyncio.sleep(random.uniform(0.005, 0.05))  # noqa: S311
        raise AssertionError("unreachable")

    async def _fetch(self, connection: Connection, call: Call) -> list[str]:
        rows = await connection.fetch(call.sql, *call.arguments)
        return [row[0] for row in rows if row[0] is not None]


@asynccontextmanager
async def _transaction(connection: Connection, begin: str) -> AsyncGenerator[Callable[[], None]]:
    """A transaction; what it yields turns its end into a rollback."""
    end = "commit"

    def undo() -> None:
        nonlocal end
        end = "rollback"

    try:
        # A caller who is gone before BEGIN or COMMIT has answered leaves a transaction too.
        await connection.execute(begin)
        yield undo
        await connection.execute(end)
    except BaseException:
        if not connection.is_closed():
            await connection.execute("rollback")
        raise
