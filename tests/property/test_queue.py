"""Whatever agents, people and time do to the queue in whatever order: nothing is lost, done twice or stolen.

`make test` plays the same examples each time; `--hypothesis-profile=night` looks for new ones. What it finds
it prints as a few calls: with the repair they become a test of `test_found.py`.
"""

from __future__ import annotations

from typing import Any, cast

from hypothesis.stateful import run_state_machine_as_test

from tests.property.machine import Queue
from tests.property.stage import Stage


def test_the_queue_does_what_its_model_does(stage: Stage) -> None:
    run_state_machine_as_test(cast(Any, lambda: Queue(stage)))
