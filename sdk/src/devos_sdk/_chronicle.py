"""What an agent tells of its tasks: each one while a person can read along, else how many."""

from __future__ import annotations

import logging
import time
from collections import Counter

from devos_sdk._models import ClaimedTask

_logger = logging.getLogger("devos_sdk")

_LINES_A_SECOND = 20
_SUMMARY_SECONDS = 5.0


class Chronicle:
    """Lines at INFO: each start and each end while they are few, their number every five seconds when not."""

    def __init__(self) -> None:
        self._second = 0
        self._lines = 0
        self._counted: Counter[str] = Counter()
        self._told_at = 0.0

    def started(self, task: ClaimedTask) -> None:
        """An attempt begins."""
        if _logger.isEnabledFor(logging.INFO) and self._may_tell():
            _logger.info("task %s: attempt %d: %s", task.id, task.attempt, task.title)

    def ended(self, task_id: str, outcome: str) -> None:
        """The server has a result."""
        if not _logger.isEnabledFor(logging.INFO):
            return
        if self._may_tell():
            _logger.info("task %s: %s", task_id, outcome)
            return
        self._counted[outcome] += 1
        if time.monotonic() - self._told_at >= _SUMMARY_SECONDS:
            self.sum_up()

    def sum_up(self) -> None:
        """Tell what was only counted."""
        if self._counted:
            told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self._counted.items()))
            _logger.info("and besides: %s", told)
        self._counted.clear()
        self._told_at = time.monotonic()

    def _may_tell(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._lines = second, 0
        self._lines += 1
        return self._lines <= _LINES_A_SECOND
