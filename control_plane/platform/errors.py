"""Errors that people read: one sentence, a code or an exit, and the next step."""

from __future__ import annotations

from collections.abc import Mapping


class OperatorError(Exception):
    """Something the operator can act on; `hint` names the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class DomainError(Exception):
    """A request was refused for a reason the caller can act on.

    `status` is the HTTP status, `code` the machine's word for the reason, `message` a sentence for people,
    `hint` the next step, `extra` further members of the problem document, `headers` those of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        hint: str = "",
        *,
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
