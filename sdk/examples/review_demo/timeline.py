"""What happens, as it happens: one line each, with the time since the start and the money spent so far."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TextIO

from devos_sdk import Event

_WIDTH = 78
_COLOURS = {"plain": "", "good": "\033[32m", "bad": "\033[31m", "money": "\033[33m", "quiet": "\033[2m"}
_RESET = "\033[0m"


class Timeline:
    """Writes lines to a stream and keeps them."""

    def __init__(self, stream: TextIO, steps: Sequence[str]) -> None:
        self.lines: list[dict[str, Any]] = []
        self.cost = Decimal(0)
        self._stream = stream
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._began = time.monotonic()
        self._steps = steps
        self._done = 0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def title(self, text: str) -> None:
        self._print(text)
        self._print(f"{'time':>8}  {'what happens':<{_WIDTH}}  {'cost':>7}", "quiet")

    def add(self, what: str, tone: str = "plain") -> None:
        self.lines.append({"seconds": round(self.seconds, 3), "what": what, "cost": f"{self.cost:f}"})
        self._print(f"{self.seconds:6.2f} s  {what:<{_WIDTH}}  {dollars(self.cost):>7}", tone)

    def event(self, event: Event) -> None:
        """The line for an event of the control plane; none for what is no news."""
        if event.type == "service.charged":
            self.cost += Decimal(str(event.data.get("amount", 0)))
        if event.type == "task.step_done":
            # Paying is a step of its own, which the charge has told.
            if event.data["name"] not in self._steps:
                return
            self._done += 1
        told = _words(event, self._steps, self._done)
        if told is not None:
            self.add(*told)

    def _print(self, text: str, tone: str = "plain") -> None:
        colour = _COLOURS[tone] if self._coloured else ""
        print(f"{colour}{text.rstrip()}{_RESET if colour else ''}", file=self._stream, flush=True)


_SENTENCES = {
    "webhook.received": ("webhook received, delivery {delivery}", "plain"),
    "webhook.processed": ("webhook processed: {made}", "plain"),
    "task.created": ("task created: a code review, CRITICAL", "plain"),
    "task.claimed": ("the agent has the task, attempt {attempt}{goes_on}", "plain"),
    "task.step_done": ("“{name}” is done and remembered", "quiet"),
    "task.lease_expired": ("the lease of attempt {attempt} ran out: the task is free again", "bad"),
    "task.completed": ("task completed", "good"),
    "task.failed": ("the task failed: {error}", "bad"),
    "task.retried": ("the attempt failed and is tried again: {error}", "bad"),
    "task.blocked": ("the task is blocked: {error}", "bad"),
    "task.cancelled": ("the task was cancelled", "bad"),
    "task.released": ("the task was given back", "bad"),
    "service.charged": ("“{key}” paid: ${amount} on {name}{instead}", "money"),
    "service.suspended": ("{name} is suspended: its budget is used up", "bad"),
    "feedback.queued": ("{kind} for the pull request is queued", "plain"),
    "feedback.sent": ("{kind} posted on GitHub", "good"),
    "feedback.failed": ("{kind} could not be posted: {error}", "bad"),
}


def _words(event: Event, steps: Sequence[str], done: int) -> tuple[str, str] | None:
    if event.type not in _SENTENCES:
        return None
    sentence, tone = _SENTENCES[event.type]
    data, error = event.data, event.data.get("error")
    words = {
        **dict.fromkeys(("attempt", "amount", "key", "name", "kind"), ""),
        **data,
        "goes_on": f": it goes on with “{steps[done]}”" if 0 < done < len(steps) else "",
        "delivery": str(data.get("delivery_id"))[:8],
        "error": error.get("message") if isinstance(error, dict) else error,
        "instead": f" in place of {data['delegated_from']}" if data.get("delegated_from") else "",
        "made": "a task is made" if data.get("task_id") else f"no task ({data.get('reason', 'known')})",
    }
    return sentence.format_map(words), tone


def dollars(amount: Decimal | None) -> str:
    """An amount with its cents, and with more places only where they say something."""
    exact = (amount or Decimal(0)).normalize()
    places = -int(exact.as_tuple().exponent)
    return f"${exact:.{max(2, places)}f}"
