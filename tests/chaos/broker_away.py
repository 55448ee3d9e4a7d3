"""Row 19: RabbitMQ is stopped while agents wait at it; nobody who creates tasks notices."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.figures import Figure, p99
from tests.chaos.house import staffed
from tests.chaos.stream import flowing, streaming

_ROW = 19
_MOST_SECONDS_AFTER = 60.0
# Nobody reads its lane, so that the broker keeps what it is told of it.
_UNREAD = {"kind": "unread", "required_capabilities": ["nobody-has-it"]}


@dataclass(frozen=True)
class Plan:
    """How long it is away, and how much comes meanwhile. Without pollers nobody else takes the work."""

    at_broker: int
    pollers: int
    away_seconds: float
    per_second: float
    most_seconds: float


FULL = Plan(at_broker=3, pollers=1, away_seconds=30, per_second=20, most_seconds=0.3)
# Beside other tests it may take longer; whoever waited for the broker would wait for five seconds.
SMALL = Plan(at_broker=1, pollers=0, away_seconds=3, per_second=20, most_seconds=1)


async def play(folder: Path, plan: Plan = FULL) -> list[Figure]:
    """One run in an empty folder."""
    agents = plan.at_broker + plan.pollers
    async with (
        staffed(folder, agents=agents, at_broker=plan.at_broker) as house,
        streaming(house) as stream,
    ):
        assert house.rabbit is not None
        # A first task of each lane: from then on it is read, and told of by the broker.
        stream.accepted.append(await stream.create())
        await stream.settled(30)
        await asyncio.gather(*(house.logged(number, "hints of 1 lanes") for number in range(plan.at_broker)))
        await house.rabbit.stop()
        before = len(stream.answers)
        async with flowing(stream, plan.per_second):
            unread = await stream.create(**_UNREAD)
            await asyncio.sleep(plan.away_seconds)
        meanwhile = stream.answers[before:]
        refused = sum(answer.status not in {0, 201} for answer in meanwhile)
        done_without = await stream.settled(10)
        began = time.monotonic()
        await house.rabbit.start()
        started = time.monotonic()
        told = await house.rabbit.told_of(unread, _MOST_SECONDS_AFTER)
        back = time.monotonic() - started
        async with flowing(stream, plan.per_second):
            await asyncio.sleep(1)
        drained = await stream.settled(_MOST_SECONDS_AFTER)
        return [
            *await stream.kept(_ROW),
            Figure(_ROW, "creations while it was away", len(meanwhile), at_least=plan.away_seconds),
            Figure(_ROW, "of those refused", refused, at_most=0),
            Figure(
                _ROW, "seconds for one, p99", p99([a.seconds for a in meanwhile]), at_most=plan.most_seconds
            ),
            Figure(_ROW, "seconds until all of it was done without the broker", done_without, at_most=10),
            Figure(_ROW, "seconds that RabbitMQ took to start", started - began),
            Figure(
                _ROW,
                "seconds until it told of what came meanwhile",
                back if told else float("inf"),
                at_most=_MOST_SECONDS_AFTER,
            ),
            Figure(_ROW, "seconds until all was done after its return", drained, at_most=_MOST_SECONDS_AFTER),
        ]
