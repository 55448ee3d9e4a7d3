"""From the headers of a request to the caller it runs as."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler

from control_plane.db.batch import Batcher
from control_plane.db.caller import Caller
from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import IdempotencyKey, Session
from control_plane.http.tokens import TokenChecker, not_signed_in
from control_plane.platform.errors import DomainError

_TOKEN = re.compile(r"devos_(?:(?P<kind>api|prj|reg|inv)_)?(?P<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_Request = Request[Any, Any, Any]
_Connection = ASGIConnection[Any, Any, Any, Any]
_Guard = Callable[[_Connection, BaseRouteHandler], Awaitable[None]]
Admission = Callable[[], Awaitable[Caller]]
"""Asks again whether the credential of a request holds, for what goes on longer than a request. 401, 403."""

TokenKind = Literal["agent", "api", "prj", "reg", "inv"]


@dataclass(frozen=True)
class Token:
    """A token as the database knows it: what it is for, an id, and the SHA-256 of the whole text."""

    kind: TokenKind
    id: str
    hash: bytes


@dataclass(frozen=True)
class NewToken:
    """A token that was just made. `text` goes to its owner, once; the rest goes to the database."""

    text: str
    id: str
    hash: bytes


def new_token(kind: TokenKind) -> NewToken:
    """A token of 256 random bits: `devos_<kind>_<key id>_<secret>`, without the kind for agents."""
    key_id = secrets.token_hex(6)
    prefix = "devos_" if kind == "agent" else f"devos_{kind}_"
    text = f"{prefix}{key_id}_{secrets.token_urlsafe(32)}"
    return NewToken(text, key_id, hashlib.sha256(text.encode()).digest())


def parse_token(text: str) -> Token | None:
    """A token from its text; None for what is none of ours."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    kind = cast(TokenKind, found["kind"] or "agent")
    return Token(kind, found["id"], hashlib.sha256(text.encode()).digest())


def presented_token(request: _Connection) -> Token | None:
    """The token of a request, from its own header or as a bearer token; None when it carries none of ours."""
    headers = request.headers
    return parse_token(headers.get("x-api-key") or headers.get("x-project-token") or _bearer(request))


def agent_key(request: _Connection) -> Token | None:
    """The agent key of a request; None when it carries none."""
    token = presented_token(request)
    return token if token and token.kind == "agent" else None


def registration_token(request: _Connection) -> Token | None:
    """The registration token of a request; None when it carries none."""
    token = presented_token(request)
    return token if token and token.kind == "reg" else None


def _bearer(request: _Connection) -> str:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True)
class _Presented:
    """Who a credential stands for; `scopes` bound what an API token may reach, None for everything."""

    caller: Caller
    scopes: frozenset[str] | None = None
    token_id: UUID | None = None


def require_credential(database: Database, tokens: TokenChecker, uses: Batcher) -> _Guard:
    """A guard of all routes, so that one that says nothing is closed. It comes before the body is read.

    `uses` is told of tokens whose owners see when they were used last.
    """

    async def guard(connection: _Connection, handler: BaseRouteHandler) -> None:
        needed = handler.opt["scope"]
        if needed == "public" or cast("dict[str, Any]", connection.scope).get("method") == "OPTIONS":
            return
        if needed == "agent key":
            if agent_key(connection) is None:
                raise not_signed_in("This needs an agent key.")
            return
        if handler.opt.get("registration") and (token := registration_token(connection)):
            connection.state.caller = await _registering(token, database)
            return

        async def admit() -> Caller:
            presented = await _authenticate(connection, database, tokens)
            if presented.token_id is not None:
                uses.add(presented.token_id)
            _require_scope(presented, needed)
            return presented.caller

        connection.state.caller = await admit()
        connection.state.admission = admit

    return guard


def _require_scope(presented: _Presented, needed: str) -> None:
    if needed == "anybody":
        return
    caller = presented.caller
    if needed == "session":
        allowed = caller.session_id is not None
    elif needed == "agent" and presented.scopes is None and caller.role != "agent":
        raise DomainError(403, "agent_required", "This is for agents.", "Send an agent key.")
    elif presented.scopes is not None:
        allowed = needed in presented.scopes and needed != "agent"
    else:
        # An agent key reaches what the role agent may do, a signed-in person what theirs may; SQL says which.
        allowed = caller.role in {"agent", "authenticated"}
    if not allowed:
        raise DomainError(
            403,
            "insufficient_scope",
            _NEEDS.get(needed, f"This needs a credential with the scope {needed}."),
            "Sign in." if needed in _NEEDS else "Sign in, or make a token with that scope.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'},
        )


_NEEDS = {
    "session": "This needs a signed-in person: no token stands in for one here.",
    "agent": "This needs the key of an agent.",
}


async def _authenticate(request: _Connection, database: Database, tokens: TokenChecker) -> _Presented:
    token = presented_token(request)
    if token is not None:
        return await _authenticate_token(token, database)
    text = _bearer(request)
    if not text:
        raise not_signed_in()
    person = await tokens.verify(text)
    session = Call("private.authenticate_session", user_id=person.user_id, session_id=person.session_id)
    if not await database.call(session):
        raise not_signed_in("The session has ended.")
    return _Presented(Caller("authenticated", user_id=person.user_id, session_id=person.session_id))


_AUTHENTICATE = {
    "agent": "private.authenticate_agent",
    "api": "private.authenticate_api_token",
    "prj": "private.authenticate_project_token",
}


async def _authenticate_token(token: Token, database: Database) -> _Presented:
    function = _AUTHENTICATE.get(token.kind)
    rows = await database.call(Call(function, key_id=token.id, key_hash=token.hash)) if function else []
    if not rows:
        raise not_signed_in("The token is not valid.")
    told = read_json(rows[0])
    if token.kind == "agent":
        return _Presented(Caller("agent", agent_id=UUID(told), key_id=token.id))
    if token.kind == "prj":
        caller = Caller("integration", project_id=UUID(told["project_id"]))
        return _Presented(caller, token_id=UUID(told["token_id"]))
    caller = Caller("authenticated", user_id=UUID(told["user_id"]), token_id=UUID(told["token_id"]))
    return _Presented(caller, frozenset(told["scopes"]), caller.token_id)


async def _registering(token: Token, database: Database) -> Caller:
    """A program that may become an agent."""
    known = Call("private.authenticate_registration_token", key_id=token.id, key_hash=token.hash)
    rows = await database.call(known)
    if not rows:
        raise not_signed_in("The token is not valid.")
    return Caller("integration", token_id=UUID(read_json(rows[0])["token_id"]))


def provide_caller(request: _Request) -> Caller:
    """The caller of this request, as the guard found it."""
    return request.state.caller


def provide_admission(request: _Request) -> Admission:
    """How to ask again whether the credential of this request holds."""
    return request.state.admission


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
