"""Row 21: one tenant asks for as much as it can; what does another notice, that shares everything with it?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.figures import Figure, p99
from tests.chaos.house import House, staffed
from tests.chaos.stream import Stream, flowing, streaming

_ROW = 21
_MOST_TIMES = 1.5
_WAITED = """
select extract(epoch from started_at - created_at)::float8 from public.tasks where id = any ($1::uuid[])
"""


@dataclass(frozen=True)
class Plan:
    """How long each half takes, and how many requests of the noisy one are on their way at once."""

    seconds: float
    per_second: float
    noise: int
    agents: int


FULL = Plan(seconds=30, per_second=10, noise=16, agents=3)
SMALL = Plan(seconds=5, per_second=10, noise=16, agents=2)


@dataclass
class Noise:
    """What the noisy one was answered."""

    accepted: int = 0
    held_up: int = 0
    helpless: int = 0
    other: list[int] = field(default_factory=list)


async def play(folder: Path, plan: Plan = FULL) -> list[Figure]:
    """One run in an empty folder."""
    async with (
        staffed(folder, agents=plan.agents, shared=True) as house,
        streaming(house) as quiet,
        streaming(house, house.ground.neighbour) as noisy,
    ):
        # What is slow only the first time is nobody's fault.
        await _measured(house, quiet, plan.per_second, 1)
        alone = await _measured(house, quiet, plan.per_second, plan.seconds)
        async with _noise(noisy, plan.noise) as noise:
            beside = await _measured(house, quiet, plan.per_second, plan.seconds)
        answered, started = (with_noise / without for with_noise, without in zip(beside, alone, strict=True))
        return [
            Figure(_ROW, "tasks accepted of the noisy tenant", noise.accepted, at_least=100),
            Figure(_ROW, "told 429 with Retry-After", noise.held_up),
            Figure(_ROW, "told 429 without, or anything else", noise.helpless + len(noise.other), at_most=0),
            Figure(_ROW, "of the other, alone: seconds to create, p99", alone[0]),
            Figure(_ROW, "  beside the noisy one", beside[0]),
            Figure(_ROW, "  times as long", answered, at_most=_MOST_TIMES),
            Figure(_ROW, "of the other, alone: seconds until an agent began, p99", alone[1]),
            Figure(_ROW, "  beside the noisy one", beside[1]),
            Figure(_ROW, "  times as long", started, at_most=_MOST_TIMES),
        ]


async def _measured(house: House, stream: Stream, per_second: float, seconds: float) -> tuple[float, float]:
    """p99 of a tenant's creations, and of how long its tasks waited for an agent."""
    stream.accepted.clear()
    stream.answers.clear()
    async with flowing(stream, per_second):
        await asyncio.sleep(seconds)
    waiting = "select count(*) from public.tasks where started_at is null and id = any ($1::uuid[])"
    began = asyncio.get_running_loop().time()
    # Whoever is not served by then waited for so long at the least.
    while await house.value(waiting, stream.accepted) and asyncio.get_running_loop().time() < began + seconds:
        await asyncio.sleep(0.1)
    waited = [
        row[0] if row[0] is not None else seconds for row in await house.fetch(_WAITED, stream.accepted)
    ]
    return p99([answer.seconds for answer in stream.answers]), p99(waited)


@asynccontextmanager
async def _noise(stream: Stream, at_once: int) -> AsyncGenerator[Noise]:
    """A tenant that creates without end, and takes no notice of being told to wait."""
    noise = Noise()
    body = {"project_id": str(stream.tenant.project), "kind": "work", "title": "w"}

    async def shout() -> None:
        while True:
            answer = await stream.client.post("/api/tasks", json=body)
            if answer.status_code == 201:
                noise.accepted += 1
            elif answer.status_code != 429:
                noise.other.append(answer.status_code)
            elif answer.headers.get("retry-after", "").isdigit():
                noise.held_up += 1
            else:
                noise.helpless += 1

    shouting = [asyncio.create_task(shout()) for _ in range(at_once)]
    try:
        yield noise
    finally:
        for one in shouting:
            one.cancel()
        await asyncio.gather(*shouting, return_exceptions=True)
