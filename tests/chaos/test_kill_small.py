"""The kill test in small; `make chaos ONLY=1` is the whole one."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos.figures import short
from tests.chaos.kill import play
from tests.chaos.plan import SMALL
from tests.support.folders import enterable_folder


async def test_nothing_is_lost_or_done_twice_while_everything_is_killed() -> None:
    with enterable_folder() as folder:
        figures = await play(folder, SMALL)
    assert short(figures) == []


async def test_who_wakes_after_its_lease_writes_nothing() -> None:
    plan = replace(SMALL, tasks=600, agents=2, zombies=4, agent_kills=0, agent_stops=0, api_kills=0,
                   worker_kills=0, worker_stops=0, postgres_kills=0)  # fmt: skip
    with enterable_folder() as folder:
        figures = await play(folder, plan)
    # Nothing of this hangs on how busy the machine is.
    assert short(figure for figure in figures if figure.row == 3) == []
