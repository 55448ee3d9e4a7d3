"""Results on their way to the server. Kept until it has them, whatever happens in between."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from devos_sdk._journal import Journal
from devos_sdk._models import ClaimedTask

_BATCH_ITEMS = 200
_BATCH_BYTES = 1_000_000
_MESSAGE_LENGTH = 4_000
_MANY_WRITTEN = 2_000
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))

ResultVerb = Literal["completions", "failures", "releases"]
VERBS: tuple[ResultVerb, ...] = ("completions", "failures", "releases")


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended, as the server wants to hear it: `item` is its JSON."""

    verb: ResultVerb
    task_id: str
    lease_token: int
    item: bytes
    alone: bool = False


def _result(verb: ResultVerb, task_id: str, lease_token: int, rest: Mapping[str, Any]) -> Result:
    item = {"task_id": task_id, "lease_token": lease_token, **rest}
    return Result(verb, task_id, lease_token, _JSON.encode(item).encode())


def completion(task: ClaimedTask, output: dict[str, Any]) -> Result:
    """Raises ValueError for what JSON cannot say: NaN, half of a surrogate pair."""
    return _result("completions", task.id, task.lease_token, {"output": output})


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
    rest: dict[str, Any] = {"error": _error(code, message), "retryable": retryable}
    if retry_after_seconds is not None:
        rest["retry_after_seconds"] = retry_after_seconds
    if later:
        rest["later"] = True
    if blocked_reason is not None:
        rest["blocked_reason"] = blocked_reason
    return _result("failures", task.id, task.lease_token, rest)


def release(task: ClaimedTask) -> Result:
    return _result("releases", task.id, task.lease_token, {})


class Outbox:
    """A queue of results. One that the server refuses cannot hold up the others.

    What is sent is written to the `journal` first: results of a process that dies before it hears the answer
    are sent by the next one.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: deque[Result] = deque(_remembered(journal.inherit()))
        self._sent: dict[int, Sequence[Result]] = {}
        self._written: set[int] = {result.lease_token for result in self._waiting}

    def __len__(self) -> int:
        return self.waiting + sum(map(len, self._sent.values()))

    @property
    def waiting(self) -> int:
        """Results that are on no way yet."""
        return len(self._waiting)

    def add(self, result: Result) -> None:
        self._waiting.append(result)

    def take(self) -> list[Result]:
        """The next results to send together, in the order in which the server answers them."""
        batch: list[Result] = []
        size = 0
        while self._waiting and len(batch) < _BATCH_ITEMS:
            following = self._waiting[0]
            if batch and (following.alone or batch[0].alone or size + len(following.item) > _BATCH_BYTES):
                break
            size += len(following.item)
            batch.append(self._waiting.popleft())
        batch.sort(key=lambda result: VERBS.index(result.verb))
        self._sent[id(batch)] = batch
        self._keep(batch)
        return batch

    def _keep(self, batch: Sequence[Result]) -> None:
        new = [result for result in batch if result.lease_token not in self._written]
        self._written.update(result.lease_token for result in new)
        self._journal.write(map(_line, new))

    def settle(self, batch: Sequence[Result]) -> None:
        """The server has these."""
        self._sent.pop(id(batch), None)
        if self._sent and len(self._written) < _MANY_WRITTEN:
            return
        kept = [
            result
            for results in (*self._sent.values(), self._waiting)
            for result in results
            if result.lease_token in self._written
        ]
        self._written = {result.lease_token for result in kept}
        self._journal.rewrite(map(_line, kept))

    def close(self) -> None:
        """The end of the process: what nobody has heard of yet is the next one's."""
        self._keep([*self._waiting])
        self._journal.close()

    def put_back(self, batch: Sequence[Result]) -> None:
        self._sent.pop(id(batch), None)
        self._waiting.extendleft(reversed(batch))

    def refuse(self, batch: Sequence[Result], why: str) -> Result | None:
        """The server finds the batch invalid: send its results one by one, then the bad one as a failure.

        Answers the result that had to be given up, if it came to that.
        """
        self._sent.pop(id(batch), None)
        if len(batch) > 1:
            self._waiting.extendleft(replace(result, alone=True) for result in reversed(batch))
            return None
        (refused,) = batch
        if refused.verb != "completions":
            return refused
        error = _error("invalid_output", f"The server refused the handler's output: {why}")
        rest = {"error": error, "retryable": False}
        failed = _result("failures", refused.task_id, refused.lease_token, rest)
        self._waiting.appendleft(replace(failed, alone=True))
        return None


def _line(result: Result) -> bytes:
    return b'{"verb":"%b","item":%b}' % (result.verb.encode(), result.item)


def _remembered(lines: Iterable[bytes]) -> Iterable[Result]:
    for line in lines:
        try:
            kept = json.loads(line)
            item = kept["item"]
            verb = VERBS[VERBS.index(kept["verb"])]
            yield _result(verb, item.pop("task_id"), item.pop("lease_token"), item)
        except (ValueError, LookupError, TypeError, AttributeError):
            continue  # the last line of a process that died while it wrote


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": clean(message, _MESSAGE_LENGTH)}


def clean(text: str, length: int) -> str:
    """Text that Postgres can store: no NUL, no half of a surrogate pair, not endless."""
    valid = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return valid if len(valid) <= length else valid[: length - 1] + "…"
