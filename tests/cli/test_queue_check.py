"""What `devos doctor` makes of the figures of the queue."""

from __future__ import annotations

from typing import Any

import pytest

from control_plane.cli.queue_check import judge

SOUND = {"waiting": 2, "oldest_seconds": 1.5, "gave_up": 0}


@pytest.mark.parametrize(
    ("queue", "transaction", "says"),
    [
        ({"stuck": 3}, None, "3 leases have passed"),
        (
            {"outbox": {**SOUND, "oldest_seconds": 301}},
            None,
            "2 rows wait in the outbox, the oldest for 0:05",
        ),
        ({"outbox": {**SOUND, "gave_up": 1}}, None, "1 deliveries were given up"),
        ({}, {"application": "psql", "seconds": 3601.2}, "A transaction of psql has been open for 1:00:01"),
        ({}, {"application": "", "seconds": 601}, "A transaction of some program"),
    ],
)
def test_what_is_in_the_way_is_named_with_a_next_step(queue: Any, transaction: Any, says: str) -> None:
    detail, hint = judge({"stuck": 0, "outbox": SOUND, **queue}, transaction)
    assert detail.startswith(says)
    assert hint


def test_a_sound_queue_has_no_next_step() -> None:
    for outbox in (SOUND, {**SOUND, "waiting": 0, "oldest_seconds": None}):
        assert judge({"stuck": 0, "outbox": outbox}, {"application": "psql", "seconds": 3})[1] == ""
