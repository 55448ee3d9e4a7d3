"""From the headers of a request to the caller it runs as."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler

from control_plane.db.caller import Caller
from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import IdempotencyKey, Session
from control_plane.http.tokens import TokenSigner, not_signed_in
from control_plane.platform.errors import DomainError

_AGENT_KEY = re.compile(r"devos_(?P<id>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_Request = Request[Any, Any, Any]
_Connection = ASGIConnection[Any, Any, Any, Any]
_Guard = Callable[[_Connection, BaseRouteHandler], Awaitable[None]]

PUBLIC = {"credential": "none"}
"""`opt` of a route that anyone may call."""
AGENT_KEY = {"credential": "agent key"}
"""`opt` of a route whose SQL checks the agent's key, to save a trip."""


@dataclass(frozen=True)
class AgentKey:
    """An agent's key as the database knows it: an id and the SHA-256 of the whole key."""

    id: str
    hash: bytes


def agent_key(request: _Connection) -> AgentKey | None:
    """The agent key of a request, from `X-API-Key` or as a bearer token; None when it carries none."""
    return parse_agent_key(request.headers.get("x-api-key") or _bearer(request))


def parse_agent_key(text: str) -> AgentKey | None:
    """An agent key from its text form `devos_<key id>_<secret>`."""
    found = _AGENT_KEY.fullmatch(text)
    return AgentKey(found["id"], hashlib.sha256(text.encode()).digest()) if found else None


def _bearer(request: _Connection) -> str:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


def require_credential(database: Database, signer: TokenSigner) -> _Guard:
    """A guard of all routes, so that one that says nothing is closed. It comes before the body is read."""

    async def guard(connection: _Connection, handler: BaseRouteHandler) -> None:
        needed = handler.opt.get("credential")
        if needed == "none" or cast("dict[str, Any]", connection.scope).get("method") == "OPTIONS":
            return
        if needed == "agent key":
            if agent_key(connection) is None:
                raise not_signed_in("This needs an agent key.")
            return
        connection.state.caller = await _authenticate(connection, database, signer)

    return guard


async def _authenticate(request: _Connection, database: Database, signer: TokenSigner) -> Caller:
    key = agent_key(request)
    if key is not None:
        agent = await database.call(Call("private.authenticate_agent", key_id=key.id, key_hash=key.hash))
        if not agent:
            raise not_signed_in("The key is not valid.")
        return Caller("agent", agent_id=UUID(read_json(agent[0])))
    token = _bearer(request)
    if not token:
        raise not_signed_in()
    person = signer.verify(token)
    session = Call("private.authenticate_session", user_id=person.user_id, session_id=person.session_id)
    if not await database.call(session):
        raise not_signed_in("The session has ended.")
    return Caller("authenticated", user_id=person.user_id, session_id=person.session_id)


def provide_caller(request: _Request) -> Caller:
    """The caller of this request, as the guard found it."""
    return request.state.caller


async def provide_session(
    request: _Request, database: NamedDependency[Database], caller: NamedDependency[Caller]
) -> Session:
    """The database as the caller of this request sees it, under its Idempotency-Key if it sent one."""
    return Session(database, caller, await _idempotency(request))


async def _idempotency(request: _Request) -> IdempotencyKey | None:
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise DomainError(
            422,
            "invalid_idempotency_key",
            "An Idempotency-Key has 1 to 200 printable characters.",
            "A UUID is a good one.",
        )
    # The operation and its parsed ids: one resource is one route, however its address is spelt.
    named = " ".join(str(value) for _, value in sorted(request.path_params.items()))
    operation = request.route_handler.operation_id
    return IdempotencyKey(f"{operation} {named}", key, hashlib.sha256(await request.body()).digest())
