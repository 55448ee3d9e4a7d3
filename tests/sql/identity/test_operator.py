"""What the operator does to accounts, as the role that deploys; nobody else can."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import audited
from tests.support.world import Actor, World, refused


def email_of(person: Actor) -> str:
    return f"{person.id}@example.test"


async def confirm(world: World, person: Actor) -> str:
    await world.owner.fetch("update auth.users set email_confirmed_at = now() where id = $1", person.id)
    return email_of(person)


async def grant(world: World, email: str, role: str) -> str:
    return await world.owner.call("private.grant_role", email=email, role=role)


async def reset(world: World, email: str) -> Any:
    return await world.owner.call("private.reset_password", email=email, encrypted_password="new hash")


async def test_a_further_admin_is_made_with_a_password_and_a_confirmed_email(world: World) -> None:
    made = await world.owner.call("private.create_admin", email="Ada@Example.test", encrypted_password="hash")
    assert made == "created"
    row = await world.owner.value(
        "select to_jsonb(u) || jsonb_build_object('app_role', r.role) from auth.users u"
        " join public.user_roles r on r.user_id = u.id where u.email = 'ada@example.test'"
    )
    assert (row["app_role"], row["encrypted_password"]) == ("admin", "hash")
    assert row["email_confirmed_at"] is not None
    assert await audited(world, row["id"]) == ["admin.create"]


@pytest.mark.parametrize(
    ("email", "outcome"),
    [("", "invalid_email"), ("ada", "invalid_email"), ("\u00e4@example.test", "invalid_email")],
)
async def test_a_further_admin_needs_an_address(world: World, email: str, outcome: str) -> None:
    assert await world.owner.call("private.create_admin", email=email, encrypted_password="x") == outcome


async def test_an_account_is_not_made_twice_nor_changed_by_trying(world: World, as_viewer: Actor) -> None:
    email = email_of(as_viewer).upper()
    assert await world.owner.call("private.create_admin", email=email, encrypted_password="x") == "exists"
    assert await as_viewer.value("select public.get_my_role()") == "viewer"


async def test_a_granted_role_holds_with_the_next_request(world: World, as_viewer: Actor) -> None:
    email = await confirm(world, as_viewer)
    for role in ("admin", "viewer", "supervisor"):
        assert await grant(world, email.upper(), role) == "granted"
        assert await as_viewer.value("select public.get_my_role()") == role
    assert await audited(world, as_viewer.id) == ["role.grant"] * 3


async def test_a_role_is_granted_to_a_person_whose_row_is_missing(world: World, as_viewer: Actor) -> None:
    """An account of Supabase that is older than devos."""
    email = await confirm(world, as_viewer)
    await world.owner.fetch("delete from public.user_roles where user_id = $1", as_viewer.id)
    assert await grant(world, email, "admin") == "granted"
    assert await as_viewer.value("select public.get_my_role()") == "admin"


async def test_nobody_is_granted_a_role_who_might_be_somebody_else(world: World, as_viewer: Actor) -> None:
    await world.owner.fetch("update auth.users set email_confirmed_at = null where id = $1", as_viewer.id)
    assert await grant(world, email_of(as_viewer), "admin") == "unconfirmed"
    assert await grant(world, "nobody@example.test", "admin") == "unknown"
    assert await grant(world, "", "admin") == "unknown"
    await confirm(world, as_viewer)
    await world.owner.fetch("update auth.users set deleted_at = now() where id = $1", as_viewer.id)
    assert await grant(world, email_of(as_viewer), "admin") == "unknown"


async def test_the_last_admin_stays_one(world: World, as_admin: Actor, as_viewer: Actor) -> None:
    email = await confirm(world, as_admin)
    assert await grant(world, email, "viewer") == "last_admin"
    assert await as_admin.value("select public.get_my_role()") == "admin"
    await grant(world, await confirm(world, as_viewer), "admin")
    assert await grant(world, email, "viewer") == "granted"


async def test_a_new_password_ends_every_other_way_in(world: World, as_supervisor: Actor) -> None:
    fetch, user = world.owner.fetch, as_supervisor.id
    await fetch(
        "insert into auth.identities (user_id, provider, provider_id) values ($1, 'github', '7')", user
    )
    token = uuid4()
    await fetch(
        "insert into public.api_tokens (id, user_id, name, scopes) values ($1, $2, 'ci', '{tasks:read}')",
        token,
        user,
    )
    await fetch(
        "insert into private.auth_flows"
        " (id, provider, state_hash, redirect_to, code_challenge, user_id, code_hash, expires_at)"
        " values ($1, 'github', $2, '/', 'x', $3, $4, now() + interval '1 minute')",
        uuid4(),
        b"s" * 32,
        user,
        b"c" * 32,
    )
    assert await reset(world, email_of(as_supervisor)) == {"sessions": 1, "tokens": 1, "identities": 1}
    assert await as_supervisor.call("list_projects") == []
    revoked = "select revoked_at is not null from public.api_tokens where id = $1"
    assert await world.owner.value(revoked, token)
    traded = await world.login.call("private.trade_auth_code", code_hash=b"c" * 32, code_challenge="x")
    assert traded["outcome"] == "flow_state_not_found"
    row = await world.owner.value("select to_jsonb(u) from auth.users u where u.id = $1", user)
    assert row["encrypted_password"] == "new hash"
    # Who is handed the password is the owner now, whoever signed up with the address.
    assert row["email_confirmed_at"] is not None
    assert await audited(world, UUID(row["id"])) == ["password.reset"]


async def test_a_new_password_touches_nobody_else(
    world: World, as_supervisor: Actor, as_viewer: Actor
) -> None:
    assert await reset(world, email_of(as_supervisor)) == {"sessions": 1, "tokens": 0, "identities": 0}
    assert await as_viewer.call("list_projects")
    assert (
        await world.owner.value("select count(*) from auth.users where encrypted_password is not null") == 1
    )
    assert await reset(world, "nobody@example.test") is None


async def test_an_installation_is_unclaimed_until_there_is_somebody(world: World) -> None:
    assert await world.owner.call("private.is_unclaimed") is False
    await world.owner.fetch("delete from auth.users")
    assert await world.owner.call("private.is_unclaimed") is True


async def test_accounts_are_the_deployers_business_alone(world: World, as_admin: Actor) -> None:
    calls = [
        "select private.create_admin('a@b', 'x')",
        "select private.grant_role('a@b', 'admin')",
        "select private.reset_password('a@b', 'x')",
        "select private.is_unclaimed()",
    ]
    for actor in (as_admin, world.agent, world.anon, world.webhook, world.worker, world.login):
        for call in calls:
            with refused("42501"):
                await actor.fetch(call)
