"""Signing in and out."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest
from litestar import Litestar

from tests.http.conftest import SignedIn
from tests.support.api import PASSWORD, client, give_password, problem, sign_in
from tests.support.world import Actor, World

TOKEN = "/auth/v1/token?grant_type=password"


@pytest.fixture
async def email(world: World) -> str:
    """The e-mail of a person with a password."""
    return await give_password(world.supervisor, world.owner)


async def test_a_person_signs_in(nobody: httpx.AsyncClient, email: str, as_supervisor: Actor) -> None:
    answer = await nobody.post(TOKEN, json={"email": email, "password": PASSWORD})
    told = answer.json()
    assert answer.status_code == 200
    assert (told["token_type"], told["expires_in"]) == ("bearer", 600)
    assert (
        told["user"]
        | {
            "id": str(as_supervisor.id),
            "email": email,
            "role": "authenticated",
            "aud": "authenticated",
            "app_metadata": {"provider": "email", "providers": ["email"]},
        }
        == told["user"]
    )


async def test_the_token_says_what_the_database_says(nobody: httpx.AsyncClient, email: str) -> None:
    told = (await nobody.post(TOKEN, json={"email": email, "password": PASSWORD})).json()
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert claims["exp"] == told["expires_at"]
    assert claims["exp"] - claims["iat"] == told["expires_in"]


async def test_the_token_fits_the_published_key(nobody: httpx.AsyncClient, email: str) -> None:
    (key,) = (await nobody.get("/auth/v1/.well-known/jwks.json")).json()["keys"]
    assert (key["alg"], key["crv"], "d" in key) == ("ES256", "P-256", False)
    token = await sign_in(nobody, email)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": key["kid"], "typ": "JWT"}
    assert jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience="authenticated")["email"] == email


async def test_an_email_is_the_same_in_capitals(nobody: httpx.AsyncClient, email: str) -> None:
    assert await sign_in(nobody, email.upper())


async def test_a_wrong_password_and_an_unknown_email_are_told_apart_by_nobody(
    nobody: httpx.AsyncClient, email: str, as_viewer: Actor, world: World
) -> None:
    banned = await give_password(world.admin, world.owner)
    await world.owner.fetch("update auth.users set banned_until = 'infinity' where email = $1", banned)
    (without_password,) = await world.owner.fetch("select email from auth.users where id = $1", as_viewer.id)
    bodies = set()
    for sent in (
        {"email": email, "password": "wrong"},
        {"email": email, "password": PASSWORD + " "},
        {"email": email, "password": "\0"},
        {"email": "nobody@example.test", "password": PASSWORD},
        {"email": without_password["email"], "password": PASSWORD},
        {"email": banned, "password": PASSWORD},
        {"email": "%", "password": PASSWORD},
    ):
        answer = await nobody.post(TOKEN, json=sent, headers={"X-Request-ID": "the-same-one"})
        problem(answer, 400, "invalid_credentials")
        bodies.add(answer.content)
    assert len(bodies) == 1


async def test_another_way_to_sign_in_is_not_valid(nobody: httpx.AsyncClient, email: str) -> None:
    body = {"email": email, "password": PASSWORD}
    problem(await nobody.post("/auth/v1/token", json=body), 422, "invalid_request")
    for grant in ("", "refresh_token", "Password", "password%00", "id_token"):
        problem(await nobody.post(f"/auth/v1/token?grant_type={grant}", json=body), 422, "invalid_request")


async def test_a_person_reads_itself(supervisor: httpx.AsyncClient, as_supervisor: Actor) -> None:
    assert (await supervisor.get("/auth/v1/user")).json()["id"] == str(as_supervisor.id)


async def test_an_agent_is_no_person(agent: httpx.AsyncClient) -> None:
    problem(await agent.get("/auth/v1/user"), 403, "insufficient_scope")


async def test_signing_out_ends_this_session_and_no_other(signed_in: SignedIn, as_supervisor: Actor) -> None:
    here, there = await signed_in(as_supervisor), await signed_in(as_supervisor)
    assert (await here.post("/auth/v1/logout?scope=local")).status_code == 204
    told = problem(await here.get("/api/projects"), 401, "not_signed_in")
    assert told["detail"] == "The session has ended."
    problem(await here.post("/auth/v1/logout?scope=local"), 401, "not_signed_in")
    assert (await there.get("/api/projects")).status_code == 200


@pytest.mark.parametrize(
    "ending",
    [
        "delete from auth.sessions where user_id = $1",
        "update auth.sessions set not_after = now() where user_id = $1",
        "update auth.users set banned_until = 'infinity' where id = $1",
        "update auth.users set deleted_at = now() where id = $1",
    ],
)
async def test_an_ended_session_is_refused_with_the_next_request(
    ending: str, supervisor: httpx.AsyncClient, world: World
) -> None:
    assert (await supervisor.get("/api/projects")).status_code == 200
    await world.owner.fetch(ending, world.supervisor.id)
    problem(await supervisor.get("/api/projects"), 401, "not_signed_in")


async def test_a_lost_role_holds_with_the_next_request(supervisor: httpx.AsyncClient, world: World) -> None:
    assert (await supervisor.post("/api/projects", json={"name": "before"})).status_code == 201
    await world.owner.fetch(
        "update public.user_roles set role = 'viewer' where user_id = $1", world.supervisor.id
    )
    problem(await supervisor.post("/api/projects", json={"name": "after"}), 403, "role_required")


async def test_a_credential_counts_in_its_header_only(app: Litestar, supervisor: httpx.AsyncClient) -> None:
    token = supervisor.headers["authorization"].removeprefix("Bearer ")
    for headers in (
        {"Authorization": token},
        {"Authorization": f"Basic {token}"},
        {"Authorization": f"Bearer{token}"},
        {"X-API-Key": token},
        {"Cookie": f"access_token={token}"},
    ):
        problem(await client(app, **headers).get("/api/projects"), 401, "not_signed_in")
    problem(await client(app).get(f"/api/projects?access_token={token}"), 401, "not_signed_in")
    assert (await client(app, Authorization=f"bearer  {token} ").get("/api/projects")).status_code == 200


async def test_neither_password_nor_token_is_logged(
    nobody: httpx.AsyncClient, email: str, logged: list[Any]
) -> None:
    token = await sign_in(nobody, email)
    await nobody.post(TOKEN, json={"email": email, "password": PASSWORD + "!"})
    assert PASSWORD not in str(logged)
    assert token not in str(logged)
