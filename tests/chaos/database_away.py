"""Row 20: Postgres is restarted under load. The API says so, comes back by itself, and agents go on."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.figures import Figure
from tests.chaos.house import House, staffed
from tests.chaos.stream import Stream, flowing, streaming

_ROW = 20
_MOST_SECONDS = 10.0
_MOST_SECONDS_TO_DRAIN = 60.0


@dataclass(frozen=True)
class Plan:
    """How often it is away, and for how long."""

    times: int
    away_seconds: float
    agents: int
    per_second: float


FULL = Plan(times=5, away_seconds=5, agents=3, per_second=20)
SMALL = Plan(times=1, away_seconds=1.5, agents=1, per_second=10)


async def play(folder: Path, plan: Plan = FULL) -> list[Figure]:
    """One run in an empty folder."""
    async with staffed(folder, agents=plan.agents, copies=2) as house, streaming(house) as stream:
        pids = [program.process.pid for program in house.programs]
        back: list[float] = []
        async with flowing(stream, plan.per_second):
            for _ in range(plan.times):
                await house.more_done()
                back.append(await _restart(house, stream, plan.away_seconds))
        drained = await stream.settled(_MOST_SECONDS_TO_DRAIN)
        refused = [answer for answer in stream.answers if answer.status != 201]
        helpless = [a for a in refused if a.status != 503 or not (a.retry_after or "").isdigit()]
        ended = [program for program in house.programs if program.process.poll() is not None]
        assert pids == [program.process.pid for program in house.programs]
        return [
            *await stream.kept(_ROW),
            Figure(_ROW, "restarts", plan.times),
            Figure(_ROW, "creations refused meanwhile", len(refused), at_least=1),
            Figure(_ROW, "of those by anything but 503 with Retry-After", len(helpless), at_most=0),
            Figure(_ROW, "seconds until the API took tasks again", max(back), at_most=_MOST_SECONDS),
            Figure(_ROW, "processes that ended", len(ended), at_most=0),
            Figure(_ROW, "seconds until all was done", drained, at_most=_MOST_SECONDS_TO_DRAIN),
        ]


async def _restart(house: House, stream: Stream, seconds: float) -> float:
    """End Postgres as an operator would, and start it later; seconds from then to the next accepted task."""
    house.signal_postgres(signal.SIGINT)
    await asyncio.sleep(seconds)
    await house.postgres_back()
    began = time.monotonic()
    while time.monotonic() < began + 2 * _MOST_SECONDS:
        if any(answer.status == 201 and answer.began >= began for answer in stream.answers):
            return time.monotonic() - began
        await asyncio.sleep(0.02)
    return float("inf")
