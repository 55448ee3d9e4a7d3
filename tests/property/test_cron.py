"""The instants of a cron expression, and an oracle that looks at the clock of the zone minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from control_plane.domains.schedules.cron import Cron

MINUTE = timedelta(minutes=1)
# Zones and days when their clocks jump: by an hour, by half of one, at midnight, over a whole day; or never.
JUMPS = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Africa/Cairo", "2026-04-23"),
    ("Africa/Cairo", "2026-10-29"),
    ("America/Santiago", "2026-09-06"),
    ("Pacific/Apia", "2011-12-30"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    ("Asia/Kolkata", "2026-06-01"),
    ("UTC", "2028-02-29"),
]


@dataclass(frozen=True)
class Field:
    """A field as it is written, and what it means."""

    text: str
    values: frozenset[int]


def fields(low: int, high: int) -> st.SearchStrategy[Field]:
    number = st.integers(low, high)
    some = st.frozensets(number, min_size=1, max_size=4).map(
        lambda chosen: Field(",".join(map(str, sorted(chosen))), chosen)
    )
    step = st.integers(1, high - low).map(lambda n: Field(f"*/{n}", frozenset(range(low, high + 1, n))))
    span = (
        st.tuples(number, number)
        .map(sorted)
        .map(lambda ends: Field(f"{ends[0]}-{ends[1]}", frozenset(range(ends[0], ends[1] + 1))))
    )
    return st.one_of(st.just(Field("*", frozenset(range(low, high + 1)))), some, step, span)


# Days and months mostly open: else nothing comes in the days that the oracle looks at.
MINUTES, HOURS = fields(0, 59), fields(0, 23)
DAYS = st.one_of(st.just(Field("*", frozenset(range(1, 32)))), fields(1, 31))
WEEKDAYS = st.one_of(st.just(Field("*", frozenset(range(7)))), fields(0, 6))


def fits(local: datetime, written: tuple[Field, Field, Field, Field]) -> bool:
    minutes, hours, days, weekdays = written
    if local.minute not in minutes.values or local.hour not in hours.values:
        return False
    day, weekday = local.day in days.values, local.isoweekday() % 7 in weekdays.values
    both = days.text.startswith("*") or weekdays.text.startswith("*")
    return day and weekday if both else day or weekday


def oracle(
    written: tuple[Field, Field, Field, Field], zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    """Every minute whose clock fits; by the wall the repeated ones not again, the skipped ones at once."""
    elapsed = any(field.text.startswith("*") for field in written[:2])
    now = after.replace(second=0, microsecond=0) + MINUTE
    shown = (now - MINUTE).astimezone(zone).replace(tzinfo=None)
    while now <= until:
        here = now.astimezone(zone)
        before, shown = shown, here.replace(tzinfo=None)
        skipped = [before + MINUTE * n for n in range(1, int((shown - before) / MINUTE))]
        if elapsed:
            coming = fits(here, written)
        else:
            coming = (fits(here, written) and not here.fold) or any(fits(wall, written) for wall in skipped)
        if coming:
            yield now
        now += MINUTE


@given(
    written=st.tuples(MINUTES, HOURS, DAYS, WEEKDAYS),
    jump=st.sampled_from(JUMPS),
    start=st.integers(-26 * 3600, 26 * 3600),
    hours=st.integers(1, 60),
)
@example(
    written=(Field("0", frozenset({0})), Field("*/4", frozenset(range(0, 24, 4))),
             Field("*", frozenset(range(1, 32))), Field("*", frozenset(range(7)))),
    jump=("Australia/Lord_Howe", "2026-10-03"), start=12 * 3600, hours=24,
)  # fmt: skip
def test_the_instants_are_those_that_the_clock_of_the_zone_shows(
    written: tuple[Field, Field, Field, Field], jump: tuple[str, str], start: int, hours: int
) -> None:
    zone, day = jump
    after = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(seconds=start)
    until = after + timedelta(hours=hours)
    minutes, hour, days, weekdays = (field.text for field in written)
    cron = Cron(f"{minutes} {hour} {days} * {weekdays}", zone)
    told = [*takewhile(lambda step: step <= until, cron.after(after))]
    assert told == [*oracle(written, ZoneInfo(zone), after, until)]
    if told:
        assert cron.next(after) == told[0]
        assert cron.latest(after, until, 2) == told[-2:]
