"""Finding agents: by project, capability, label and state, page by page, and never a stranger's."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest

from tests.sql.agents.registering import HASH
from tests.support.world import Actor, World


async def found(actor: Actor, **filters: Any) -> list[str]:
    told = await actor.call("list_agents", **filters)
    return [agent["name"] for agent in (told if isinstance(told, list) else [told])]


@pytest.fixture
async def fleet(world: World) -> World:
    """Agents of ours and a stranger's, alike in everything but the project."""
    for number, (person, project) in enumerate(
        [(world.supervisor, world.project), (world.stranger, world.stranger_project)]
    ):
        for name, capabilities, labels in [
            ("eu", ["rust"], {"region": "eu", "size": "large"}),
            ("us", ["rust", "ci"], {"region": "us"}),
            ("bare", [], {}),
        ]:
            await person.call(
                "register_agent",
                name=name,
                project_ids=[project],
                capabilities=capabilities,
                labels=labels,
                key_id=f"{name}{number}",
                key_hash=HASH,
            )
    return world


async def test_agents_are_found_by_what_they_are(fleet: World, as_viewer: Actor) -> None:
    assert await found(as_viewer) == ["agent", "other agent", "eu", "us", "bare"]
    assert await found(as_viewer, capability="rust") == ["eu", "us"]
    assert await found(as_viewer, capability="ru") == []
    assert await found(as_viewer, label={"region": "eu"}) == ["eu"]
    assert await found(as_viewer, label={"region": "eu", "size": "small"}) == []
    assert await found(as_viewer, capability="rust", label={"region": "us"}) == ["us"]
    assert await found(as_viewer, project_id=fleet.stranger_project) == []


async def test_agents_are_found_by_their_state(fleet: World, as_viewer: Actor) -> None:
    await fleet.claimed()
    await fleet.login.call("private.touch_agents", ids=[fleet.other_agent.id])
    us = await fleet.owner.value("update public.agents set is_active = false where name = 'us' returning id")
    assert await found(as_viewer, state="busy") == ["agent"]
    assert await found(as_viewer, state="idle") == ["other agent"]
    assert await found(as_viewer, state="offline", limit=1) == ["eu"]
    assert await found(as_viewer, state="offline", after=us) == ["bare"]
    assert await found(as_viewer, state="deactivated") == ["us"]


async def test_pages_of_a_search_meet_without_a_gap(fleet: World, as_viewer: Actor) -> None:
    names: list[str] = []
    after: UUID | None = None
    while page := await found(as_viewer, limit=2, after=after):
        names += page
        after = await fleet.owner.value(
            "select a.id from public.agents a join public.agent_projects p on p.agent_id = a.id"
            " where p.project_id = $1 and a.name = $2",
            fleet.project,
            page[-1],
        )
    assert names == ["agent", "other agent", "eu", "us", "bare"]


async def test_an_agent_finds_itself_alone_wherever_it_stands(fleet: World, as_other_agent: Actor) -> None:
    assert await found(as_other_agent, limit=1) == ["other agent"]
    assert await found(as_other_agent, capability="rust") == []


async def test_a_search_is_quick_among_agents_of_others(fleet: World, as_viewer: Actor) -> None:
    owner = await fleet.owner.connection()
    await owner.execute(
        """with made as (
               insert into public.agents (id, name, capabilities, labels)
               select gen_random_uuid(), 'crowd', '{rust}', '{"region": "eu"}' from generate_series(1, 20000)
               returning id)
           insert into public.agent_projects (agent_id, project_id) select id, $1 from made""".replace(
            "$1", f"'{fleet.stranger_project}'"
        )
    )
    await owner.execute("vacuum analyze public.agents, public.agent_projects")
    best = 1.0
    for _ in range(5):
        began = time.perf_counter()
        assert await found(as_viewer, capability="rust", label={"region": "eu"}) == ["eu"]
        best = min(best, time.perf_counter() - began)
    print(f"search among 20,000 of others: {best * 1000:.1f} ms")
    assert best < 0.05, "the agents of others were looked at"
