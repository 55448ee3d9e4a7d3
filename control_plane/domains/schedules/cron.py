"""Which instants a cron expression means in a time zone, as Debian's cron has it.

An expression that names its hours and minutes goes by the clock on the wall: a time that is skipped in spring
comes right after the gap, one that is repeated in autumn comes once. One with a `*` in front of its minutes
or its hours goes by elapsed time: it comes whenever the clock shows a time that fits, in a repeated hour
twice and in a skipped one never.

Instants are in UTC: in an hour that is repeated, Python compares two times of a zone by what the wall shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
# Wide enough for what comes by the minute, and widened for what is rare.
_FIRST_LOOK = timedelta(hours=2)


class CronError(ValueError):
    """An expression or a zone that means nothing: a machine's code, and why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Cron:
    """A cron expression in a time zone."""

    def __init__(self, expression: str, time_zone: str) -> None:
        if time_zone not in _zones():
            raise CronError("invalid_time_zone", f"There is no time zone {time_zone!r} in the IANA database.")
        self._zone = ZoneInfo(time_zone)
        self._expression = expression
        fields = expression.split()
        if len(fields) != 5:
            raise CronError("invalid_cron", "A cron expression is: minute hour day month weekday.")
        try:
            # What comes at all comes within the library's fifty years.
            next(CronSim(expression, datetime(2000, 1, 1)))  # noqa: DTZ001 - local time of nowhere
        except CronSimError as exc:
            raise CronError("invalid_cron", f"The cron expression cannot be read: {exc}.") from exc
        except StopIteration:
            raise CronError("invalid_cron", "There is no day that this cron expression means.") from None
        self._by_the_wall = not fields[0].startswith("*") and not fields[1].startswith("*")

    def after(self, instant: datetime) -> Iterator[datetime]:
        """The instants after another one, in order."""
        if not self._by_the_wall:
            yield from self._elapsed(instant)
            return
        for shown in CronSim(self._expression, instant.astimezone(self._zone)):
            step = shown.astimezone(UTC)
            # In the second pass of a repeated hour the wall shows times that have come already.
            if step > instant:
                yield step

    def shown(self, instant: datetime) -> datetime:
        """An instant as the zone writes it."""
        return instant.astimezone(self._zone)

    def next(self, instant: datetime) -> datetime:
        """The first instant after another one."""
        return next(self.after(instant))

    def latest(self, after: datetime, until: datetime, most: int) -> list[datetime]:
        """The last instants after one and up to another: so many at the most, in order."""
        look = _FIRST_LOOK
        while True:
            start = max(after, until - look)
            found = [*takewhile(lambda step: step <= until, self.after(start))]
            if len(found) >= most or start == after:
                return found[-most:]
            look *= 4

    def _elapsed(self, instant: datetime) -> Iterator[datetime]:
        """Between two changes of the clock local time is plain, and the library counts in that."""
        here, offset = instant, self._offset(instant)
        wall = _wall(here, offset)
        while True:
            change = None
            for shown in CronSim(self._expression, wall):
                step = shown.replace(tzinfo=UTC) - offset
                change = self._change(here, step)
                if change is not None:
                    break
                yield step
                here = step
            if change is None:
                return
            here, offset = change, self._offset(change)
            # The minute of the change counts, too.
            wall = _wall(here, offset) - _SECOND

    def _change(self, start: datetime, end: datetime) -> datetime | None:
        """When the clock jumps first after one instant and up to another."""
        offset = self._offset(start)
        while start < end:
            day = min(start + _DAY, end)
            if self._offset(day) != offset:
                low, high = int(start.timestamp()), int(day.timestamp())
                while high - low > 1:
                    middle = (low + high) // 2
                    same = self._offset(datetime.fromtimestamp(middle, UTC)) == offset
                    low, high = (middle, high) if same else (low, middle)
                return datetime.fromtimestamp(high, UTC)
            start = day
        return None

    def _offset(self, instant: datetime) -> timedelta:
        offset = instant.astimezone(self._zone).utcoffset()
        assert offset is not None, "a zone has one"
        return offset


def _wall(instant: datetime, offset: timedelta) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None) + offset


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
