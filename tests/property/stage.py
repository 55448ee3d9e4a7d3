"""The world that the examples play in, and the event loop that it lives on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.support.api import give_key
from tests.support.world import Actor, Database, World, build_world

T = TypeVar("T")
KINDS = ("alpha", "beta")


@dataclass
class Stage:
    """A world with an own loop, because hypothesis calls plain functions."""

    runner: asyncio.Runner
    world: World
    agents: list[Actor]
    keys: list[str]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)


async def set_stage(runner: asyncio.Runner, database: Database) -> Stage:
    """Two agents of the project and one of another, each with a key."""
    world = await build_world(database)
    agents = [world.agent, world.other_agent, world.stranger_agent]
    keys = [await give_key(agent, world.owner) for agent in agents]
    # The first lane has the smaller number, whatever an example begins with.
    item = {"project_id": str(world.project), "title": "t"}
    for kind in KINDS:
        await world.supervisor.call("create_tasks", items=[{**item, "kind": kind}])
    # Never to be noted again: who is noted looks for silent agents, and so the clock would take part.
    for agent in agents:
        await world.login.call("private.touch_agents", ids=[agent.id])
    await world.owner.fetch("update public.agent_heartbeats set seen_at = 'infinity'")
    return Stage(runner, world, agents, keys)
