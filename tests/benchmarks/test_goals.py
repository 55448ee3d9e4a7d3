"""What counts as having kept a goal."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks import p01_drain, p06_snapshot, p07_idle, p12_stream, p16_mixed, report
from benchmarks.goals import GOALS, Goal, Verdict, number, verdicts
from benchmarks.harness import Result, ratios
from benchmarks.run import MEASURES, conclude

FAST = Goal("P0", "rate", 10, "/s")
SLOW = Goal("P0", "wait", 10, "ms", "most")


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.measure} {goal.figure}")
def test_each_goal_belongs_to_a_measure_that_exists(goal: Goal) -> None:
    assert goal.measure in MEASURES


def test_one_unlucky_and_one_lucky_round_decide_nothing() -> None:
    assert Verdict(FAST, [1, 11, 12, 13, 99]).worst == 11
    assert Verdict(SLOW, [1, 7, 8, 9, 99]).worst == 9


def test_the_median_alone_does_not_keep_a_goal() -> None:
    verdict = Verdict(FAST, [8, 9, 12, 13, 14])
    assert (verdict.value, verdict.word) == (12, "short")


def test_a_goal_of_at_most_is_kept_from_below() -> None:
    assert Verdict(SLOW, [10, 10, 10]).kept
    assert not Verdict(SLOW, [10, 10, 10.1]).kept
    assert Verdict(Goal("P0", "scans", 0, "", "most"), [0]).kept


def test_of_few_rounds_the_worst_counts() -> None:
    assert Verdict(FAST, [11, 9]).worst == 9


def test_what_was_not_measured_is_not_judged() -> None:
    figures = {"lists of 1,000": [21_000.0], "×16 against pgqueuer": []}
    assert [verdict.goal.figure for verdict in verdicts("P3", figures)] == ["lists of 1,000"]


def test_a_measure_ends_with_its_tightest_goal(capsys: pytest.CaptureFixture[str]) -> None:
    result = Result({}, {"lists of 1,000": [21_000.0], "×16 against pgqueuer": [0.65]})
    assert conclude("P3", result) == "P3 0.65 goal 1.3 short"
    assert "P3 lists of 1,000: 21,000/s" in capsys.readouterr().out


def test_a_measure_is_ok_when_all_its_goals_are_kept() -> None:
    result = Result({}, {"lists of 1,000": [21_000.0], "×16 against pgqueuer": [2.0]})
    assert conclude("P3", result) == "P3 21,000 goal 20,000 ok"


def test_ratios_are_taken_round_by_round() -> None:
    assert ratios([10, 30], [5, 10]) == [2, 3]


def test_a_hundred_at_once_may_be_judged_by_either_bound() -> None:
    rows = {f"devos c={c}": {"per second": [6_000.0], "CPU ms": [0.1]} for c in (10, 50, 100)}
    rows |= {f"pgqueuer c={c}": {"per second": [5_000.0]} for c in (10, 50, 100)}
    name = "c=100 of 12,000/s, or of 0.9 × pgqueuer's batches of 100"
    assert p01_drain.figures(rows, ["pgqueuer"])[name] == [6_000 / (0.9 * 5_000)]
    assert p01_drain.figures(rows, [])[name] == [0.5]


def test_drains_go_on_until_it_is_enough_and_the_last_one_counts_from_where_it_began() -> None:
    clock, rates = iter([100.0, 101.0, 105.0, 109.0]), iter([10.0, 40.0, 95.0])
    found = p06_snapshot.drain_until(lambda _, rate: rate >= 90, lambda: next(rates), lambda: next(clock))
    assert found == (95.0, 9.0)


def test_what_serves_idle_agents_is_judged_as_it_stands_and_at_the_broker_only_where_there_is_one() -> None:
    assert p07_idle.share(3.0, 60.0) == 5.0
    rows = {"nobody": {"% of a core": [3.0]}, "long poll": {"% of a core": [7.0]}}
    assert p07_idle.figures(rows) == {"agents waiting, long poll": [7.0]}
    rows["RabbitMQ"] = {"% of a core": [9.0]}
    assert p07_idle.figures(rows)["agents waiting, RabbitMQ"] == [9.0]


def test_each_subscriber_counts_for_each_event() -> None:
    late = p12_stream.lateness({"a": 1.0, "b": 2.0}, [{"a": 1.5, "b": 2.25}, {"a": 2.0, "b": 3.0, "c": 9.0}])
    assert late == [500, 1000, 250, 1000]


def test_an_error_of_either_number_of_callers_is_one() -> None:
    rows = {
        "32 clients": {"per second": [100.0], "p99 ms": [9.0], "errors": [1.0]},
        "256 clients": {"per second": [90.0], "p99 ms": [300.0], "errors": [2.0]},
    }
    assert p16_mixed.figures(rows) == {
        "256 clients against 32": [0.9],
        "256 clients, p99": [300.0],
        "errors": [3.0],
    }


def test_numbers_have_three_digits() -> None:
    assert [number(value) for value in (0.0123456, 1.618, 42.42, 12_345.6)] == [
        "0.0123",
        "1.62",
        "42.4",
        "12,346",
    ]


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "performance.md"
    file.write_text("before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n")
    monkeypatch.setattr(report, "PAGE", file)
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    return file


ENVIRONMENT = {"cores": 2, "memory_gb": 24, "system": "Linux", "python": "3.11", "commit": "abc"}
MEASURE = {
    "rows": {"devos c=10": {"per second": [5.0, 7.0], "CPU ms": [0.1, 0.1], "CPU api": [0.05, 0.05]}},
    "figures": {"c=10 against the fastest peer": [1.6, 1.7]},
}


def test_a_later_measure_of_the_day_leaves_the_earlier_ones(page: Path) -> None:
    report.keep({"P1": MEASURE}, ENVIRONMENT)
    kept = json.loads(report.keep({"P2": MEASURE}, ENVIRONMENT).read_text())
    assert [*kept["measures"]] == ["P1", "P2"]


def test_the_page_is_written_between_its_marks_only(page: Path) -> None:
    for _ in range(2):
        report.write_page(json.loads(report.keep({"P1": MEASURE}, ENVIRONMENT).read_text()))
    text = page.read_text()
    assert text.startswith("before\n<!-- bench: begin -->\n")
    assert text.endswith("\n<!-- bench: end -->\nafter\n")
    assert "old" not in text
    assert "**P1**, medians of 2 rounds\n" in text
    assert "| P1 | c=10 against the fastest peer | 1.65 (1.6 – 1.7) | ≥ 1.5 × | ok |" in text
    assert "| devos c=10 | 6 | 0.1 |" in text


def test_the_chart_is_an_image_with_a_bar_a_row(page: Path) -> None:
    drawn = ET.fromstring(report.chart(MEASURE["rows"]))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}rect")) == 1
