"""One id per request, from the caller or made here, in every answer and every log line."""

from __future__ import annotations

import re
import uuid

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_ACCEPTED = re.compile(rb"[A-Za-z0-9-]{8,64}")
_KEY = "devos_request_id"


def request_id(scope: Scope) -> str:
    """The id of this request; empty before the middleware has run."""
    return str(scope["state"].get(_KEY, "")) if "state" in scope else ""


def with_request_id(app: ASGIApp) -> ASGIApp:
    """Middleware: accept a well-formed X-Request-ID or make one, and echo it."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        sent = dict(scope["headers"]).get(b"x-request-id", b"")
        chosen = sent.decode() if _ACCEPTED.fullmatch(sent) else uuid.uuid4().hex
        scope.setdefault("state", {})[_KEY] = chosen

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message)["X-Request-ID"] = chosen
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=chosen):
            await app(scope, receive, send_with_id)

    return run
