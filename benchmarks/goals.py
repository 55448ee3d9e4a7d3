"""What is promised, and what counts as having kept it: the only place with a goal's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Goal:
    """A bound on one figure of a measure."""

    measure: str
    figure: str
    bound: float
    unit: Literal["×", "/s", "ms", "s", "%", ""]
    at: Literal["least", "most"] = "least"


GOALS = (
    Goal("P1", "c=10 against the fastest peer", 1.5, "×"),
    Goal("P1", "c=50 against pgqueuer", 1.3, "×"),
    Goal("P1", "c=50 against every other peer", 2.0, "×"),
    # Either is enough; the figure is the better of the two as a part of what is asked.
    Goal("P1", "c=100 of 12,000/s, or of 0.9 × pgqueuer's batches of 100", 1.0, "×"),
    Goal("P1", "CPU per task at c=10", 0.10, "ms", "most"),
    *(Goal("P2", f"batch {batch} against the same rows", 0.65, "×") for batch in (1, 10, 100)),
    *(Goal("P2", f"batch {batch} against a bare queue", 0.28, "×") for batch in (1, 10, 100)),
    Goal("P3", "×16 against pgqueuer", 1.3, "×"),
    Goal("P3", "lists of 1,000", 20_000, "/s"),
    Goal("P4", "same API copy, p50", 5, "ms", "most"),
    Goal("P4", "same API copy, p99", 15, "ms", "most"),
    Goal("P4", "across copies, p50", 8, "ms", "most"),
    Goal("P4", "best peer in Postgres at p95, against ours", 1.0, "×"),
    Goal("P4", "best peer in Postgres at p99, against ours", 1.0, "×"),
    Goal("P5", "100k pending against few", 0.9, "×"),
    Goal("P5", "1M pending against few", 0.9, "×"),
    Goal("P5", "1M finished against few", 0.9, "×"),
    Goal("P5", "200k untakeable in front against few", 0.9, "×"),
    Goal("P5", "whole-table scans while draining", 0, "", "most"),
    Goal("P6", "with a snapshot held against without", 0.5, "×"),
    Goal("P6", "back after it ends", 60, "s", "most"),
    # Of one core.
    Goal("P7", "agents waiting, long poll", 5, "%", "most"),
    Goal("P7", "agents waiting, RabbitMQ", 5, "%", "most"),
    Goal("P8", "one hot budget against a bare guarded update", 0.5, "×"),
    Goal("P8", "64 budgets against bare guarded updates", 0.4, "×"),
    Goal("P10", "filtered list over HTTP, p99", 25, "ms", "most"),
    Goal("P10", "with policies against without, p50", 2.0, "×", "most"),
    Goal("P12", "told after the commit, p50", 50, "ms", "most"),
    Goal("P12", "told after the commit, p99", 250, "ms", "most"),
    Goal("P14", "devos up from nothing", 5, "s", "most"),
    Goal("P14", "devos demo to its last line", 60, "s", "most"),
    Goal("P16", "256 clients against 32", 0.8, "×"),
    Goal("P16", "256 clients, p99", 500, "ms", "most"),
    Goal("P16", "errors", 0, "", "most"),
)


@dataclass(frozen=True)
class Verdict:
    """How a goal fared."""

    goal: Goal
    values: Sequence[float]

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def worst(self) -> float:
        """The worst of the middle three rounds: one lucky or unlucky round decides nothing."""
        ordered = sorted(self.values)
        cut = max(0, (len(ordered) - 3) // 2)
        middle = ordered[cut : len(ordered) - cut]
        return min(middle) if self.goal.at == "least" else max(middle)

    @property
    def kept(self) -> bool:
        return self.worst >= self.goal.bound if self.goal.at == "least" else self.worst <= self.goal.bound

    @property
    def margin(self) -> float:
        """1 where the goal is just met, below where it is not."""
        if self.goal.at == "least":
            return self.worst / self.goal.bound
        return self.goal.bound / self.worst if self.worst else float(self.goal.bound >= 0) or 1.0

    @property
    def line(self) -> str:
        sign = "≥" if self.goal.at == "least" else "≤"
        spread = f"{number(min(self.values))}–{number(max(self.values))}"
        told = f"{number(self.value)}{self.goal.unit} ({spread}), worst of the middle {number(self.worst)}"
        return f"{told}, goal {sign} {number(self.goal.bound)}{self.goal.unit}: {self.word}"

    @property
    def word(self) -> str:
        return "ok" if self.kept else "short"


def verdicts(measure: str, figures: dict[str, list[float]]) -> list[Verdict]:
    """The goals of a measure for which there is a figure; there is none against peers that were left out."""
    return [
        Verdict(goal, figures[goal.figure])
        for goal in GOALS
        if goal.measure == measure and figures.get(goal.figure)
    ]


def number(value: float) -> str:
    """Three digits are all that a measurement is worth."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
