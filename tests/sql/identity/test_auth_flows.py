"""A sign-in by way of a provider: each step counts once, and only the API's login takes it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import audited
from tests.support.world import Actor, World, refused

STATE, CODE, CHALLENGE = b"s" * 32, b"c" * 32, "x" * 43


async def begin(login: Actor, state: bytes = STATE) -> Any:
    return await login.call(
        "private.begin_auth_flow",
        provider="github",
        state_hash=state,
        redirect_to="https://devos.test/",
        code_challenge=CHALLENGE,
    )


async def take(login: Actor, state: bytes = STATE, code: bytes = CODE) -> Any:
    return await login.call("private.take_auth_flow", state_hash=state, code_hash=code)


async def finish(
    login: Actor, email: str | None, *, person: str = "7", code: bytes = CODE, is_open: bool = False
) -> str:
    answer = await login.call(
        "private.finish_auth_flow",
        code_hash=code,
        provider_id=person,
        email=email,
        profile={"user_name": "ada"},
        open=is_open,
    )
    return answer["outcome"]


async def trade(login: Actor, code: bytes = CODE, challenge: str = CHALLENGE) -> Any:
    return await login.call("private.trade_auth_code", code_hash=code, code_challenge=challenge)


@pytest.fixture
async def email(world: World, as_viewer: Actor) -> str:
    """The e-mail of a person who has shown that it is theirs."""
    return await world.owner.value(
        "update auth.users set email_confirmed_at = now() where id = $1 returning email", as_viewer.id
    )


async def late(world: World) -> None:
    await world.owner.fetch("update private.auth_flows set expires_at = now()")


async def test_a_sign_in_leads_to_its_person_once(world: World, email: str, as_viewer: Actor) -> None:
    await begin(world.login)
    assert await take(world.login) == {"provider": "github", "redirect_to": "https://devos.test/"}
    assert await take(world.login) is None
    assert await finish(world.login, email) == "signed_in"
    assert await trade(world.login) == {"outcome": "traded", "user_id": str(as_viewer.id)}
    assert await trade(world.login) == {"outcome": "flow_state_not_found", "user_id": None}
    assert await world.owner.value("select count(*) from private.auth_flows") == 0
    assert await audited(world, as_viewer.id) == ["identity.link"]


async def test_of_two_browsers_with_one_state_one_goes_on(world: World) -> None:
    await begin(world.login)
    answers = await asyncio.gather(*(take(world.login.twin(), code=bytes([n]) * 32) for n in range(6)))
    assert sum(answer is not None for answer in answers) == 1


async def test_who_comes_late_starts_again(world: World, email: str) -> None:
    await begin(world.login)
    await late(world)
    assert await take(world.login) is None
    await begin(world.login, b"t" * 32)
    await take(world.login, b"t" * 32)
    await late(world)
    assert await finish(world.login, email) == "flow_state_expired"
    await world.owner.fetch("update private.auth_flows set expires_at = now() + interval '1 minute'")
    assert await finish(world.login, email) == "signed_in"
    await late(world)
    assert (await trade(world.login))["outcome"] == "flow_state_not_found"


async def test_a_step_does_not_stand_in_for_another(world: World, email: str) -> None:
    assert await finish(world.login, email) == "flow_state_expired"
    await begin(world.login)
    assert (await trade(world.login, STATE))["outcome"] == "flow_state_not_found"
    assert await finish(world.login, email, code=STATE) == "flow_state_expired"
    await take(world.login)
    assert (await trade(world.login))["outcome"] == "flow_state_not_found", "nobody is known yet"


async def test_a_finished_sign_in_does_not_become_anothers(
    world: World, email: str, as_viewer: Actor
) -> None:
    await begin(world.login)
    await take(world.login)
    assert await finish(world.login, email) == "signed_in"
    assert await finish(world.login, "b@example.test", person="8", is_open=True) == "flow_state_expired"
    assert (await trade(world.login))["user_id"] == str(as_viewer.id)


async def test_a_code_with_another_challenge_is_gone(world: World, email: str) -> None:
    await begin(world.login)
    await take(world.login)
    await finish(world.login, email)
    assert (await trade(world.login, challenge="y" * 43))["outcome"] == "bad_code_verifier"
    assert (await trade(world.login))["outcome"] == "flow_state_not_found"


async def test_an_account_knows_its_ways_in(world: World, email: str, as_viewer: Actor) -> None:
    await begin(world.login)
    await take(world.login)
    await finish(world.login, email)
    told = await world.owner.value("select private.describe_user($1)", as_viewer.id)
    assert told["app_metadata"] == {"provider": "email", "providers": ["email", "github"]}
    assert [each["id"] for each in told["identities"]] == ["7"]


async def test_a_new_person_is_a_viewer_and_acts_for_a_moment_only(world: World) -> None:
    await begin(world.login)
    await take(world.login)
    assert await finish(world.login, "new@example.test", is_open=True) == "signed_in"
    user = UUID((await trade(world.login))["user_id"])
    role = "select role::text from public.user_roles where user_id = $1"
    assert await world.owner.value(role, user) == "viewer"
    assert await audited(world, user) == ["person.sign_up", "identity.link"]


async def test_an_invitation_of_somebody_who_may_no_longer_ask_lets_nobody_in(world: World) -> None:
    await world.owner.fetch(
        "insert into public.invitations (id, email, role, created_by, expires_at)"
        " values ($1, 'new@example.test', 'supervisor', $2, now() + interval '1 day')",
        uuid4(),
        world.admin.id,
    )
    await world.owner.fetch("update auth.users set banned_until = 'infinity' where id = $1", world.admin.id)
    await begin(world.login)
    await take(world.login)
    assert await finish(world.login, "new@example.test") == "signup_disabled"


async def test_sign_ins_that_did_not_come_back_are_swept_away(world: World) -> None:
    await begin(world.login)
    await late(world)
    await begin(world.login, b"t" * 32)
    assert await world.worker.call("private.prune_auth") == 1
    assert await world.owner.value("select count(*) from private.auth_flows") == 1


async def test_the_steps_are_the_logins_alone(world: World, as_viewer: Actor) -> None:
    calls = [
        "select private.begin_auth_flow('github', 'a', 'b', 'c')",
        "select private.take_auth_flow('a', 'b')",
        "select private.finish_auth_flow('a', '7', 'a@b', '{}', true)",
        "select private.trade_auth_code('a', 'b')",
    ]
    inner = [
        "select private.enter_by_identity('github', '7', 'a@b', '{}', true)",
        "select private.create_invited('a@b', 'github', '{}', true)",
        "select private.open_invitations('a@b')",
        "select * from private.auth_flows",
    ]
    for actor in (as_viewer, world.admin, world.agent, world.anon, world.webhook, world.worker):
        for call in (*calls, *inner):
            with refused("42501"):
                await actor.fetch(call)
    for call in inner:
        with refused("42501"):
            await world.login.fetch(call)
