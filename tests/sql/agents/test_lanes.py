"""Lanes: resolved when a lane is born or an agent registers, and in a race of both no agent misses one."""

from __future__ import annotations

import asyncio
import hashlib
from uuid import uuid4

from tests.sql.acting import KIND
from tests.sql.agents.registering import lanes_of
from tests.support.world import Actor, World


async def test_a_lane_is_born_with_its_first_task_and_shared_by_the_next(world: World) -> None:
    for capabilities in (["b", "a"], ["a", "b", "a"], ["a", None, "b"]):
        await world.task(required_capabilities=capabilities)
    rows = await world.owner.fetch("select kind, required_capabilities from public.lanes")
    assert [tuple(row) for row in rows] == [("code_review", ["a", "b"])]


async def test_a_lane_of_each_kind_and_set_of_capabilities(world: World, as_agent: Actor) -> None:
    await world.task()
    await world.task(required_capabilities=["code-review"])
    await world.task(required_capabilities=["cobol"])
    await world.task(kind="ci")
    assert await lanes_of(world, as_agent.id) == [
        ("ci", ""),
        ("code_review", ""),
        ("code_review", "code-review"),
    ]


async def test_an_agent_that_comes_later_finds_the_lanes_that_are_there(
    world: World, as_supervisor: Actor
) -> None:
    await world.task(required_capabilities=["cobol"])
    await world.task(required_capabilities=["code-review"])
    told = await as_supervisor.call(
        "register_agent",
        name="veteran",
        project_ids=[world.project],
        capabilities=["cobol"],
        key_id="veteran",
        key_hash=hashlib.sha256(b"x").digest(),
    )
    assert await lanes_of(world, told["id"]) == [("code_review", "cobol")]


async def test_lanes_do_not_cross_projects(world: World, as_stranger_agent: Actor) -> None:
    await world.task()
    assert await lanes_of(world, as_stranger_agent.id) == []


async def test_a_lane_born_while_an_agent_registers_is_not_missed(world: World, as_supervisor: Actor) -> None:
    async def register(person: Actor, nr: int) -> None:
        await person.call(
            "register_agent",
            name=f"racer {nr}",
            project_ids=[world.project],
            capabilities=[],
            key_id=uuid4().hex,
            key_hash=hashlib.sha256(b"x").digest(),
        )

    async def create(person: Actor, nr: int) -> None:
        item = {"project_id": str(world.project), "kind": f"kind_{nr}", "title": "Race"}
        await person.call("create_tasks", items=[item])

    people = [as_supervisor.twin() for _ in range(8)]
    for nr in range(8):
        await asyncio.gather(
            *((register if at % 2 else create)(person, nr * 8 + at) for at, person in enumerate(people))
        )
    missed = await world.owner.value(
        """select count(*) from public.lanes l, public.agents a
            where a.name like 'racer%' and not exists (
                select from public.agent_lanes al where al.agent_id = a.id and al.lane_id = l.id)"""
    )
    assert missed == 0
    assert await world.owner.value("select count(*) from public.lanes") == 32


async def test_a_lane_first_asked_for_twice_at_once_is_born_once(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Race"}
    twins = [as_supervisor.twin() for _ in range(8)]
    await asyncio.gather(*(twin.call("create_tasks", items=[item]) for twin in twins))
    assert await world.owner.value("select count(*) from public.lanes") == 1
    assert len(await as_agent.call("claim_tasks", kinds=KIND, limit=100)) == 8
