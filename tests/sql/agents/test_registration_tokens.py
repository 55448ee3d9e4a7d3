"""Registration tokens: an agent gets by one what its creator may give now, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import audited, events
from tests.sql.agents.registering import HASH, bearer, lanes_of, register, token
from tests.support.world import Actor, World, refused


async def uses(world: World, made: Any) -> int:
    return await world.owner.value(
        "select uses from public.registration_tokens where id = $1", UUID(made["id"])
    )


async def test_an_agent_registers_itself_and_works(world: World, as_supervisor: Actor) -> None:
    await world.task(required_capabilities=["rust"])
    made = await token(as_supervisor, world.project, max_uses=2)
    told = await register(bearer(world, made), capabilities=["rust"], labels={"region": "eu"})
    assert told["project_ids"] == [str(world.project)]
    assert (told["capabilities"], told["labels"]) == (["rust"], {"region": "eu"})
    assert (told["state"], told["is_active"]) == ("offline", True)
    assert await lanes_of(world, UUID(told["id"])) == [("code_review", "rust")]
    assert await uses(world, made) == 1
    row = await world.owner.value("select to_jsonb(a) from public.agents a where id = $1", UUID(told["id"]))
    assert row["registration_token_id"] == made["id"]


async def test_who_registered_by_what_is_written_down(world: World, as_supervisor: Actor) -> None:
    made = await token(as_supervisor, world.project)
    told = await register(bearer(world, made), key_id="abcdefabcdef")
    assert await audited(world, made["id"]) == ["registration_token.create"]
    assert (await events(world, told["id"]), await audited(world, told["id"])) == (
        ["agent.registered"],
        ["agent.register"],
    )
    row = await world.owner.value(
        "select to_jsonb(l) from public.audit_log l where subject_id = $1", UUID(told["id"])
    )
    assert (row["actor_kind"], row["actor_id"]) == ("agent", told["id"])
    assert row["data"]["registration_token_id"] == made["id"]
    assert row["data"]["key_id"] == "abcdefabcdef"


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ([], ["ci", "rust"]),
        (["rust"], ["rust"]),
        (["rust", "admin"], ["rust"]),
        (["admin"], []),
        (["RUST", " rust", "ci", "ci"], ["ci"]),
        ([None], ["ci", "rust"]),
    ],
)
async def test_granted_is_what_is_asked_for_and_allowed(
    world: World, as_supervisor: Actor, asked: list[str], granted: list[str]
) -> None:
    made = await token(as_supervisor, world.project)
    assert (await register(bearer(world, made), capabilities=asked))["capabilities"] == granted


async def test_a_token_that_allows_nothing_gives_nothing(world: World, as_supervisor: Actor) -> None:
    made = await token(as_supervisor, world.project, capabilities=[], max_uses=2)
    for asked in ([], ["ci"]):
        assert (await register(bearer(world, made), capabilities=asked))["capabilities"] == []


async def test_a_token_is_used_as_often_as_it_says_and_not_once_more(
    world: World, as_supervisor: Actor
) -> None:
    made = await token(as_supervisor, world.project, max_uses=5)

    async def attempt() -> str:
        try:
            await register(bearer(world, made))
        except asyncpg.PostgresError as exc:
            return f"{exc.sqlstate} {getattr(exc, 'detail', '')}"
        return "registered"

    outcomes = await asyncio.gather(*(attempt() for _ in range(16)))
    assert sorted(outcomes) == ["PT409 registration_token_used_up"] * 11 + ["registered"] * 5
    assert await uses(world, made) == 5
    assert await world.owner.value("select count(*) from public.agents where name = 'self-made'") == 5


async def test_a_refused_registration_costs_no_use(world: World, as_supervisor: Actor) -> None:
    made = await token(as_supervisor, world.project)
    holder = bearer(world, made)
    with pytest.raises(Exception, match="agents_name_length"):
        await register(holder, name="")
    with refused("PT422", "invalid_labels"):
        await register(holder, labels={"a": 1})
    assert await uses(world, made) == 0
    await register(holder)


Change = Callable[[World, Any], Awaitable[object]]


async def revoked(world: World, made: Any) -> None:
    await world.supervisor.call("revoke_registration_token", token_id=UUID(made["id"]))


async def expired(world: World, made: Any) -> None:
    await world.owner.fetch("update public.registration_tokens set expires_at = now()")


async def demoted(world: World, made: Any) -> None:
    await world.owner.fetch(
        "update public.user_roles set role = 'viewer' where user_id = $1", world.supervisor.id
    )


async def without_role(world: World, made: Any) -> None:
    await world.owner.fetch("delete from public.user_roles where user_id = $1", world.supervisor.id)


async def banned(world: World, made: Any) -> None:
    await world.owner.fetch(
        "update auth.users set banned_until = now() + interval '1 day' where id = $1", world.supervisor.id
    )


async def deleted(world: World, made: Any) -> None:
    await world.owner.fetch("update auth.users set deleted_at = now() where id = $1", world.supervisor.id)


@pytest.mark.parametrize(
    "change", [revoked, expired, demoted, without_role, banned, deleted], ids=lambda change: change.__name__
)
async def test_a_token_ends_with_its_time_and_with_its_creator(
    world: World, as_supervisor: Actor, change: Change
) -> None:
    made = await token(as_supervisor, world.project, key_id="0123456789ab")
    known = {"key_id": "0123456789ab", "key_hash": HASH}
    authenticate = "private.authenticate_registration_token"
    assert await world.login.call(authenticate, **known) == {"token_id": made["id"]}
    await change(world, made)
    assert await world.login.call(authenticate, **known) in (None, [])
    with refused("PT401", "not_signed_in"):
        await register(bearer(world, made))
    assert await uses(world, made) == 0


async def test_a_revocation_is_not_overtaken_by_a_registration_that_waited(
    world: World, as_supervisor: Actor
) -> None:
    made = await token(as_supervisor, world.project)
    owner = await world.owner.connection()
    async with owner.transaction():
        await owner.execute("update public.registration_tokens set revoked_at = now()")
        registering = asyncio.ensure_future(register(bearer(world, made)))
        await asyncio.sleep(0.3)
        assert not registering.done()
    with refused("PT401", "not_signed_in"):
        await registering


async def test_a_token_gives_no_project_that_its_creator_has_lost(
    world: World, as_admin: Actor, as_supervisor: Actor
) -> None:
    assert as_supervisor.id is not None
    join = "insert into public.project_members (project_id, user_id) values ($1, $2)"
    await world.owner.fetch(join, world.stranger_project, as_supervisor.id)
    made = await token(as_supervisor, world.project, world.stranger_project, max_uses=9)
    leave = "delete from public.project_members where project_id = $1 and user_id = $2"
    await world.owner.fetch(leave, world.stranger_project, as_supervisor.id)
    assert (await register(bearer(world, made)))["project_ids"] == [str(world.project)]
    await world.owner.fetch(leave, world.project, as_supervisor.id)
    with refused("PT403", "no_project_granted"):
        await register(bearer(world, made))
    assert await uses(world, made) == 1


async def test_only_a_living_token_registers(world: World, as_supervisor: Actor) -> None:
    await token(as_supervisor, world.project)
    for holder in (bearer(world, {"id": str(uuid4())}), world.webhook):
        with refused("PT401", "not_signed_in"):
            await register(holder)
    for actor in (world.admin, world.supervisor, world.agent, world.anon, world.login, world.worker):
        with refused("42501"):
            await register(actor)
    wrong: list[tuple[str, bytes]] = [("0123456789ab", b"x" * 32), ("unknown", HASH), ("", b"")]
    await token(as_supervisor, world.project, key_id="0123456789ab")
    for key_id, key_hash in wrong:
        told = await world.login.call(
            "private.authenticate_registration_token", key_id=key_id, key_hash=key_hash
        )
        assert told in (None, [])


async def test_the_hash_of_another_kind_of_token_is_none(world: World, as_supervisor: Actor) -> None:
    await token(as_supervisor, world.project, key_id="0123456789ab")
    await world.owner.fetch("update private.token_hashes set kind = 'project'")
    told = await world.login.call(
        "private.authenticate_registration_token", key_id="0123456789ab", key_hash=HASH
    )
    assert told in (None, [])


async def test_tokens_are_made_by_supervisors_for_their_own_projects(
    world: World, as_supervisor: Actor, as_viewer: Actor
) -> None:
    with refused("PT403", "role_required"):
        await token(as_viewer, world.project)
    for projects in ([world.stranger_project], [world.project, world.stranger_project], [uuid4()]):
        with refused("PT404", "project_not_found"):
            await token(as_supervisor, *projects)
    for hours in (0, 8761, None):
        with refused("PT422", "invalid_expiry"):
            await token(as_supervisor, world.project, expires_in_hours=hours)
    for field, value, constraint in [
        ("name", "", "registration_tokens_name_length"),
        ("max_uses", 0, "registration_tokens_uses_range"),
        ("max_uses", 10001, "registration_tokens_uses_range"),
        ("capabilities", [str(nr) for nr in range(101)], "registration_tokens_capabilities_count"),
    ]:
        with pytest.raises(Exception, match=constraint):
            await token(as_supervisor, world.project, **{field: value})
    with pytest.raises(Exception, match="registration_tokens_projects_count"):
        await token(as_supervisor)
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await token(actor, world.project)


async def test_tokens_are_listed_to_supervisors_of_all_their_projects(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor, as_admin: Actor
) -> None:
    ours = await token(as_supervisor, world.project)
    shared = await token(as_admin, world.project, world.stranger_project)
    theirs = await token(as_stranger, world.stranger_project)
    assert await as_supervisor.call("list_registration_tokens") == ours
    assert await as_stranger.call("list_registration_tokens") == theirs
    assert await as_admin.call("list_registration_tokens") == [ours, shared, theirs]
    assert await as_admin.call("list_registration_tokens", limit=1, after=UUID(ours["id"])) == shared
    with refused("PT403", "role_required"):
        await as_viewer.call("list_registration_tokens")


async def test_a_token_is_revoked_by_who_sees_it(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    made = await token(as_supervisor, world.project)
    for missing in (UUID(made["id"]), uuid4()):
        with refused("PT404", "registration_token_not_found"):
            await as_stranger.call("revoke_registration_token", token_id=missing)
    with refused("PT403", "role_required"):
        await as_viewer.call("revoke_registration_token", token_id=UUID(made["id"]))
    for _ in range(2):
        await as_supervisor.call("revoke_registration_token", token_id=UUID(made["id"]))
    assert (await as_supervisor.call("list_registration_tokens"))["revoked_at"] is not None
    assert await audited(world, made["id"]) == ["registration_token.create", "registration_token.revoke"]


async def test_a_token_is_nobody_anywhere_else(world: World, as_supervisor: Actor) -> None:
    holder = bearer(world, await token(as_supervisor, world.project))
    for table in ("agents", "projects", "registration_tokens", "tasks"):
        with refused("42501"):
            await holder.fetch(f"select * from public.{table}")
    for function in ("list_agents", "list_projects", "list_registration_tokens"):
        with refused("42501"):
            await holder.call(function)
    # What it shares with a forge is the role alone: nothing that it brings was signed.
    with refused("42501"):
        await holder.call(
            "receive_webhook",
            forge="github",
            delivery_id="d",
            event="pull_request",
            repository_external_id="7",
            body=b"{}",
        )
