"""What the search of `test_queue.py` once found, kept as hypothesis printed it: one test a find."""

from __future__ import annotations

from tests.property.machine import Queue
from tests.property.stage import Stage


def test_a_running_task_is_not_requeued_under_its_agent(stage: Stage) -> None:
    state = Queue(stage)
    (task,) = state.begin(items=[("alpha", 1, 0, False)])
    state.claim(agent=0, kinds=("alpha",), wanted=1)
    state.decide(task=task, what="requeue", priority=1)
    state.the_rows_are_as_they_should_be()
