"""Supabase's own client signs in with GitHub, over HTTP, as it does at Supabase."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from supabase_auth import SyncGoTrueClient, SyncMemoryStorage
from supabase_auth.errors import AuthApiError

from tests.support.api import settings_for
from tests.support.folders import enterable_folder
from tests.support.github_login import github_login_server
from tests.support.servers import api_process
from tests.support.world import Database, World

BACK = "http://127.0.0.1:49152/back"


def gotrue(url: str) -> SyncGoTrueClient:
    """A client as a page or the command line has one."""
    return SyncGoTrueClient(
        url=f"{url}/auth/v1",
        storage=SyncMemoryStorage(),
        flow_type="pkce",
        auto_refresh_token=False,
        http_client=httpx.Client(),
    )


def browse(address: str) -> dict[str, str]:
    """What a browser does until it is back at the client: follow every redirect."""
    with httpx.Client() as browser:
        for _ in range(5):
            if address.startswith(BACK):
                return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
            address = browser.get(address).headers["location"]
    raise AssertionError(f"the browser is stuck at {address}")


async def test_the_official_client_signs_in_with_github(database: Database, world: World) -> None:
    await world.owner.fetch(
        "insert into auth.users (id, email, email_confirmed_at) values (gen_random_uuid(), $1, now())",
        "ada@example.test",
    )
    with github_login_server() as github, enterable_folder() as folder:
        settings = settings_for(database, **github.settings())
        with api_process(settings, folder) as (url, _), gotrue(url) as client, gotrue(url) as thief:
            _sign_in(url, client, thief)


def _sign_in(url: str, client: SyncGoTrueClient, thief: SyncGoTrueClient) -> None:
    asked = {"provider": "github", "options": {"redirect_to": BACK, "scopes": "repo"}}
    begun = client.sign_in_with_oauth(asked)  # pyright: ignore[reportArgumentType]
    thief.sign_in_with_oauth(asked)  # pyright: ignore[reportArgumentType]
    assert begun.url.startswith(f"{url}/auth/v1/authorize?")
    code = browse(begun.url)["code"]
    answer = client.exchange_code_for_session({"auth_code": code})  # pyright: ignore[reportArgumentType]
    assert answer.session is not None
    assert answer.user is not None
    assert (answer.user.email, answer.user.app_metadata["providers"]) == (
        "ada@example.test",
        ["email", "github"],
    )
    assert [identity.provider for identity in answer.user.identities or []] == ["github"]
    me = client.get_user()
    assert me is not None
    assert me.user.id == answer.user.id
    assert client.refresh_session().session is not None
    # Each code is for the client that began.
    with pytest.raises(AuthApiError) as refusal:
        thief.exchange_code_for_session({"auth_code": code})  # pyright: ignore[reportArgumentType]
    assert (refusal.value.status, refusal.value.code) == (400, "flow_state_not_found")
    fresh = browse(client.sign_in_with_oauth(asked).url)["code"]  # pyright: ignore[reportArgumentType]
    thief.sign_in_with_oauth(asked)  # pyright: ignore[reportArgumentType]
    with pytest.raises(AuthApiError) as refusal:
        thief.exchange_code_for_session({"auth_code": fresh})  # pyright: ignore[reportArgumentType]
    assert refusal.value.code == "bad_code_verifier"
    client.sign_out()
