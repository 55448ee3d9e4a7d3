"""Row 4 in small; `make chaos ONLY=4` is the whole one."""

from __future__ import annotations

from tests.chaos.figures import short
from tests.chaos.restart import SMALL, play
from tests.support.folders import enterable_folder


async def test_a_rolling_restart_loses_nothing_and_burns_no_attempt() -> None:
    with enterable_folder() as folder:
        assert short(await play(folder, SMALL)) == []
