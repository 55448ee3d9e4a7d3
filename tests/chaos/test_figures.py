"""The table of `make chaos`: what misses its bound is short, and what never came above all."""

from __future__ import annotations

import json

import pytest

from tests.chaos.figures import Figure, p99, short
from tests.chaos.run import show

NEVER = float("inf")


@pytest.mark.parametrize(
    ("figure", "judgement"),
    [
        (Figure(1, "lost", 0, at_most=0), "ok"),
        (Figure(1, "lost", 1, at_most=0), "short"),
        (Figure(19, "seconds", 0.3, at_most=0.3), "ok"),
        (Figure(19, "seconds", NEVER, at_most=60), "short"),
        (Figure(19, "seconds", float("nan"), at_most=60), "short"),
        (Figure(3, "refused", 19, at_least=20), "short"),
        (Figure(3, "refused", 20, at_least=20), "ok"),
        (Figure(1, "faults", 78), ""),
    ],
)
def test_a_figure_is_held_against_its_bound(figure: Figure, judgement: str) -> None:
    assert figure.judgement == judgement
    assert short([figure]) == ([str(figure)] if judgement == "short" else [])


def test_the_slowest_of_a_hundred_is_above_p99_and_nothing_is_never_good_enough() -> None:
    assert p99([*range(100)]) == 99
    assert p99([*range(200)]) == 198
    assert p99([]) == NEVER


def test_machines_get_the_figures_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    show([Figure(22, "to recover", NEVER, at_most=60), Figure(4, "restarts", 6)], seed=7, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["seed"]) == (False, 7)
    assert told["figures"] == [
        {"promise": 22, "figure": "to recover", "value": None, "bound": "<= 60", "result": "short"},
        {"promise": 4, "figure": "restarts", "value": 6, "bound": "", "result": ""},
    ]
