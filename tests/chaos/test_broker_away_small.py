"""Row 19 in small; `make chaos ONLY=19` is the whole one."""

from __future__ import annotations

from tests.chaos.broker_away import SMALL, play
from tests.chaos.figures import short
from tests.support.folders import enterable_folder


async def test_without_the_broker_tasks_are_taken_and_done_and_it_is_told_of_them_later() -> None:
    with enterable_folder() as folder:
        assert short(await play(folder, SMALL)) == []
