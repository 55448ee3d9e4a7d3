"""Keys of agents: a new one stands beside the old ones for as long as was asked for."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import audited, events
from tests.sql.agents.registering import HASH
from tests.support.world import Actor, World, refused


async def rotate(actor: Actor, agent: UUID | None, **fields: Any) -> Any:
    arguments: dict[str, Any] = {
        "overlap_seconds": 3600,
        "key_id": secrets.token_hex(6),
        "key_hash": HASH,
    } | fields
    return await actor.call("rotate_agent_key", agent_id=agent, **arguments)


async def opens(world: World, key_id: str, key_hash: bytes = HASH) -> bool:
    login = await world.login.connection()
    return await login.fetchval("select private.authenticate_agent($1, $2) is not null", key_id, key_hash)


async def keys(world: World, agent: Actor) -> list[Any]:
    listed = await world.supervisor.call("list_agent_keys", agent_id=agent.id)
    return listed if isinstance(listed, list) else [listed]


async def first_key(world: World, agent: Actor) -> str:
    return await world.owner.value("select id from private.agent_keys where agent_id = $1", agent.id)


async def pass_by(world: World, seconds: int) -> None:
    """Let time pass for the keys."""
    await world.owner.fetch(
        "update private.agent_keys set expires_at = expires_at - $1 * interval '1 second'", seconds
    )


async def test_the_old_key_goes_on_for_the_overlap(world: World, as_agent: Actor) -> None:
    old = await first_key(world, as_agent)
    await world.owner.fetch("update private.agent_keys set key_hash = $1 where id = $2", HASH, old)
    told = await rotate(world.supervisor, as_agent.id, overlap_seconds=60, key_id="new")
    assert told["id"] == str(as_agent.id)
    assert await opens(world, old)
    assert await opens(world, "new")
    await pass_by(world, 59)
    assert await opens(world, old)
    await pass_by(world, 1)
    assert not await opens(world, old)
    assert await opens(world, "new")


async def test_without_an_overlap_the_old_keys_end_at_once(world: World, as_agent: Actor) -> None:
    old = await first_key(world, as_agent)
    await world.owner.fetch("update private.agent_keys set key_hash = $1 where id = $2", HASH, old)
    await rotate(world.supervisor, as_agent.id, key_id="middle")
    await rotate(world.supervisor, as_agent.id, overlap_seconds=0, key_id="new")
    assert [await opens(world, key) for key in (old, "middle", "new")] == [False, False, True]


async def test_a_later_rotation_prolongs_no_key(world: World, as_agent: Actor) -> None:
    old = await first_key(world, as_agent)
    await rotate(world.supervisor, as_agent.id, overlap_seconds=10)
    ends = "select expires_at from private.agent_keys where id = $1"
    first = await world.owner.value(ends, old)
    await rotate(world.supervisor, as_agent.id, overlap_seconds=604800)
    assert await world.owner.value(ends, old) == first


async def test_an_agent_rotates_its_own_key_and_no_other(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    assert (await rotate(as_agent, as_agent.id, key_id="new"))["id"] == str(as_agent.id)
    assert await opens(world, "new")
    for other in (as_other_agent.id, world.stranger_agent.id, uuid4(), None):
        with refused("PT404", "agent_not_found"):
            await rotate(as_agent, other)
    assert len(await keys(world, as_other_agent)) == 1


async def test_keys_are_the_business_of_supervisors(
    world: World, as_agent: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    with refused("PT403", "role_required"):
        await rotate(as_viewer, as_agent.id)
    with refused("PT403", "role_required"):
        await as_viewer.call("list_agent_keys", agent_id=as_agent.id)
    with refused("PT403", "role_required"):
        await as_viewer.call("revoke_agent_key", agent_id=as_agent.id, key_id="x")
    for agent in (as_agent.id, uuid4()):
        with refused("PT404", "agent_not_found"):
            await rotate(as_stranger, agent)
        with refused("PT404", "agent_not_found"):
            await as_stranger.call("list_agent_keys", agent_id=agent)
        with refused("PT404", "agent_not_found"):
            await as_stranger.call("revoke_agent_key", agent_id=agent, key_id="x")
    for actor in (world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await rotate(actor, as_agent.id)
    assert len(await keys(world, as_agent)) == 1


async def test_an_overlap_lasts_a_week_at_the_most(world: World, as_agent: Actor) -> None:
    for seconds in (-1, 604801, None):
        with refused("PT422", "invalid_overlap"):
            await rotate(world.supervisor, as_agent.id, overlap_seconds=seconds)
    with pytest.raises(Exception, match="agent_keys_hash_is_sha256"):
        await rotate(world.supervisor, as_agent.id, key_hash=b"secret")


async def test_a_revoked_key_ends_alone(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    await rotate(world.supervisor, as_agent.id, key_id="a")
    await rotate(world.supervisor, as_agent.id, key_id="b")
    for _ in range(2):
        await world.supervisor.call("revoke_agent_key", agent_id=as_agent.id, key_id="a")
    assert (await opens(world, "a"), await opens(world, "b")) == (False, True)
    for key in (await first_key(world, as_other_agent), "unknown"):
        with refused("PT404", "agent_key_not_found"):
            await world.supervisor.call("revoke_agent_key", agent_id=as_agent.id, key_id=key)
    assert (await audited(world, as_agent.id))[1:] == [
        "agent.rotate_key",
        "agent.rotate_key",
        "agent.revoke_key",
    ]
    assert (await events(world, as_agent.id))[1:] == [
        "agent.key_rotated",
        "agent.key_rotated",
        "agent.key_revoked",
    ]


async def test_keys_are_listed_without_their_hashes_page_by_page(world: World, as_agent: Actor) -> None:
    for key in ("a", "b"):
        await rotate(world.supervisor, as_agent.id, key_id=key)
    old = await first_key(world, as_agent)
    listed = await keys(world, as_agent)
    assert [key["id"] for key in listed] == sorted([old, "a", "b"])
    assert {tuple(sorted(key)) for key in listed} == {("created_at", "expires_at", "id", "revoked_at")}
    assert [key["expires_at"] is None for key in listed if key["id"] in ("a", "b")] == [False, True]
    page = await world.supervisor.call("list_agent_keys", agent_id=as_agent.id, limit=1, after="a")
    assert page["id"] == "b"


async def test_no_event_names_a_key(world: World, as_agent: Actor) -> None:
    await rotate(world.supervisor, as_agent.id, key_id="telltale")
    told = await world.owner.fetch("select data::text from public.events")
    assert not any("telltale" in row[0] for row in told)
