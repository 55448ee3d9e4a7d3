"""Row 22 in small; `make chaos ONLY=22` is the whole one."""

from __future__ import annotations

from tests.chaos.figures import short
from tests.chaos.partition import SMALL, play
from tests.support.folders import enterable_folder


async def test_a_line_that_is_cut_loses_nothing_and_recovers() -> None:
    with enterable_folder() as folder:
        assert short(await play(folder, SMALL)) == []
