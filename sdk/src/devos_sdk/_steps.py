"""What a task remembers between attempts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any, cast, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from devos_sdk._portal import in_thread

_STEPS = "_steps"


class Memory:
    """A task's checkpoint: the author's data, and the answers of steps that were done."""

    def __init__(self, checkpoint: dict[str, Any] | None) -> None:
        kept = deepcopy(checkpoint or {})
        self.steps: dict[str, Any] = kept.pop(_STEPS, {})
        self.data: dict[str, Any] = kept
        self._named: set[str] = set()

    def as_json(self) -> dict[str, Any]:
        return {**self.data, _STEPS: self.steps} if self.steps else self.data

    def replace(self, data: dict[str, Any]) -> None:
        if _STEPS in data:
            raise ValueError(f"{_STEPS!r} is where steps are remembered; use another name.")
        self.data = cast("dict[str, Any]", to_jsonable_python(data))

    def begin(self, name: str) -> None:
        """A name means one answer: the same one twice in an attempt would hand out the wrong one."""
        if name in self._named:
            raise ValueError(
                f"The step {name!r} was named before in this attempt; give each step its own name."
            )
        self._named.add(name)


async def run_step(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The function's answer as JSON. A blocking one runs in a thread: leases go on being renewed."""
    if inspect.iscoroutinefunction(fn):
        answer = await fn(*args, **kwargs)
    else:
        answer = await in_thread(partial(fn, *args, **kwargs))
        if inspect.isawaitable(answer):
            answer = await answer
    return to_jsonable_python(answer)


def recalled(fn: Callable[..., Any], answer: Any) -> Any:
    """A remembered answer as the type the function declares, in every attempt the same."""
    return TypeAdapter(_declared(fn)).validate_python(answer)


def _declared(fn: Callable[..., Any]) -> Any:
    if isinstance(fn, type):
        return fn
    try:
        return get_type_hints(fn).get("return", Any)
    except (NameError, TypeError):
        return Any
