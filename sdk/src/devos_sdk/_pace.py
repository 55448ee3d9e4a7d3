"""How many tasks to have at hand before there is room for them: handlers need not wait for the server."""

from __future__ import annotations

_MOST = 200
_PART_OF_LEASE = 0.1
_SMOOTH = 0.3


class Pace:
    """Short tasks are fetched ahead, long ones are not: twice what is finished while a call is on its way."""

    def __init__(self, lease_seconds: float, started_at: float) -> None:
        self._lease_seconds = lease_seconds
        self._trip = 0.0
        self._rate = 0.0
        self._finished = 0
        self._measured_at = started_at
        self._smooth = 1.0

    def finished(self) -> None:
        """A handler has come to its end."""
        self._finished += 1

    def trip(self, sent_at: float, answered_at: float) -> None:
        """A call has come back; times on a monotonic clock."""
        elapsed = answered_at - self._measured_at
        if elapsed <= 0:
            return
        self._measured_at = answered_at
        self._trip += self._smooth * (answered_at - sent_at - self._trip)
        self._rate += self._smooth * (self._finished / elapsed - self._rate)
        self._smooth = _SMOOTH  # the first measure stands for itself
        self._finished = 0

    @property
    def ahead(self) -> int:
        """Tasks to hold beyond those that run; they start well within their lease."""
        return int(min(_MOST, 2 * self._rate * self._trip, self._rate * self._lease_seconds * _PART_OF_LEASE))
