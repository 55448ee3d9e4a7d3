"""How many tasks to have at hand before there is room for them: handlers need not wait for the server."""

from __future__ import annotations

_MOST = 400
_PART_OF_LEASE = 0.1
_SMOOTH = 0.2


class Pace:
    """Short tasks are fetched ahead, long ones are not: twice what is finished while a call is on its way."""

    def __init__(self, concurrency: int, lease_seconds: float) -> None:
        self._concurrency = concurrency
        self._lease_seconds = lease_seconds
        self._work: float | None = None
        self._call: float | None = None

    def finished(self, seconds: float) -> None:
        """A handler has come to its end after so long."""
        self._work = _smooth(self._work, seconds)

    def called(self, seconds: float) -> None:
        """A call has come back after so long."""
        self._call = _smooth(self._call, seconds)

    @property
    def ahead(self) -> int:
        """Tasks to hold beyond those that run; they start well within their lease."""
        if self._work is None or self._call is None:
            return 0
        a_second = self._concurrency / max(self._work, 1e-6)
        return round(min(_MOST, 2 * a_second * self._call, a_second * self._lease_seconds * _PART_OF_LEASE))


def _smooth(before: float | None, now: float) -> float:
    return now if before is None else before + _SMOOTH * (now - before)
