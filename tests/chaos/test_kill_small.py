"""The kill test in small; `make chaos ONLY=1` is the whole one."""

from __future__ import annotations

from tests.chaos.figures import short
from tests.chaos.kill import play
from tests.chaos.plan import SMALL
from tests.support.folders import enterable_folder


async def test_nothing_is_lost_or_done_twice_while_everything_is_killed() -> None:
    with enterable_folder() as folder:
        figures = await play(folder, SMALL)
    assert short(figures) == []
