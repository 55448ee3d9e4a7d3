"""Row 22: the lines API to database, agents to API and worker to broker are cut, one way and both."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

from control_plane.platform.postgres import EmbeddedPostgres
from tests.chaos import namespace
from tests.chaos.figures import Figure
from tests.chaos.house import House, employed, furnished, inhabited
from tests.chaos.proxy import Direction, Line, Target, proxied, through
from tests.chaos.rabbit import Rabbit
from tests.chaos.stream import Stream, flowing, streaming

_ROW = 22
_UNREAD = {"kind": "unread", "required_capabilities": ["nobody-has-it"]}
Place = Literal["API to database", "agents to API", "worker to broker"]
Lay = Callable[[Target, Path], AbstractAsyncContextManager[Line]]


@dataclass(frozen=True)
class Plan:
    """Which lines are cut how, for so long each."""

    cuts: tuple[tuple[Place, Direction], ...]
    seconds: float
    per_second: float
    most_seconds: float
    lay: Lay | None = None


_PLACES: tuple[Place, ...] = ("API to database", "agents to API", "worker to broker")
_DIRECTIONS: tuple[Direction, ...] = ("there", "back", "both")
FULL = Plan(
    cuts=tuple((p, d) for p in _PLACES for d in _DIRECTIONS), seconds=30, per_second=10, most_seconds=60
)
SMALL = Plan(
    # By a proxy, as every machine can.
    cuts=(("API to database", "both"), ("agents to API", "back"), ("worker to broker", "there")),
    seconds=3.5,
    per_second=10,
    most_seconds=30,
    lay=proxied,
)


@dataclass(frozen=True)
class Site:
    """The house, and the lines into it."""

    house: House
    lines: dict[Place, Line]


async def play(folder: Path, plan: Plan = FULL) -> list[Figure]:
    """One run in an empty folder."""
    lay = plan.lay or (namespace.namespaced if namespace.is_possible() else proxied)
    async with _built(folder, lay) as site, streaming(site.house) as stream:
        stream.accepted.append(await stream.create())
        await stream.settled(30)
        figures: list[Figure] = []
        for place, direction in plan.cuts:
            recovered = await _cut(site, stream, plan, place, direction)
            name = f"{place} cut for {plan.seconds:g} s, {direction}: seconds to recover"
            figures.append(Figure(_ROW, name, recovered, at_most=plan.most_seconds))
        stale = sum(log.read_text().count(": lease_lost\n") for log in folder.glob("agent-*.log"))
        ended = sum(program.process.poll() is not None for program in site.house.programs)
        return [
            *await stream.kept(_ROW),
            Figure(_ROW, "stale completions refused", stale),
            Figure(_ROW, "processes that ended", ended, at_most=0),
            Figure(_ROW, "by network namespaces, not by a proxy", lay is not proxied),
            *figures,
        ]


async def _cut(site: Site, stream: Stream, plan: Plan, place: Place, direction: Direction) -> float:
    """Cut one line under load and heal it; seconds until everything is done and told of again."""
    line, house = site.lines[place], site.house
    async with flowing(stream, plan.per_second):
        await house.more_done()
        await line.cut(direction)
        began = time.monotonic()
        # Nobody reads its lane, so that only the worker's own hint can show up there.
        unread = asyncio.create_task(stream.create(**_UNREAD))
        await asyncio.sleep(plan.seconds - (time.monotonic() - began))
        await line.heal()
        healed = time.monotonic()
    assert house.rabbit is not None
    try:
        async with asyncio.timeout(plan.most_seconds):
            task_id = await unread
            stream.accepted.append(await stream.create())
    except TimeoutError:
        return float("inf")
    told = await house.rabbit.told_of(task_id, plan.most_seconds)
    await stream.settled(plan.most_seconds)
    return time.monotonic() - healed if told else float("inf")


@asynccontextmanager
async def _built(folder: Path, lay: Lay) -> AsyncGenerator[Site]:
    """One copy of each part; of three agents two are behind the line, one of them waits at the broker."""
    async with AsyncExitStack() as running:
        rabbit = await running.enter_async_context(Rabbit.running(folder))
        postgres = running.enter_context(EmbeddedPostgres(folder / "postgres"))
        ground = await furnished(postgres, agents=3, at_broker=1)
        socket = postgres.socket_folder / ".s.PGSQL.5432"
        to_database = await running.enter_async_context(lay(Target(socket), folder))
        await rabbit.ready()
        to_broker = await running.enter_async_context(lay(Target(port=rabbit.port), folder))
        login = (
            f"postgresql://devos_login@{to_database.host}:{to_database.port}/{quote(ground.database.name)}"
        )
        house = await running.enter_async_context(
            inhabited(
                ground,
                folder,
                rabbit=rabbit,
                copies=1,
                api={"database_url": login},
                worker={"broker_url": through(to_broker, rabbit.url)},
            )
        )
        port = urlsplit(house.apis[0][0]).port or 0
        to_api = await running.enter_async_context(lay(Target(port=port), folder))
        behind = f"http://{to_api.host}:{to_api.port}"
        running.enter_context(employed(house, [behind, behind, house.url], at_broker=1))
        yield Site(house, dict(zip(_PLACES, (to_database, to_api, to_broker), strict=True)))
