"""Row 20 in small; `make chaos ONLY=20` is the whole one."""

from __future__ import annotations

from tests.chaos.database_away import SMALL, play
from tests.chaos.figures import short
from tests.support.folders import enterable_folder


async def test_a_restart_of_postgres_costs_a_503_and_nothing_else() -> None:
    with enterable_folder() as folder:
        assert short(await play(folder, SMALL)) == []
