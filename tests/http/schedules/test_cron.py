"""Which instants a cron expression means, over leaps of clocks and calendars, and which of them run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

import pytest

from control_plane.domains.schedules.cron import Cron, CronError
from control_plane.domains.schedules.firing import MOST_MADE_UP, Firing, decide

BERLIN, LORD_HOWE = "Europe/Berlin", "Australia/Lord_Howe"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def coming(expression: str, zone: str, after: str, count: int = 3) -> list[str]:
    """The next instants, as the zone writes them."""
    cron = Cron(expression, zone)
    return [cron.shown(step).isoformat(timespec="minutes") for step in islice(cron.after(at(after)), count)]


def test_a_skipped_time_comes_right_after_the_gap_and_once() -> None:
    # At two it is three.
    assert coming("30 2 * * *", BERLIN, "2026-03-28T12:00+01:00") == [
        "2026-03-29T03:00+02:00",
        "2026-03-30T02:30+02:00",
        "2026-03-31T02:30+02:00",
    ]
    assert coming("0,30 2,3 * * *", BERLIN, "2026-03-29T01:00+01:00", 2) == [
        "2026-03-29T03:00+02:00",
        "2026-03-29T03:30+02:00",
    ]
    # At two it is half past.
    assert coming("15 2 * * *", LORD_HOWE, "2026-10-03T12:00+10:30", 2) == [
        "2026-10-04T02:30+11:00",
        "2026-10-05T02:15+11:00",
    ]


def test_a_repeated_time_comes_once() -> None:
    # At three it is two.
    assert coming("30 2 * * *", BERLIN, "2026-10-24T12:00+02:00", 2) == [
        "2026-10-25T02:30+02:00",
        "2026-10-26T02:30+01:00",
    ]
    assert coming("30 2 * * *", BERLIN, "2026-10-25T02:10+01:00", 1) == ["2026-10-26T02:30+01:00"]
    # At two it is half past one.
    assert coming("45 1 * * *", LORD_HOWE, "2026-04-04T12:00+11:00", 2) == [
        "2026-04-05T01:45+11:00",
        "2026-04-06T01:45+10:30",
    ]
    assert coming("45 1 * * *", LORD_HOWE, "2026-04-05T01:40+10:30", 1) == ["2026-04-06T01:45+10:30"]


def test_what_has_a_star_goes_by_elapsed_time() -> None:
    assert coming("30 * * * *", BERLIN, "2026-03-29T01:00+01:00") == [
        "2026-03-29T01:30+01:00",
        "2026-03-29T03:30+02:00",
        "2026-03-29T04:30+02:00",
    ]
    assert coming("30 * * * *", BERLIN, "2026-10-25T02:00+02:00") == [
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:30+01:00",
        "2026-10-25T03:30+01:00",
    ]
    assert coming("*/20 2 * * *", BERLIN, "2026-03-28T12:00+01:00", 1) == ["2026-03-30T02:00+02:00"]
    # Half an hour forwards and back: the hours stay full.
    assert coming("0 */4 * * *", LORD_HOWE, "2026-10-03T23:00+10:30", 2) == [
        "2026-10-04T00:00+10:30",
        "2026-10-04T04:00+11:00",
    ]
    assert coming("0 */4 * * *", LORD_HOWE, "2026-04-05T00:00+11:00", 1) == ["2026-04-05T04:00+10:30"]
    assert coming("*/15 1 * * *", LORD_HOWE, "2026-04-05T01:20+11:00", 5) == [
        "2026-04-05T01:30+11:00",
        "2026-04-05T01:45+11:00",
        "2026-04-05T01:30+10:30",
        "2026-04-05T01:45+10:30",
        "2026-04-06T01:00+10:30",
    ]


def test_calendars_have_leap_days_and_ends_of_months() -> None:
    assert coming("0 0 29 2 *", "UTC", "2026-01-01T00:00+00:00", 2) == [
        "2028-02-29T00:00+00:00",
        "2032-02-29T00:00+00:00",
    ]
    assert coming("*/30 0 29 2 *", BERLIN, "2096-03-01T00:00+01:00", 1) == ["2104-02-29T00:00+01:00"]
    assert coming("0 0 31 * *", "UTC", "2026-01-01T00:00+00:00", 3) == [
        "2026-01-31T00:00+00:00",
        "2026-03-31T00:00+00:00",
        "2026-05-31T00:00+00:00",
    ]
    assert coming("0 12 L * *", "UTC", "2027-12-31T12:00+00:00", 3) == [
        "2028-01-31T12:00+00:00",
        "2028-02-29T12:00+00:00",
        "2028-03-31T12:00+00:00",
    ]
    # A day of the month or a weekday, whichever comes first.
    assert coming("0 0 13 * FRI", "UTC", "2026-03-01T00:00+00:00", 3) == [
        "2026-03-06T00:00+00:00",
        "2026-03-13T00:00+00:00",
        "2026-03-20T00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("Europe/Kiev", "Europe/Kyiv"), ("Asia/Calcutta", "Asia/Kolkata"), ("US/Eastern", "America/New_York")],
)
def test_a_zone_that_was_renamed_is_the_same_zone(old: str, new: str) -> None:
    after = "2026-03-01T00:00+00:00"
    assert coming("30 2 * * *", old, after, 300) == coming("30 2 * * *", new, after, 300)


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "europe/berlin", "CEST", "+02:00", "../../etc/passwd", "posix/UTC"]
)
def test_a_zone_has_a_name_of_the_iana_database(zone: str) -> None:
    with pytest.raises(CronError) as told:
        Cron("0 0 * * *", zone)
    assert told.value.code == "invalid_time_zone"


@pytest.mark.parametrize(
    "expression",
    ["", "* * * *", "0 * * * * *", "60 * * * *", "* 24 * * *", "0 0 30 2 *", "0 0 31 4,6 *", "a b c d e",
     "*/0 * * * *", "5-1 * * * *", "0 0 ٣ * *", "0 0 * * MON#6", "0 0 * * 1/1/1", f"{'9' * 190} * * * *",
     "@daily", "0 0 \0 * *"],
)  # fmt: skip
def test_an_expression_has_five_fields_that_mean_something(expression: str) -> None:
    with pytest.raises(CronError) as told:
        Cron(expression, "UTC")
    assert told.value.code == "invalid_cron"


def test_the_latest_instants_are_the_ends_of_all() -> None:
    after, until = at("2026-01-02T03:04:05+00:00"), at("2026-12-24T00:00:00+00:00")
    for expression in ("*/7 * * * *", "0 3 * * *", "* * 1 * *", "15 2 29 2 *"):
        cron = Cron(expression, BERLIN)
        every = [*takewhile(lambda step: step <= until, cron.after(after))]
        for most in (1, 3, 100):
            assert cron.latest(after, until, most) == every[-most:]


HOURLY = Cron("0 * * * *", "UTC")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_run_that_is_a_minute_late_was_not_missed() -> None:
    for policy in ("skip", "run_once", "run_all"):
        now = NOON + timedelta(seconds=59)
        assert decide(HOURLY, policy, NOON, now) == Firing(NOON, NOON + timedelta(hours=1))


def test_missed_runs_are_left_out() -> None:
    now = NOON + timedelta(hours=2, minutes=30)
    assert decide(HOURLY, "skip", NOON, now) == Firing(None, NOON + timedelta(hours=3))
    now = NOON + timedelta(hours=2, seconds=30)
    assert decide(HOURLY, "skip", NOON, now) == Firing(NOON + timedelta(hours=2), NOON + timedelta(hours=3))


def test_one_run_stands_for_all_that_were_missed() -> None:
    now = NOON + timedelta(hours=2, minutes=30)
    assert decide(HOURLY, "run_once", NOON, now) == Firing(
        NOON + timedelta(hours=2), NOON + timedelta(hours=3)
    )


def test_missed_runs_are_made_up_for_one_by_one_and_a_hundred_at_the_most() -> None:
    now = NOON + timedelta(hours=2, minutes=30)
    assert decide(HOURLY, "run_all", NOON, now) == Firing(NOON, NOON + timedelta(hours=1))
    last = NOON + timedelta(hours=2)
    assert decide(HOURLY, "run_all", last, now) == Firing(last, NOON + timedelta(hours=3))
    late = NOON + timedelta(days=365)
    first = late - timedelta(hours=MOST_MADE_UP - 1)
    assert decide(HOURLY, "run_all", NOON, late) == Firing(first, first + timedelta(hours=1))
