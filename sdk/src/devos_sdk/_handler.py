"""A handler: the function an author writes for one kind of task, and what its signature says."""

from __future__ import annotations

import inspect
import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

_KIND = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Retry:
    """After `max_attempts` a failure is final; None leaves it to the task's own `max_retries`.

    A failed attempt waits `base`, then twice as long each time up to `cap`, about half of it by chance.
    None leaves that to the task, too.
    """

    max_attempts: int | None = None
    base: timedelta | None = None
    cap: timedelta = timedelta(minutes=10)

    def allows_another(self, attempt: int) -> bool:
        return self.max_attempts is None or attempt < self.max_attempts

    def delay_seconds(self, retries: int) -> int | None:
        """How long to wait after so many retries; None for what the task says."""
        if self.base is None:
            return None
        step = min(self.base * 2 ** min(retries, 30), self.cap) if self.base else self.base
        return math.ceil(step.total_seconds() * random.uniform(0.5, 1))  # noqa: S311  no secret

    def as_fields(self) -> dict[str, Any]:
        """The policy as fields of a new task."""
        fields: dict[str, Any] = {}
        if self.max_attempts is not None:
            fields["max_retries"] = self.max_attempts - 1
        if self.base is not None:
            base, cap = (math.ceil(span.total_seconds()) for span in (self.base, self.cap))
            fields["retry_policy"] = {"base_seconds": base, "cap_seconds": cap}
        return fields


@dataclass(frozen=True)
class Handler:
    """One registered handler. `input_type` is None when the function takes the context only.

    `answers` is what it says to return, and Any when it does not say.
    """

    kind: str
    fn: Callable[..., Any]
    retry: Retry
    timeout: timedelta | None
    input_type: TypeAdapter[Any] | None
    answers: Any

    @cached_property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.fn)

    def parse(self, raw: dict[str, Any]) -> Any:
        """The task's input as the type that the handler asks for. Raises ValidationError."""
        return raw if self.input_type is None else self.input_type.validate_python(raw)

    def arguments(self, ctx: object, value: Any) -> tuple[Any, ...]:
        return (ctx,) if self.input_type is None else (ctx, value)


def handler_of(kind: str, fn: Callable[..., Any], retry: Retry, timeout: timedelta | None) -> Handler:
    """Read the handler's signature. A mistake shows where the handler is written, not at its first task."""
    if not _KIND.fullmatch(kind):
        raise ValueError(
            f"A kind is a-z, digits and _ . - and starts with a letter, at most 64: not {kind!r}."
        )
    parameters = list(inspect.signature(fn).parameters.values())
    if not 1 <= len(parameters) <= 2:
        raise TypeError(f"{fn.__name__} must take the context, and the input if it wants one.")
    try:
        hints = get_type_hints(fn)
    except NameError as exc:
        if len(parameters) == 1:
            return Handler(kind, fn, retry, timeout, None, Any)
        raise TypeError(
            f"{fn.__name__}: {exc}; types of a handler's input must be defined in its module."
        ) from exc
    wanted = TypeAdapter(hints.get(parameters[1].name, dict[str, Any])) if len(parameters) == 2 else None
    return Handler(kind, fn, retry, timeout, wanted, hints.get("return", Any))


def complaint(error: ValidationError) -> str:
    """What is wrong with an input, without repeating the input."""
    lines = [
        f"{'.'.join(map(str, item['loc'])) or 'input'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False)
    ]
    return "The input does not fit the handler: " + "; ".join(lines[:20])
