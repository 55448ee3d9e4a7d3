"""Signing in with GitHub: who gets in, who does not, and where no browser is ever sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncGenerator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from litestar import Litestar

from control_plane.platform import outgoing
from tests.support.api import client, give_password, problem, running, settings_for
from tests.support.github_login import GitHubLogin, Raw, github_login_server
from tests.support.world import Actor, Database, World

VERIFIER = "v3rifier-of_the.client~" + "x" * 41
PAGE = "http://devos.test/signed-in"
TOKEN = "/auth/v1/token?grant_type=pkce"


def challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def github() -> Iterator[GitHubLogin]:
    with github_login_server() as server:
        yield server


@pytest.fixture
async def app(database: Database, github: GitHubLogin) -> AsyncGenerator[Litestar]:
    """A devos in which the invited may sign in with GitHub."""
    settings = settings_for(database, public_url="http://devos.test", **github.settings())
    async with running(settings) as started:
        yield started


@pytest.fixture
async def open_to_all(database: Database, github: GitHubLogin) -> AsyncGenerator[httpx.AsyncClient]:
    """Nobody, at a devos where anyone may make an account."""
    settings = settings_for(database, public_url="http://devos.test", sign_up="open", **github.settings())
    async with running(settings) as started:
        yield client(started)


async def begin(nobody: httpx.AsyncClient, **changes: str | None) -> httpx.Response:
    asked = {
        "provider": "github",
        "redirect_to": PAGE,
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "s256",
        **changes,
    }
    present = {name: value for name, value in asked.items() if value is not None}
    return await nobody.get("/auth/v1/authorize", params=present)


async def consent(page: str) -> str:
    """What GitHub's page does: the address that it sends the browser to."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(page)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def walk(nobody: httpx.AsyncClient, **changes: str | None) -> str:
    """The whole way of a browser, to the address where it ends."""
    begun = await begin(nobody, **changes)
    assert begun.status_code == 302, begun.text
    answer = await nobody.get(await consent(begun.headers["location"]))
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def told(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def code_of(nobody: httpx.AsyncClient, **changes: str | None) -> str:
    address = await walk(nobody, **changes)
    assert "code" in told(address), address
    return told(address)["code"]


async def trade(nobody: httpx.AsyncClient, code: str, verifier: str = VERIFIER) -> httpx.Response:
    return await nobody.post(TOKEN, json={"auth_code": code, "code_verifier": verifier})


async def refused_with(nobody: httpx.AsyncClient) -> str:
    """Why a walk through GitHub did not end with a code."""
    address = await walk(nobody)
    assert address.startswith(f"{PAGE}?"), address
    answer = told(address)
    assert "code" not in answer
    assert answer["error"]
    assert answer["error_description"].endswith(".")
    return answer["error_code"]


async def make_user(world: World, email: str, *, confirmed: bool = True, role: str = "viewer") -> UUID:
    user: UUID = await world.owner.value(
        "insert into auth.users (id, email, email_confirmed_at) values"
        " (gen_random_uuid(), $1, case when $2 then now() end) returning id",
        email,
        confirmed,
    )
    await world.owner.fetch(
        "insert into public.user_roles (user_id, role) values ($1, $2)"
        " on conflict (user_id) do update set role = excluded.role",
        user,
        role,
    )
    return user


async def invite(world: World, email: str, **fields: object) -> UUID:
    row = {
        "created_by": world.admin.id,
        "role": "viewer",
        "project_id": None,
        "team_id": None,
        "accepted_at": None,
        "revoked_at": None,
    }
    row |= {"expires_at": "1 day", **fields}
    return await world.owner.value(
        "insert into public.invitations"
        " (id, email, created_by, role, project_id, team_id, accepted_at, revoked_at, expires_at)"
        " values (gen_random_uuid(), $1, $2, $3, $4, $5, $6::text::timestamptz, $7::text::timestamptz,"
        " now() + $8::text::interval) returning id",
        email,
        *row.values(),
    )


async def people(world: World) -> int:
    return await world.owner.value("select count(*) from auth.users")


# Who gets in.


async def test_a_person_with_a_confirmed_account_signs_in(nobody: httpx.AsyncClient, world: World) -> None:
    user = await make_user(world, "Ada@Example.test")
    answer = await trade(nobody, await code_of(nobody))
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    read = await nobody.get("/auth/v1/user", headers={"Authorization": f"Bearer {token}"})
    assert (read.status_code, read.json()["id"]) == (200, str(user))
    linked = await world.owner.fetch("select user_id, provider, provider_id from auth.identities")
    assert [tuple(row) for row in linked] == [(user, "github", "583231")]
    assert await world.owner.value("select action from public.audit_log where subject_id = $1", user) == (
        "identity.link"
    )


async def test_a_linked_person_stays_the_same_when_name_and_email_change_at_github(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    user = await make_user(world, "ada@example.test")
    await code_of(nobody)
    await make_user(world, "new@example.test")
    github.user["login"] = "lovelace"
    for emails in (
        [{"email": "new@example.test", "primary": True, "verified": True}],
        [{"email": "new@example.test", "primary": True, "verified": False}],
        [],
    ):
        github.emails = emails
        answer = await trade(nobody, await code_of(nobody))
        assert answer.json()["user"]["id"] == str(user)
    assert await world.owner.value("select count(*) from auth.identities") == 1


async def test_the_invited_get_an_account_with_what_was_promised(
    nobody: httpx.AsyncClient, world: World
) -> None:
    team = await world.owner.value(
        "insert into public.teams (id, name) values (gen_random_uuid(), 'ours') returning id"
    )
    first = await invite(world, "ada@example.test", role="supervisor", project_id=world.project)
    await invite(world, "ada@example.test", team_id=team)
    other = await invite(world, "bob@example.test", role="admin")
    answer = await trade(nobody, await code_of(nobody))
    user = UUID(answer.json()["user"]["id"])
    assert await world.owner.value("select role::text from public.user_roles where user_id = $1", user) == (
        "supervisor"
    )
    member = "select count(*) from public.{} where user_id = $1"
    assert await world.owner.value(member.format("project_members"), user) == 1
    assert await world.owner.value(member.format("team_members"), user) == 1
    accepted = "select accepted_by from public.invitations where id = $1"
    assert await world.owner.value(accepted, first) == user
    assert await world.owner.value(accepted, other) is None


async def test_where_sign_up_is_open_anyone_becomes_a_viewer_of_nothing(
    open_to_all: httpx.AsyncClient, world: World
) -> None:
    answer = await trade(open_to_all, await code_of(open_to_all))
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await open_to_all.get("/api/projects", headers=headers)).json()["items"] == []
    row = await world.owner.value(
        "select to_jsonb(u) || jsonb_build_object('app_role', r.role) from auth.users u"
        " join public.user_roles r on r.user_id = u.id where u.email = 'ada@example.test'"
    )
    assert (row["app_role"], row["encrypted_password"]) == ("viewer", None)
    assert row["email_confirmed_at"] is not None


async def test_two_browsers_of_a_new_person_end_in_one_account(
    open_to_all: httpx.AsyncClient, world: World
) -> None:
    import asyncio

    before = await people(world)
    answers = await asyncio.gather(*(walk(open_to_all) for _ in range(6)))
    assert all("code" in told(address) for address in answers), answers
    assert await people(world) == before + 1


# Who does not.


async def test_without_an_account_or_an_invitation_nobody_gets_in(
    nobody: httpx.AsyncClient, world: World
) -> None:
    await invite(world, "ada@example.test", expires_at="-1 second")
    await invite(world, "ada@example.test", revoked_at="2026-01-01")
    await invite(world, "ada@example.test", accepted_at="2026-01-01")
    await invite(world, "someone@example.test")
    # A supervisor asks in viewers, to its own projects.
    await invite(world, "ada@example.test", created_by=world.supervisor.id, role="admin")
    await invite(world, "ada@example.test", created_by=world.stranger.id, project_id=world.project)
    before = await people(world)
    assert await refused_with(nobody) == "signup_disabled"
    assert await people(world) == before


UNVERIFIED: list[Any] = [
    [],
    [{"email": "ada@example.test", "primary": True, "verified": False}],
    [{"email": "ada@example.test", "primary": False, "verified": True}],
    [
        {"email": "else@example.test", "primary": True, "verified": False},
        {"email": "ada@example.test", "primary": False, "verified": True},
    ],
    # Folds to a plain letter in lower case: another mailbox.
    [{"email": "ad\u0430@example.test", "primary": True, "verified": True}],
    [{"email": "ada@example.test\n", "primary": True, "verified": True}],
    [{"email": "ada", "primary": True, "verified": True}],
]


async def test_an_email_that_github_did_not_verify_opens_nothing(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    await make_user(world, "ada@example.test")
    await invite(world, "ada@example.test")
    for emails in UNVERIFIED:
        github.emails = emails
        assert (emails, await refused_with(nobody)) == (emails, "provider_email_needs_verification")
    assert await world.owner.value("select count(*) from auth.identities") == 0


async def test_an_account_that_was_made_in_advance_is_never_linked(
    nobody: httpx.AsyncClient, open_to_all: httpx.AsyncClient, world: World
) -> None:
    """Somebody signed up with another's e-mail and waits for its owner to come."""
    await make_user(world, "ada@example.test", confirmed=False)
    await invite(world, "ada@example.test")
    for caller in (nobody, open_to_all):
        assert await refused_with(caller) == "email_exists"
    assert await world.owner.value("select count(*) from auth.identities") == 0


async def test_another_github_user_with_the_same_email_is_not_the_one_that_is_linked(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    """An address can pass to somebody else; the number of a GitHub user does not."""
    user = await make_user(world, "ada@example.test")
    await code_of(nobody)
    github.user["id"] = 999
    assert await refused_with(nobody) == "identity_already_exists"
    rows = await world.owner.fetch("select user_id, provider_id from auth.identities")
    assert [tuple(row) for row in rows] == [(user, "583231")]


async def test_a_banned_person_stays_out_before_and_after_the_link(
    nobody: httpx.AsyncClient, world: World
) -> None:
    user = await make_user(world, "ada@example.test")
    await world.owner.fetch("update auth.users set banned_until = 'infinity' where id = $1", user)
    assert await refused_with(nobody) == "user_banned"
    await world.owner.fetch("update auth.users set banned_until = null where id = $1", user)
    code = await code_of(nobody)
    await world.owner.fetch("update auth.users set banned_until = 'infinity' where id = $1", user)
    assert await refused_with(nobody) == "user_banned"
    problem(await trade(nobody, code), 403, "user_banned")


async def test_who_does_not_consent_is_sent_back_without_a_code(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    github.consents = False
    address = await walk(nobody)
    assert told(address)["error"] == "access_denied"
    assert "<b>" not in address
    assert "%3Cb" not in address


# The state, the code and the verifier.


async def test_a_state_counts_once(nobody: httpx.AsyncClient, world: World, github: GitHubLogin) -> None:
    await make_user(world, "ada@example.test")
    begun = (await begin(nobody)).headers["location"]
    callback = await consent(begun)
    assert "code" in told((await nobody.get(callback)).headers["location"])
    again = await consent(begun)
    for address in (callback, again):
        answer = told((await nobody.get(address)).headers["location"])
        assert answer["error_code"] == "bad_oauth_state"


async def test_a_state_that_failed_is_used_up_too(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    await make_user(world, "ada@example.test")
    begun = (await begin(nobody)).headers["location"]
    github.instead["/user"] = Raw(500)
    await nobody.get(await consent(begun))
    github.instead.clear()
    answer = told((await nobody.get(await consent(begun))).headers["location"])
    assert answer["error_code"] == "bad_oauth_state"


async def test_a_state_that_was_never_given_goes_home_and_to_no_other_place(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    for state in ("", "x", "%00", "%ff", "a" * 5000, "%F0%9F%98%80", "x&redirect_to=http://evil.test"):
        answer = await nobody.get(f"/auth/v1/callback?code=c&state={state}")
        assert answer.status_code == 302, state
        assert answer.headers["location"].startswith("http://devos.test?"), state
        assert told(answer.headers["location"])["error_code"] == "bad_oauth_state"
    assert github.requests == []


async def test_a_sign_in_that_took_too_long_is_refused(nobody: httpx.AsyncClient, world: World) -> None:
    await make_user(world, "ada@example.test")
    callback = await consent((await begin(nobody)).headers["location"])
    await world.owner.fetch("update private.auth_flows set expires_at = now() - interval '1 second'")
    answer = told((await nobody.get(callback)).headers["location"])
    assert answer["error_code"] == "bad_oauth_state"


async def test_the_code_of_one_sign_in_does_not_fit_the_state_of_another(
    nobody: httpx.AsyncClient, world: World
) -> None:
    """A stolen code of GitHub is put into the thief's own sign-in: its challenge is another one."""
    await make_user(world, "ada@example.test")
    stolen = told(await consent((await begin(nobody)).headers["location"]))["code"]
    own = told((await begin(nobody, code_challenge=challenge("t" * 43))).headers["location"])["state"]
    answer = await nobody.get(f"/auth/v1/callback?code={stolen}&state={own}")
    assert told(answer.headers["location"]).get("error_code") == "unexpected_failure"


async def test_a_code_is_traded_once(nobody: httpx.AsyncClient, world: World) -> None:
    await make_user(world, "ada@example.test")
    code = await code_of(nobody)
    assert (await trade(nobody, code)).status_code == 200
    problem(await trade(nobody, code), 400, "flow_state_not_found")


async def test_a_code_is_for_the_client_that_began(nobody: httpx.AsyncClient, world: World) -> None:
    """Nobody trades another's code, and nobody is put into another's session by being sent one."""
    user = await make_user(world, "ada@example.test")
    for wrong in ("t" * 64, challenge(VERIFIER), VERIFIER.upper()):
        code = await code_of(nobody)
        problem(await trade(nobody, code, wrong), 400, "bad_code_verifier")
        # It was tried: who has it and guesses gets no second try.
        problem(await trade(nobody, code), 400, "flow_state_not_found")
    assert await world.owner.value("select count(*) from auth.sessions where user_id = $1", user) == 0


async def test_a_code_that_is_old_or_was_never_given_is_refused(
    nobody: httpx.AsyncClient, world: World
) -> None:
    await make_user(world, "ada@example.test")
    code = await code_of(nobody)
    await world.owner.fetch("update private.auth_flows set expires_at = now() - interval '1 second'")
    for wrong in (code, "x", "\0", code + "\n"):
        problem(await trade(nobody, wrong), 400, "flow_state_not_found")
    for verifier in ("", "short", "v" * 129, VERIFIER + "\n", VERIFIER[:-1] + "é"):
        problem(await trade(nobody, code, verifier), 422, "invalid_request")


async def test_a_code_of_github_is_no_code_of_ours(nobody: httpx.AsyncClient, world: World) -> None:
    callback = await consent((await begin(nobody)).headers["location"])
    problem(await trade(nobody, told(callback)["code"]), 400, "flow_state_not_found")
    problem(await trade(nobody, told(callback)["state"]), 400, "flow_state_not_found")


async def test_parallel_trades_of_a_code_give_one_session(nobody: httpx.AsyncClient, world: World) -> None:
    import asyncio

    await make_user(world, "ada@example.test")
    code = await code_of(nobody)
    answers = await asyncio.gather(*(trade(nobody, code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7


OTHER_WAYS: list[dict[str, str | None]] = [
    {"code_challenge_method": "plain"},
    {"code_challenge_method": "none"},
    {"code_challenge_method": None},
    {"code_challenge": None},
    {"code_challenge": None, "code_challenge_method": None},
    {"code_challenge": ""},
    {"code_challenge": "x" * 42},
    {"code_challenge": "x" * 44},
    {"code_challenge": "x" * 43 + "\n"},
    {"code_challenge": "x" * 42 + "+"},
    {"provider": "gitlab"},
    {"provider": None},
]


async def test_there_is_no_other_way_than_pkce_with_github(nobody: httpx.AsyncClient) -> None:
    for changes in OTHER_WAYS:
        problem(await begin(nobody, **changes), 422, "invalid_request")


async def test_another_way_to_write_the_method_counts(nobody: httpx.AsyncClient) -> None:
    assert (await begin(nobody, code_challenge_method="S256")).status_code == 302


# Where the browser is sent.


ALLOWED = "https://app.example.test/back, https://below.example.test/areas/*"
FOREIGN = [
    "https://evil.test/",
    "//evil.test/",
    "///evil.test",
    "/signed-in",
    "signed-in",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://devos.test@evil.test/",
    "http://devos.test:80@evil.test/",
    "http://evil.test\\@devos.test/",
    "http://devos.test\\.evil.test/",
    "http://devos.test.evil.test/",
    "http://evildevos.test/",
    "http://sub.devos.test/",
    "https://devos.test/",
    "http://devos.test:81/",
    "http://DEVOS.test/",
    "http://devos.test//evil.test",
    "http://devos.test/../evil",
    "http://devos.test/..",
    "http://devos.test/a/./b",
    "http://devos.test/%2e%2e/evil",
    "http://devos.test/%2f%2fevil.test",
    "http://devos.test/a\nLocation: http://evil.test",
    "http://devos.test/a\r\nSet-Cookie: a=b",
    "http://devos.test/\n",
    "http://devos.test/\t",
    " http://devos.test/",
    "http://devos.test/#code=1",
    "http://devos.test?code=stolen",
    "http://devos.test/a?x=1&error=none",
    "http://devos.test/a?%63ode=stolen",
    "http://dévos.test/",
    "http://127.0.0.1/",
    "http://127.0.0.1:80@evil.test/",
    "http://127.0.0.1.evil.test:80/",
    "http://127.0.0.1:port/",
    "https://127.0.0.1:8080/",
    "http://localhost:8080/",
    "http://[::1]:8080/",
    "https://app.example.test/back/other",
    "https://app.example.test/",
    "https://below.example.test/areas",
    "http://devos.test/" + "a" * 2000,
]


@pytest.fixture
async def with_list(database: Database, github: GitHubLogin) -> AsyncGenerator[httpx.AsyncClient]:
    """Nobody, at a devos that also allows addresses of other apps."""
    settings = settings_for(
        database, public_url="http://devos.test", allowed_redirects=ALLOWED, **github.settings()
    )
    async with running(settings) as started:
        yield client(started)


async def test_a_browser_is_sent_to_no_address_that_is_not_allowed(
    with_list: httpx.AsyncClient, world: World
) -> None:
    for address in FOREIGN:
        answer = await begin(with_list, redirect_to=address)
        assert (answer.status_code, address) == (400, address)
        problem(answer, 400, "redirect_not_allowed")
    assert await world.owner.value("select count(*) from private.auth_flows") == 0


OWN = [
    "http://devos.test",
    "http://devos.test/",
    "http://devos.test/a/b-c_d.e~f?next=/tasks&x=%20y",
    "https://app.example.test/back",
    "https://app.example.test/back?next=1",
    "https://below.example.test/areas/",
    "https://below.example.test/areas/51/?a=b",
    "http://127.0.0.1:49152/callback",
    "http://127.0.0.1:49152",
]


async def test_a_browser_comes_back_to_an_address_that_is_allowed(
    with_list: httpx.AsyncClient, world: World
) -> None:
    await make_user(world, "ada@example.test")
    for address in OWN:
        end = await walk(with_list, redirect_to=address)
        assert end.startswith(address + ("&code=" if "?" in address else "?code="))


async def test_without_an_address_the_browser_comes_home(nobody: httpx.AsyncClient, world: World) -> None:
    await make_user(world, "ada@example.test")
    assert (await walk(nobody, redirect_to=None)).startswith("http://devos.test?code=")


async def test_what_is_sent_to_github_is_what_it_needs_and_no_more(
    nobody: httpx.AsyncClient, github: GitHubLogin
) -> None:
    first = (await begin(nobody, scopes="repo delete_repo")).headers["location"]
    second = (await begin(nobody)).headers["location"]
    assert first.startswith(f"{github.url}/login/oauth/authorize?")
    asked = told(first)
    assert asked["scope"] == "read:user user:email"
    assert asked["redirect_uri"] == "http://devos.test/auth/v1/callback"
    assert asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] != challenge(VERIFIER)
    assert {*asked} == {
        "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
    }  # fmt: skip
    assert len(asked["state"]) >= 43
    assert asked["state"] != told(second)["state"]
    assert asked["code_challenge"] != told(second)["code_challenge"]


async def test_addresses_with_a_code_are_not_kept(nobody: httpx.AsyncClient, world: World) -> None:
    begun = await begin(nobody)
    answer = await nobody.get(await consent(begun.headers["location"]))
    for told_to in (begun, answer):
        assert told_to.headers["cache-control"] == "no-store"
        assert told_to.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in told_to.headers


async def test_neither_state_nor_codes_nor_tokens_are_stored_or_logged(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin, logged: list[Any]
) -> None:
    await make_user(world, "ada@example.test")
    begun = (await begin(nobody)).headers["location"]
    callback = await consent(begun)
    end = (await nobody.get(callback)).headers["location"]
    stored = await world.owner.value("select jsonb_agg(to_jsonb(f))::text from private.auth_flows f")
    stored += await world.owner.value("select jsonb_agg(to_jsonb(i))::text from auth.identities i")
    secrets = [told(begun)["state"], told(callback)["code"], told(end)["code"], VERIFIER, github.tokens[-1]]
    for secret in secrets:
        assert secret not in stored
        assert secret not in str(logged)


async def test_an_address_begins_so_many_sign_ins_and_no_more(
    nobody: httpx.AsyncClient, world: World
) -> None:
    answers = [await begin(nobody) for _ in range(55)]
    refused = [answer for answer in answers if answer.status_code != 302]
    assert 0 < len(refused) <= 5
    problem(refused[0], 429, "over_request_rate_limit")
    assert 1 <= int(refused[0].headers["retry-after"]) <= 10


# What GitHub may answer.

PATHS = ["/login/oauth/access_token", "/user", "/user/emails"]
ANSWERS = {
    "nothing": Raw(200, b""),
    "words": Raw(200, b"<html>hello"),
    "null": Raw(200, b"null"),
    "a list of lists": Raw(200, b"[[]]"),
    "an object": Raw(200, b'{"id": "583231", "login": 7, "access_token": ["x"], "email": {}}'),
    "no unicode": Raw(200, b'{"id": 1, "login": "\xff"}'),
    "another form": Raw(200, b"access_token=gho_x&token_type=bearer"),
    "a token with a newline": Raw(200, b'{"access_token": "a\\nHost: evil.test"}'),
    "a number that is true": Raw(200, b'{"id": true, "login": "x", "access_token": ""}'),
    "nested": Raw(200, b"[" * 100_000),
    "a server error": Raw(500, b"{}"),
    "unavailable": Raw(503, b"{}"),
    "not found": Raw(404, b"{}"),
    "an odd success": Raw(204, b""),
    "a redirect": Raw(302, b"", {"Location": "/elsewhere"}),
    "a huge body": Raw(200, b'{"access_token": "' + b"x" * 4_000_000),
    "packed": Raw(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}),
    "cut off": Raw(200, b"", {"Transfer-Encoding": "chunked"}),
}


@pytest.mark.parametrize("path", PATHS)
async def test_whatever_github_answers_nobody_gets_in_by_it(
    path: str, open_to_all: httpx.AsyncClient, world: World, github: GitHubLogin
) -> None:
    before = await people(world)
    for name, raw in ANSWERS.items():
        github.instead = {path: raw}
        assert (name, await refused_with(open_to_all)) == (name, "unexpected_failure")
    assert await people(world) == before
    assert not any("elsewhere" in request for request in github.requests)


async def test_a_github_that_is_slow_or_away_is_not_waited_for(
    nobody: httpx.AsyncClient, world: World, github: GitHubLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        outgoing.fetch, "__kwdefaults__", {**(outgoing.fetch.__kwdefaults__ or {}), "seconds": 0.2}
    )
    github.instead = {"/user": Raw(200, b"{}", seconds=1)}
    assert await refused_with(nobody) == "unexpected_failure"


async def test_without_an_app_at_github_nobody_is_sent_there(database: Database, world: World) -> None:
    settings = settings_for(database).model_copy(update={"github_client_id": None})
    async with running(settings) as app:
        answer = problem(await begin(client(app)), 400, "provider_disabled")
    assert "DEVOS_GITHUB_CLIENT_ID" in answer["hint"]


async def test_a_password_and_a_code_do_not_stand_in_for_each_other(
    nobody: httpx.AsyncClient, world: World, as_supervisor: Actor
) -> None:
    email = await give_password(as_supervisor, world.owner)
    password = {"email": email, "password": "correct horse battery staple"}
    code = {"auth_code": "x", "code_verifier": VERIFIER}
    problem(await nobody.post(TOKEN, json=password), 422, "invalid_request")
    problem(await nobody.post("/auth/v1/token?grant_type=password", json=code), 422, "invalid_request")
