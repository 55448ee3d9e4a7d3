"""The worker keeps the partitions of the logs."""

from __future__ import annotations

import pytest

from tests.support.world import World
from tests.worker.conftest import eventually

_MONTHS = "select count(*) from pg_class where relname ~ '^task_logs_[0-9]{6}$' and relkind = 'r'"


@pytest.mark.usefixtures("worker")
async def test_months_are_made_ahead_without_being_asked_for(world: World) -> None:
    async def made() -> bool:
        return await world.owner.value(_MONTHS) == 3

    await eventually(made)
