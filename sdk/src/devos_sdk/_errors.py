"""What the control plane refuses, and what a handler may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import httpx


class DevosError(Exception):
    """The control plane refused, or could not be reached. Branch on `code`; show the message to people."""

    def __init__(
        self,
        detail: str,
        *,
        code: str = "error",
        status: int | None = None,
        hint: str | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.status = status
        self.hint = hint
        self.request_id = request_id
        self.retryable = retryable
        self.retry_after = retry_after

    def __str__(self) -> str:
        request = f", request {self.request_id}" if self.request_id else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.detail} ({self.code}{request}){hint}"


class Invalid(DevosError):
    """400, 413, 422: the request can never succeed as it is."""


class Unauthorized(DevosError):
    """401: the key or the token is not valid, or not any more."""


class BudgetExhausted(DevosError):
    """402: neither the service nor a substitute has room for this charge."""


class Forbidden(DevosError):
    """403: visible to you, but not yours to do."""


class NotFound(DevosError):
    """404: not there, or not yours to see."""


class Conflict(DevosError):
    """409, 412: true a moment ago. `code` says which: `lease_lost`, `version_changed`, ..."""


class RateLimited(DevosError):
    """429: too many requests; `retry_after` says when to come back."""


class Unavailable(DevosError):
    """The server could not be reached, or answered 502, 503 or 504."""


class Terminal(Exception):
    """Raised by a handler: the task failed, and another attempt would not help."""


class RetryLater(Exception):
    """Raised by a handler: give the task back and try again after this long."""

    def __init__(self, after: timedelta, message: str = "the handler asked to be run again later") -> None:
        super().__init__(message)
        self.after = after


class Cancelled(Exception):
    """Raised inside a sync handler at its next call on the context once it has been told to stop."""


_BY_STATUS: dict[int, type[DevosError]] = {
    400: Invalid,
    401: Unauthorized,
    402: BudgetExhausted,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: Invalid,
    422: Invalid,
    429: RateLimited,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


_BY_CODE: dict[str, type[DevosError]] = {
    # Supabase's own Auth answers these with 400 or 403.
    "invalid_credentials": Unauthorized,
    "refresh_token_already_used": Unauthorized,
    "refresh_token_not_found": Unauthorized,
    "session_expired": Unauthorized,
    "session_not_found": Unauthorized,
}


def error_of(response: httpx.Response) -> DevosError:
    """The error for an answer that is not 2xx, whether it is a problem document, Supabase's, or neither."""
    problem = _problem(response)
    code = str(problem.get("error_code") or problem.get("code") or f"http_{response.status_code}")
    kind = _BY_CODE.get(code) or _BY_STATUS.get(response.status_code, DevosError)
    told = (problem[name] for name in ("detail", "msg", "message", "title") if problem.get(name))
    hint = problem.get("hint")
    return kind(
        str(next(told, f"the server answered {response.status_code}")),
        code=code,
        status=response.status_code,
        hint=str(hint) if hint else None,
        request_id=str(problem.get("request_id") or response.headers.get("X-Request-ID") or "") or None,
        retryable=kind in (RateLimited, Unavailable),
        retry_after=_retry_after(response),
    )


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def _retry_after(response: httpx.Response) -> timedelta | None:
    seconds = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdigit() else None
