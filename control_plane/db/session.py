"""What the queries of a domain are written against: typed calls of functions, as the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from control_plane.db.caller import Caller
from control_plane.db.pool import Call, Database, read_json
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Page

Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True)
class IdempotencyKey:
    """The Idempotency-Key of a request, the route it was sent to and the digest of its body."""

    route: str
    key: str
    digest: bytes


class Session:
    """The database as one caller sees it. Each call is one function in one transaction."""

    def __init__(self, database: Database, caller: Caller, idempotency: IdempotencyKey | None = None) -> None:
        self.database = database
        self.caller = caller
        self._idempotency = idempotency

    async def one(self, model: type[Row], function: str, **arguments: object) -> Row:
        """The one row that a function answers."""
        rows = await self.many(model, function, **arguments)
        if len(rows) != 1:
            raise LookupError(f"{function} answered {len(rows)} rows")
        return rows[0]

    async def many(self, model: type[Row], function: str, **arguments: object) -> list[Row]:
        """All rows that a function answers."""
        rows, _ = await self._run(Call(function, **arguments))
        return [model.model_validate(read_json(row)) for row in rows]

    async def page(
        self, model: type[Row], function: str, cursor: str, *, limit: int, **arguments: object
    ) -> Page[Row]:
        """One page of a list; `cursor` names the field that the next page starts after."""
        rows = await self.many(model, function, limit=limit + 1, **arguments)
        more = len(rows) > limit
        return Page[model](
            items=rows[:limit], next_cursor=str(getattr(rows[limit - 1], cursor)) if more else None
        )

    async def once(self, model: type[Row], function: str, **arguments: object) -> Row:
        """`one`, for an answer that goes out with a secret: the secret is never shown a second time."""
        rows, replayed = await self._run(Call(function, **arguments))
        answer = read_json(rows[0])
        if replayed:
            raise DomainError(
                409,
                "secret_already_shown",
                "This request was done before, and its secret is shown once only.",
                "Make a new one if it was lost.",
                extra={"id": answer.get("id")},
            )
        return model.model_validate(answer)

    async def value(self, function: str, **arguments: object) -> object:
        """The one plain value that a function answers."""
        rows, _ = await self._run(Call(function, **arguments))
        return read_json(rows[0]) if rows else None

    async def found(self, function: str, **arguments: object) -> object:
        """The list that a function answers. To find nothing is no effect: an Idempotency-Key stays free."""
        rows, _ = await self._run(Call(function, **arguments), nothing="[]")
        return read_json(rows[0])

    async def in_one_trip(self, function: str, **arguments: object) -> str:
        """The JSON text of a function that takes the caller's claims and the Idempotency-Key itself."""
        keyed = self._idempotency
        call = Call(
            function,
            claims=self.caller.claims,
            caller=self.caller.key,
            route=keyed and keyed.route,
            key=keyed and keyed.key,
            body_digest=keyed and keyed.digest,
            **arguments,
        )
        (answer,) = await self.database.call(call)
        return answer

    async def known_answer(self) -> str | None:
        """What this very request was answered before, under its Idempotency-Key; as JSON text."""
        keyed = self._idempotency
        if keyed is None:
            return None
        return await self.database.recall(self.caller, route=keyed.route, key=keyed.key, digest=keyed.digest)

    async def _run(self, call: Call, *, nothing: str = "") -> tuple[list[str], bool]:
        keyed = self._idempotency
        if keyed is None:
            return await self.database.call_as(self.caller, call), False
        return await self.database.call_once(
            self.caller, call, route=keyed.route, key=keyed.key, digest=keyed.digest, nothing=nothing
        )
