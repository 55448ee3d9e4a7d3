"""Registration: a supervisor gives an agent projects and a key; its state follows from its life."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import audited, complete, events
from tests.support.world import Actor, World, refused


async def register(person: Actor, *projects: UUID | None, **fields: Any) -> Any:
    arguments: dict[str, Any] = {
        "name": "new",
        "capabilities": ["code-review"],
        "key_id": uuid4().hex,
        "key_hash": hashlib.sha256(b"secret").digest(),
    } | fields
    return await person.call("register_agent", project_ids=list(projects), **arguments)


async def test_a_new_agent_is_offline_and_knows_its_projects(world: World, as_supervisor: Actor) -> None:
    told = await register(as_supervisor, world.project, capabilities=["rust", "ci", "rust"])
    created_at = told.pop("created_at")
    assert told == {
        "id": told["id"],
        "name": "new",
        "capabilities": ["ci", "rust"],
        "project_ids": [str(world.project)],
        "labels": {},
        "state": "offline",
        "is_active": True,
        "broker_allowed": False,
        "version": 1,
        "seen_at": None,
    }
    assert (await as_supervisor.call("read_agent", agent_id=UUID(told["id"])))["created_at"] == created_at
    assert await events(world, told["id"]) == ["agent.registered"]
    assert await audited(world, told["id"]) == ["agent.register"]


async def test_only_the_hash_of_the_key_is_kept(world: World, as_supervisor: Actor) -> None:
    told = await register(as_supervisor, world.project, key_id="abc")
    row = await world.owner.value("select to_jsonb(k) from private.agent_keys k where id = 'abc'")
    assert row["agent_id"] == told["id"]
    assert row["key_hash"] == "\\x" + hashlib.sha256(b"secret").hexdigest()
    with pytest.raises(Exception, match="agent_keys_hash_is_sha256"):
        await register(as_supervisor, world.project, name="other", key_hash=b"secret")


async def test_registration_is_for_supervisors_in_their_own_projects(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_admin: Actor
) -> None:
    with refused("PT422", "project_required"):
        await register(as_supervisor)
    with refused("PT403", "role_required"):
        await register(as_viewer, world.project)
    wrong: list[list[UUID | None]] = [
        [world.stranger_project],
        [world.project, world.stranger_project],
        [uuid4()],
        [None],
        [world.project, None],
    ]
    for projects in wrong:
        with refused("PT404", "project_not_found"):
            await register(as_supervisor, *projects)
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await register(actor, world.project)
    assert await world.owner.value("select count(*) from public.agents where name = 'new'") == 0
    both = await register(as_admin, world.project, world.stranger_project)
    assert both["project_ids"] == sorted(map(str, [world.project, world.stranger_project]))


async def test_a_name_tells_nothing_of_other_projects(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    ours = await register(as_supervisor, world.project)
    theirs = await register(as_stranger, world.stranger_project)
    assert (ours["name"], ours["id"] == theirs["id"]) == (theirs["name"], False)
    for name in ("", "x" * 101):
        with pytest.raises(Exception, match="agents_name_length"):
            await register(as_supervisor, world.project, name=name)
    with pytest.raises(Exception, match="agents_capabilities_count"):
        await register(as_supervisor, world.project, name="able", capabilities=[str(nr) for nr in range(101)])


async def test_a_project_named_twice_is_told_once(world: World, as_supervisor: Actor) -> None:
    told = await register(as_supervisor, world.project, world.project)
    assert told["project_ids"] == [str(world.project)]
    assert await events(world, told["id"]) == ["agent.registered"]


async def test_the_state_of_an_agent_follows_from_its_heartbeat_and_leases(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    async def state() -> str:
        return (await as_viewer.call("read_agent", agent_id=as_agent.id))["state"]

    assert await state() == "offline"
    await heard(world, as_agent)
    assert await state() == "idle"
    task = await world.claimed()
    assert await state() == "busy"
    await complete(as_agent, task)
    assert await state() == "idle"
    await world.owner.fetch("update public.agent_heartbeats set seen_at = now() - interval '61 seconds'")
    assert await state() == "offline"
    silent = await world.claimed()
    await world.owner.fetch("update public.agent_heartbeats set seen_at = now() - interval '61 seconds'")
    assert await state() == "busy"
    await world.expire(silent["id"])
    assert await state() == "offline", "a lease that has passed keeps nobody busy"
    await world.owner.fetch("update public.agents set is_active = false where id = $1", as_agent.id)
    assert await state() == "deactivated"


async def test_agents_are_listed_to_their_members_page_by_page(
    world: World, as_viewer: Actor, as_agent: Actor, as_other_agent: Actor
) -> None:
    ours = [str(as_agent.id), str(as_other_agent.id)]
    listed = await as_viewer.call("list_agents", project_id=world.project)
    assert [agent["id"] for agent in listed] == ours
    assert (await as_viewer.call("list_agents", limit=1))["id"] == ours[0]
    assert (await as_viewer.call("list_agents", limit=1, after=as_agent.id))["id"] == ours[1]
    assert await as_viewer.call("list_agents", project_id=world.stranger_project) == []


async def test_two_agents_of_one_project_are_strangers(
    world: World, as_agent: Actor, as_other_agent: Actor, as_stranger: Actor
) -> None:
    assert (await as_agent.call("list_agents"))["id"] == str(as_agent.id)
    assert (await as_agent.call("read_agent", agent_id=as_agent.id))["name"] == "agent"
    for actor, asked in [(as_agent, as_other_agent), (as_stranger, as_agent)]:
        for agent_id in (asked.id, uuid4()):
            with refused("PT404", "agent_not_found"):
                await actor.call("read_agent", agent_id=agent_id)


async def heard(world: World, *agents: Actor) -> None:
    await world.login.call("private.touch_agents", ids=[agent.id for agent in agents])


async def test_heartbeats_of_many_agents_are_one_statement(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    nobody = Actor(world.database, "devos_login", id=uuid4())
    await heard(world, as_other_agent, as_agent, as_agent, nobody)
    rows = await world.owner.fetch("select agent_id from public.agent_heartbeats order by agent_id")
    assert [row[0] for row in rows] == [as_agent.id, as_other_agent.id]


async def test_heartbeats_are_written_by_the_login_of_the_api_alone(world: World, as_agent: Actor) -> None:
    for actor in (world.admin, world.agent, world.anon, world.webhook, world.worker):
        with refused("42501"):
            await actor.call("private.touch_agents", ids=[as_agent.id])


async def test_a_heartbeat_is_written_every_five_seconds_at_the_most(world: World, as_agent: Actor) -> None:
    query = "select seen_at from public.agent_heartbeats"
    await heard(world, as_agent)
    first = await world.owner.value(query)
    await heard(world, as_agent)
    assert await world.owner.value(query) == first
    await world.owner.fetch("update public.agent_heartbeats set seen_at = now() - interval '6 seconds'")
    await heard(world, as_agent)
    assert await world.owner.value(query) > first
