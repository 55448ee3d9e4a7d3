"""Results on their way to the server. Kept until it has them, whatever happens in between."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from devos_sdk._models import ClaimedTask

_BATCH_ITEMS = 100
_BATCH_BYTES = 1_000_000
_MESSAGE_LENGTH = 4_000


@dataclass(frozen=True)
class Result:
    """How an attempt ended, as the server wants to hear it."""

    verb: Literal["completions", "failures", "releases"]
    task_id: str
    lease_token: int
    rest: Mapping[str, Any]
    size: int = 0
    alone: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"task_id": self.task_id, "lease_token": self.lease_token, **self.rest}


def completion(task: ClaimedTask, output: dict[str, Any]) -> Result:
    """Raises ValueError for what JSON cannot say: NaN, half of a surrogate pair."""
    size = len(json.dumps(output, ensure_ascii=False, allow_nan=False).encode())
    return Result("completions", task.id, task.lease_token, {"output": output}, size)


def failure(
    task: ClaimedTask,
    code: str,
    message: str,
    *,
    retryable: bool,
    retry_after_seconds: int | None = None,
    later: bool = False,
    blocked_reason: str | None = None,
) -> Result:
    rest: dict[str, Any] = {
        "error": {"code": code, "message": clean(message, _MESSAGE_LENGTH)},
        "retryable": retryable,
    }
    if retry_after_seconds is not None:
        rest["retry_after_seconds"] = retry_after_seconds
    if later:
        rest["later"] = True
    if blocked_reason is not None:
        rest["blocked_reason"] = blocked_reason
    return Result("failures", task.id, task.lease_token, rest, len(message))


def release(task: ClaimedTask) -> Result:
    return Result("releases", task.id, task.lease_token, {})


class Outbox:
    """A queue of results. One that the server refuses cannot hold up the others."""

    def __init__(self) -> None:
        self._waiting: deque[Result] = deque()
        self._in_flight = 0

    def __len__(self) -> int:
        return len(self._waiting) + self._in_flight

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def add(self, result: Result) -> None:
        self._waiting.append(result)

    def take(self) -> list[Result]:
        """The next results to send together."""
        batch: list[Result] = []
        size = 0
        while self._waiting and len(batch) < _BATCH_ITEMS:
            following = self._waiting[0]
            if batch and (following.alone or batch[0].alone or size + following.size > _BATCH_BYTES):
                break
            size += following.size
            batch.append(self._waiting.popleft())
        # The server answers in this order.
        batch.sort(key=lambda result: ("completions", "failures", "releases").index(result.verb))
        self._in_flight += len(batch)
        return batch

    def settle(self, batch: Sequence[Result]) -> None:
        self._in_flight -= len(batch)

    def put_back(self, batch: Sequence[Result]) -> None:
        self._in_flight -= len(batch)
        self._waiting.extendleft(reversed(batch))

    def refuse(self, batch: Sequence[Result], why: str) -> Result | None:
        """The server finds the batch invalid: send its results one by one, then the bad one as a failure.

        Answers the result that had to be given up, if it came to that.
        """
        if len(batch) > 1:
            self.put_back([replace(result, alone=True) for result in batch])
            return None
        self._in_flight -= 1
        (refused,) = batch
        if refused.verb != "completions":
            return refused
        message = f"The server refused the handler's output: {why}"
        rest = {
            "error": {"code": "invalid_output", "message": clean(message, _MESSAGE_LENGTH)},
            "retryable": False,
        }
        self._waiting.appendleft(replace(refused, verb="failures", rest=rest, size=0))
        return None


def clean(text: str, length: int) -> str:
    """Text that Postgres can store: no NUL, no half of a surrogate pair, not endless."""
    valid = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return valid if len(valid) <= length else valid[: length - 1] + "…"
