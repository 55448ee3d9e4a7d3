"""Row 4: every copy is restarted in turn, as for a new version, while tasks come and are done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.figures import Figure
from tests.chaos.house import House, staffed
from tests.chaos.stream import flowing, streaming
from tests.support.processes import eventually
from tests.support.servers import Program, is_ready

_ROW = 4
_ATTEMPTS = """
select count(*) filter (where outcome in ('lease_expired', 'failed', 'retried')) as burned
  from public.task_attempts
"""


@dataclass(frozen=True)
class Plan:
    """So many rounds, in each of which every process is restarted once."""

    rounds: int
    agents: int
    per_second: float


FULL = Plan(rounds=5, agents=4, per_second=30)
SMALL = Plan(rounds=1, agents=2, per_second=20)


async def play(folder: Path, plan: Plan = FULL) -> list[Figure]:
    """One run in an empty folder."""
    async with staffed(folder, agents=plan.agents, copies=2) as house, streaming(house) as stream:
        killed = 0
        async with flowing(stream, plan.per_second):
            for _ in range(plan.rounds):
                killed += await _renew_all(house)
        drained = await stream.settled(60)
        burned = await house.value(_ATTEMPTS)
        seen = await stream.outcomes()
        again = sum(answer.status != 201 for answer in stream.answers)
        return [
            *await stream.kept(_ROW),
            Figure(_ROW, "processes restarted", plan.rounds * len(house.programs)),
            Figure(_ROW, "of those had to be killed", killed, at_most=0),
            Figure(_ROW, "attempts burned", burned + seen["retries"], at_most=0),
            Figure(_ROW, "creations that had to be asked again", again),
            Figure(_ROW, "seconds until all was done", drained, at_most=60),
        ]


async def _renew_all(house: House) -> int:
    """One process after the other, each at work before the next; how many did not end by themselves."""
    killed = 0
    for url, program in house.apis:
        killed += await _renew(program)
        await asyncio.to_thread(eventually, lambda url=url: is_ready(url), 60)
    for program in [*house.workers, *house.agents]:
        killed += await _renew(program)
        await house.more_done()
    return killed


async def _renew(program: Program) -> bool:
    return not await asyncio.to_thread(program.renew)
