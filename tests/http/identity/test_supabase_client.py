"""Supabase's own Python client, unchanged, against devos behind its real server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from supabase import Client, acreate_client, create_client
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from tests.http.identity.acting import pass_seconds
from tests.support.api import PASSWORD, give_password, settings_for
from tests.support.folders import enterable_folder
from tests.support.scene import add_invitation
from tests.support.servers import api_process
from tests.support.world import World

EMAIL = "ada@example.test"
NEW = "another horse, another staple"


@pytest.fixture
def url(world: World) -> Iterator[str]:
    """A devos where anybody may make an account."""
    settings = settings_for(world.database, sign_up="open")
    with enterable_folder() as folder, api_process(settings, folder) as (served, _):
        yield served


@pytest.fixture
def connect(url: str) -> Iterator[Callable[[], Client]]:
    """New clients, which hang up at the end."""
    made: list[Client] = []

    def new() -> Client:
        made.append(create_client(url, "any-key-will-do"))
        return made[-1]

    yield new
    for one in made:
        with suppress(AuthApiError):
            one.auth.sign_out({"scope": "local"})
        one.auth.close()


@pytest.fixture
def client(connect: Callable[[], Client]) -> Client:
    """Somebody who has signed up."""
    made = connect()
    wanted: Any = {"email": EMAIL, "password": PASSWORD, "options": {"data": {"name": "Ada"}}}
    assert made.auth.sign_up(wanted).session is not None
    return made


def refused(call: Any, *arguments: Any) -> AuthApiError:
    with pytest.raises(AuthApiError) as caught:
        call(*arguments)
    assert caught.value.message
    return caught.value


def session(client: Client) -> Any:
    held = client.auth.get_session()
    assert held is not None
    return held


async def test_a_person_signs_up_and_lives_with_the_account(
    client: Client, connect: Callable[[], Client]
) -> None:
    me = client.auth.get_user()
    assert me is not None
    assert (me.user.email, me.user.user_metadata, me.user.aud) == (EMAIL, {"name": "Ada"}, "authenticated")
    assert me.user.app_metadata == {"provider": "email", "providers": ["email"]}
    claims = client.auth.get_claims()
    assert claims is not None
    assert claims["claims"].get("sub") == me.user.id
    before = session(client)
    after = client.auth.refresh_session().session
    assert after is not None
    assert after.refresh_token != before.refresh_token
    changed = client.auth.update_user({"data": {"name": "Ada L."}, "email": EMAIL})
    assert changed.user.user_metadata == {"name": "Ada L."}

    elsewhere = connect()
    signed_in = elsewhere.auth.sign_in_with_password({"email": EMAIL.upper(), "password": PASSWORD})
    assert signed_in.user is not None
    assert signed_in.user.id == me.user.id
    renewed: Any = {"password": NEW, "current_password": PASSWORD}
    client.auth.update_user(renewed)
    told = refused(elsewhere.auth.refresh_session)
    assert (told.status, told.code) == (400, "refresh_token_not_found")
    assert elsewhere.auth.sign_in_with_password({"email": EMAIL, "password": NEW}).session
    token = session(elsewhere).access_token
    elsewhere.auth.sign_out({"scope": "others"})
    assert elsewhere.auth.get_user(token)
    told = refused(client.auth.get_user)
    assert (told.status, told.code, told.message) == (401, "not_signed_in", "The session has ended.")
    elsewhere.auth.sign_out()
    assert elsewhere.auth.get_session() is None
    assert refused(elsewhere.auth.get_user, token).status == 401


async def test_what_is_refused_is_told_in_our_words(client: Client, connect: Callable[[], Client]) -> None:
    nobody = connect()
    told = refused(nobody.auth.sign_in_with_password, {"email": EMAIL, "password": "wrong"})
    assert (told.status, told.code) == (400, "invalid_credentials")
    assert told.message == "The e-mail or the password is wrong."
    told = refused(nobody.auth.sign_up, {"email": EMAIL, "password": PASSWORD})
    assert (told.status, told.code) == (422, "user_already_exists")
    told = refused(nobody.auth.sign_up, {"email": "nonsense", "password": PASSWORD})
    assert (told.status, told.code) == (422, "invalid_email")
    with pytest.raises(AuthWeakPasswordError) as weak:
        nobody.auth.sign_up({"email": "eve@example.test", "password": "short"})
    assert weak.value.reasons == ["length"]
    told = refused(client.auth.update_user, {"email": "eve@example.test"})
    assert (told.status, told.code) == (422, "email_change_not_supported")
    for _ in range(9):
        refused(nobody.auth.sign_in_with_password, {"email": EMAIL, "password": "wrong"})
    told = refused(nobody.auth.sign_in_with_password, {"email": EMAIL, "password": PASSWORD})
    assert (told.status, told.code) == (429, "over_request_rate_limit")


async def test_a_stolen_refresh_token_ends_the_session(client: Client, world: World) -> None:
    first = session(client).refresh_token
    second = client.auth.refresh_session()
    again = client.auth.refresh_session(first)
    assert second.session is not None
    assert again.session is not None
    assert again.session.refresh_token == second.session.refresh_token
    await pass_seconds(world, 11)
    told = refused(client.auth.refresh_session, first)
    assert (told.status, told.code) == (400, "refresh_token_already_used")
    assert "was used before" in told.message
    told = refused(client.auth.refresh_session, second.session.refresh_token)
    assert (told.status, told.code) == (400, "refresh_token_not_found")
    assert refused(client.auth.get_user).status == 401


async def test_an_invited_person_signs_up_through_the_asynchronous_client(world: World) -> None:
    _, token = await add_invitation(world.admin, EMAIL, project=world.project)
    with enterable_folder() as folder, api_process(settings_for(world.database), folder) as (url, _):
        client = await acreate_client(url, "any-key-will-do")
        with pytest.raises(AuthApiError) as caught:
            await client.auth.sign_up({"email": EMAIL, "password": PASSWORD})
        assert (caught.value.status, caught.value.code) == (403, "signup_disabled")
        wanted: Any = {"email": EMAIL, "password": PASSWORD, "options": {"data": {"invitation": token}}}
        answer = await client.auth.sign_up(wanted)
        assert answer.user is not None
        assert answer.user.email_confirmed_at
        assert answer.session is not None
        token = answer.session.refresh_token
        both = await asyncio.gather(*(client.auth.refresh_session(token) for _ in range(2)))
        assert len({one.session.refresh_token for one in both if one.session}) == 1
        known = await give_password(world.viewer, world.owner)
        signed_in = await client.auth.sign_in_with_password({"email": known, "password": PASSWORD})
        assert signed_in.user is not None
        assert signed_in.user.id == str(world.viewer.id)
        await client.auth.sign_out({"scope": "local"})
        assert await client.auth.get_session() is None
        await client.auth.close()
