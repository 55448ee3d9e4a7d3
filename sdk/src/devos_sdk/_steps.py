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


class Memory:
    """What an attempt knows: the author's data, the answers of steps that were done, and names in use."""

    def __init__(self, checkpoint: dict[str, Any] | None) -> None:
        self.data: dict[str, Any] = deepcopy(checkpoint) if checkpoint else {}
        # Read from the server when the first step of a later attempt asks.
        self.steps: dict[str, Any] | None = None
        self._named: set[str] = set()

    def replace(self, data: dict[str, Any]) -> None:
        self.data = cast("dict[str, Any]", to_jsonable_python(data))

    def begin(self, name: str) -> None:
        """A name means one answer: the same one twice in an attempt would hand out the wrong one."""
        if name in self._named:
            raise ValueError(
                f"The step {name!r} was named before in this attempt; give each step its own name."
            )
        self._named.add(name)

    def forget(self, name: str) -> None:
        """It came to no answer: the name may be used again."""
        self._named.discard(name)


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
