"""What was seen beside what is promised."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One number of a row of docs/operations/chaos.md; without a bound it only says how much was tried."""

    row: int
    name: str
    value: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_short(self) -> bool:
        """Whether it misses its bound. What never came is infinite."""
        over = self.at_most is not None and not self.value <= self.at_most
        under = self.at_least is not None and not self.value >= self.at_least
        return over or under

    @property
    def bound(self) -> str:
        """The promise as text."""
        if self.at_most is not None:
            return "0" if self.at_most == 0 else f"<= {_number(self.at_most)}"
        return "" if self.at_least is None else f">= {_number(self.at_least)}"

    @property
    def judgement(self) -> str:
        """In a word; nothing where nothing is promised."""
        if not self.bound:
            return ""
        return "short" if self.is_short else "ok"

    def as_json(self) -> dict[str, object]:
        """For machines; JSON has no infinity."""
        value = self.value if math.isfinite(self.value) else None
        return {
            "promise": self.row,
            "figure": self.name,
            "value": value,
            "bound": self.bound,
            "result": self.judgement,
        }

    def __str__(self) -> str:
        seen = f"{self.row:>3}  {self.name:<58}{_number(self.value):>9}"
        return f"{seen}  {self.bound:<9}{self.judgement}".rstrip()


def short(figures: Iterable[Figure]) -> list[str]:
    """Each figure that misses its bound, in a line."""
    return [str(figure) for figure in figures if figure.is_short]


def p99(values: Sequence[float]) -> float:
    """The value that one in a hundred is above; nothing to look at is never good enough."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] if ordered else math.inf


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "never"
    return f"{value:.0f}" if value == int(value) else f"{value:.3g}" if value < 1 else f"{value:.1f}"
