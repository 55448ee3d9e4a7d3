"""Every error leaves as RFC 9457 problem+json, with a code for machines and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from control_plane.http.request_id import request_id
from control_plane.platform.errors import DomainError

_log = structlog.get_logger()
_Request = Request[Any, Any, Any]

# What Litestar says, as a fault of ours, of a body whose sender went away or lost count of its chunks.
_CUT_OFF = "client disconnected prematurely"
_CODES = {400: "bad_request", 401: "not_signed_in", 404: "route_not_found", 405: "method_not_allowed"}


def _problem(
    request: _Request,
    status: int,
    code: str,
    detail: str,
    extra: Mapping[str, object],
    headers: Mapping[str, str],
) -> Response[dict[str, object]]:
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
        "request_id": request_id(request.scope),
    }
    if request.scope["path"].startswith("/auth/v1/"):
        # The members that Supabase clients read.
        content |= {"error_code": code, "msg": detail}
    return Response(content, status_code=status, media_type="application/problem+json", headers=dict(headers))


def _domain_error(request: _Request, error: DomainError) -> Response[dict[str, object]]:
    hint = {"hint": error.hint} if error.hint else {}
    return _problem(request, error.status, error.code, error.message, {**hint, **error.extra}, error.headers)


def _field(told: dict[str, object]) -> dict[str, str]:
    key, message = str(told.get("key", "")), str(told.get("message", ""))
    # Of a missing argument the library knows its name alone.
    return {"field": key, "message": "it is missing" if message == repr(key) else message}


def _validation_error(request: _Request, error: ValidationException) -> Response[dict[str, object]]:
    told = cast("list[dict[str, object]]", error.extra if isinstance(error.extra, list) else [])
    fields = [_field(item) for item in told]
    sentences = [
        ": ".join(part for part in (field["field"], field["message"]) if part) for field in fields[:10]
    ]
    # Without fields it is a parameter that is missing, and the sentence goes on with the whole URL.
    detail = "; ".join(sentences) or error.detail.partition(" for path ")[0]
    return _problem(request, 422, "invalid_request", detail, {"errors": fields[:50]}, {})


def _http_error(request: _Request, error: HTTPException) -> Response[dict[str, object]]:
    if isinstance(error, RequestEntityTooLarge):
        return _problem(request, 413, "body_too_large", "The body is larger than this route accepts.", {}, {})
    if isinstance(error.__cause__, SerializationException):
        return _unreadable(request, error.__cause__)
    if error.detail == _CUT_OFF:
        return _problem(request, 400, "incomplete_body", "The body ended before its time.", {}, {})
    status = error.status_code
    if status >= 500:
        return _bug(request, error)
    return _problem(
        request, status, _CODES.get(status, "request_failed"), error.detail, {}, error.headers or {}
    )


def _unreadable(request: _Request, _: SerializationException) -> Response[dict[str, object]]:
    return _problem(request, 400, "malformed_json", "The body is not valid JSON.", {}, {})


def _too_deep(request: _Request, _: RecursionError) -> Response[dict[str, object]]:
    # Only the reader of a body recurses as deep as its caller wants.
    return _problem(request, 400, "malformed_json", "The body is nested too deeply.", {}, {})


def _bug(request: _Request, error: Exception) -> Response[dict[str, object]]:
    # For the log alone, whose formatter masks secrets: the message may carry what a caller sent.
    _log.error("unhandled error", error_type=type(error).__name__, path=request.scope["path"], exc_info=error)
    return _problem(
        request,
        500,
        "internal_error",
        "Something went wrong here; it was logged with this request id.",
        {},
        {},
    )


HANDLERS: dict[Any, Any] = {
    DomainError: _domain_error,
    ValidationException: _validation_error,
    SerializationException: _unreadable,
    HTTPException: _http_error,
    RecursionError: _too_deep,
    Exception: _bug,
}
