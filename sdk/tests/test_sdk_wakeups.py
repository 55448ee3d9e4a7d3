"""When an agent that waits at the broker asks without having been told."""

from __future__ import annotations

from devos_sdk._broker import unasked_seconds


def test_who_was_busy_asks_soon_and_who_was_idle_seldom_but_within_a_minute() -> None:
    assert all(4 <= unasked_seconds(0) <= 6 for _ in range(100))
    assert all(8 <= unasked_seconds(1) <= 12 for _ in range(100))
    # An agent counts as offline when it was silent for a minute.
    assert all(50 <= unasked_seconds(4) < 60 for _ in range(100))
