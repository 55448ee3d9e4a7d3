"""Where Supabase keeps the accounts: its tokens count, nobody else's do, and it is asked for keys rarely."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar import Litestar

from control_plane.app import create_app
from control_plane.http import supabase as module
from control_plane.platform.errors import OperatorError
from control_plane.platform.settings import SettingsError, load_settings
from tests.http.identity.test_tokens import encoded, hs256
from tests.support.api import ENCRYPTION_KEY, client, new_signing_key, problem, running, settings_for
from tests.support.supabase_keys import LEGACY_SECRET, Supabase, new_key, supabase_project
from tests.support.world import Actor, Database, World


@pytest.fixture
def supabase() -> Iterator[Supabase]:
    with supabase_project() as project:
        yield project


@pytest.fixture
async def app(database: Database, supabase: Supabase) -> AsyncGenerator[Litestar]:
    """A devos whose people sign in at Supabase."""
    async with running(settings_for(database, supabase_url=supabase.url)) as started:
        yield started


@pytest.fixture
async def legacy(database: Database, supabase: Supabase) -> AsyncGenerator[Litestar]:
    """The same, with the legacy secret."""
    settings = settings_for(database, supabase_url=supabase.url, supabase_jwt_secret=LEGACY_SECRET)
    async with running(settings) as started:
        yield started


def ids(person: Actor) -> tuple[UUID, UUID]:
    """A person and its living session, as Supabase's Auth would have written them."""
    assert person.caller is not None
    assert person.caller.user_id is not None
    assert person.caller.session_id is not None
    return person.caller.user_id, person.caller.session_id


async def ask(app: Litestar, token: str) -> httpx.Response:
    headers = [(b"Authorization", f"Bearer {token}".encode())]
    return await client(app).get("/api/projects", headers=headers)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
async def test_a_session_of_supabase_is_a_session_here(
    algorithm: str, app: Litestar, supabase: Supabase, as_supervisor: Actor, world: World
) -> None:
    supabase.keys = [new_key("other"), new_key("used", algorithm)]
    answer = await ask(app, supabase.token(*ids(as_supervisor), supabase.keys[1]))
    assert answer.status_code == 200, answer.text
    assert [item["id"] for item in answer.json()["items"]] == [str(world.project)]


async def test_what_a_token_says_about_the_person_is_not_believed(
    app: Litestar, supabase: Supabase, as_viewer: Actor
) -> None:
    """Its metadata says admin, and its owner can write that."""
    token = supabase.token(*ids(as_viewer), app_metadata={"role": "admin"}, app_role="admin")
    answer = await client(app, Authorization=f"Bearer {token}").post("/api/projects", json={"name": "x"})
    problem(answer, 403, "role_required")


async def test_a_session_that_ended_at_supabase_is_refused_with_the_next_request(
    app: Litestar, supabase: Supabase, as_supervisor: Actor, world: World
) -> None:
    token = supabase.token(*ids(as_supervisor))
    assert (await ask(app, token)).status_code == 200
    await world.owner.fetch("delete from auth.sessions where user_id = $1", as_supervisor.id)
    problem(await ask(app, token), 401, "not_signed_in")


async def test_a_person_that_is_banned_at_supabase_is_refused_with_the_next_request(
    app: Litestar, supabase: Supabase, as_supervisor: Actor, world: World
) -> None:
    token = supabase.token(*ids(as_supervisor))
    assert (await ask(app, token)).status_code == 200
    await world.owner.fetch("update auth.users set banned_until = 'infinity'")
    problem(await ask(app, token), 401, "not_signed_in")


def forgeries(supabase: Supabase, person: Actor, other: Actor) -> dict[str, str]:
    """Tokens by what is wrong with them."""
    (user, session), (_, other_session) = ids(person), ids(other)
    key = supabase.keys[0]
    claims = supabase.claims(user, session)
    public = key.private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    raw = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    head, body, signature = supabase.token(user, session).split(".")
    header = {"alg": "ES256", "typ": "JWT", "kid": key.kid}
    attacker = new_key("mine")
    same_name = new_key(key.kid)

    def changed(**changes: Any) -> str:
        return supabase.token(user, session, **changes)

    def with_header(**changes: Any) -> str:
        return jwt.encode(claims, attacker.private, "ES256", headers=changes)

    return {
        "alg none": f"{encoded({**header, 'alg': 'none'})}.{body}.",
        "alg none with the signature": f"{encoded({**header, 'alg': 'none'})}.{body}.{signature}",
        "alg that is no text": f"{encoded({**header, 'alg': 7})}.{body}.{signature}",
        "HS256 with the public key": hs256(header, claims, pem),
        "HS256 with the public point": hs256(header, claims, raw),
        "HS256 with the JWK": hs256(header, claims, json.dumps(key.jwk).encode()),
        "HS256 with an empty secret": hs256(header, claims, b""),
        "HS256 with a guess": hs256({"typ": "JWT"}, claims, b"super-secret"),
        "another algorithm's name": f"{encoded({**header, 'alg': 'ES384'})}.{body}.{signature}",
        "RS256 under the name of an EC key": jwt.encode(
            claims, new_key("x", "RS256").private, "RS256", headers={"kid": key.kid}
        ),
        "EdDSA under the name of an EC key": jwt.encode(
            claims, new_key("x", "EdDSA").private, "EdDSA", headers={"kid": key.kid}
        ),
        "another key": supabase.token(user, session, attacker),
        "another key of the same name": supabase.token(user, session, same_name),
        "its own key in the header": with_header(kid=key.kid, jwk=attacker.jwk),
        "its own key set in the header": with_header(kid="mine", jku="https://evil.test/jwks.json"),
        "a key id that is a path": with_header(kid="../../etc/passwd"),
        "a key id that is a list": f"{encoded({**header, 'kid': [key.kid]})}.{body}.{signature}",
        "no key id": f"{encoded({'alg': 'ES256', 'typ': 'JWT'})}.{body}.{signature}",
        "another project": changed(iss="https://other.supabase.co/auth/v1"),
        "the issuer without its path": changed(iss=supabase.url),
        "the issuer of an API key": changed(iss="supabase"),
        "no issuer": changed(iss=None),
        "another audience": changed(aud="anon"),
        "no audience": changed(aud=None),
        "expired": changed(exp=claims["iat"] - 60),
        "never expires": changed(exp=None),
        "not valid yet": changed(nbf=claims["iat"] + 3600),
        "issued in the future": changed(iat=claims["iat"] + 3600),
        "no time of issue": changed(iat=None),
        "the service role": changed(sub=None, session_id=None, role="service_role"),
        "nobody": changed(sub=None),
        "somebody else": changed(sub=str(uuid4())),
        "no session": changed(session_id=None),
        "an unknown session": changed(session_id=str(uuid4())),
        "somebody else's session": changed(session_id=str(other_session)),
        "changed after signing": f"{head}.{encoded({**claims, 'sub': str(uuid4())})}.{signature}",
        "a token of devos itself": jwt.encode(
            {**claims, "iss": "devos"}, new_signing_key(), "ES256", headers={"kid": key.kid}
        ),
        "words": "let me in",
    }


async def test_no_forged_token_opens_a_door(
    app: Litestar, legacy: Litestar, supabase: Supabase, as_supervisor: Actor, as_viewer: Actor
) -> None:
    forged = forgeries(supabase, as_supervisor, as_viewer)
    assert len(forged) >= 35
    for served in (app, legacy):
        for name, text in forged.items():
            answer = await ask(served, text)
            assert (answer.status_code, name) == (401, name), answer.text
            problem(answer, 401, "not_signed_in")
        assert (await ask(served, supabase.token(*ids(as_supervisor)))).status_code == 200


async def test_the_legacy_secret_counts_where_it_is_set_and_for_its_algorithm_alone(
    app: Litestar, legacy: Litestar, supabase: Supabase, as_supervisor: Actor
) -> None:
    claims = supabase.claims(*ids(as_supervisor))
    for headers in ({}, {"kid": "legacy"}, {"kid": supabase.keys[0].kid}):
        token = jwt.encode(claims, LEGACY_SECRET, "HS256", headers=headers)
        assert (await ask(legacy, token)).status_code == 200
        problem(await ask(app, token), 401, "not_signed_in")
    for algorithm in ("HS384", "HS512"):
        problem(await ask(legacy, jwt.encode(claims, LEGACY_SECRET, algorithm)), 401, "not_signed_in")


def test_a_secret_that_can_be_guessed_refuses_to_start() -> None:
    with pytest.raises(SettingsError, match="fewer than 32 characters") as refusal:
        load_settings({"supabase_jwt_secret": "only-31-characters-are-in-this."})
    assert "only-31" not in refusal.value.message


async def test_keys_that_sign_nothing_or_are_secrets_are_left_out(
    app: Litestar, supabase: Supabase, as_supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = supabase.keys[0]
    strange = [
        {"kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2VjcmV0"},
        {**new_key("enc").jwk, "use": "enc"},
        {**new_key("odd").jwk, "alg": "HS256"},
        {"kty": "RSA", "kid": "none", "alg": "none", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "P-521", "kid": "later"},
    ]
    supabase.instead = (200, json.dumps({"keys": [*strange, good.jwk]}).encode())
    assert (await ask(app, supabase.token(*ids(as_supervisor)))).status_code == 200
    claims = supabase.claims(*ids(as_supervisor))
    shared = hs256({"typ": "JWT", "kid": "shared"}, claims, b"secret")
    problem(await ask(app, shared), 401, "not_signed_in")


async def test_a_key_signs_by_its_one_algorithm(
    app: Litestar, supabase: Supabase, as_supervisor: Actor
) -> None:
    """An RSA key could sign by six: which one, the key says and not the token."""
    supabase.keys = [new_key("rsa", "RS256")]
    claims = supabase.claims(*ids(as_supervisor))
    for algorithm in ("RS384", "RS512", "PS256", "PS512"):
        token = jwt.encode(claims, supabase.keys[0].private, algorithm, headers={"kid": "rsa"})
        problem(await ask(app, token), 401, "not_signed_in")


# How often Supabase is asked.


async def test_the_keys_are_fetched_once_for_all(
    app: Litestar, supabase: Supabase, as_supervisor: Actor
) -> None:
    token = supabase.token(*ids(as_supervisor))
    answers = await asyncio.gather(*(ask(app, token) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    assert supabase.asked == 1


async def test_forged_key_ids_are_no_flood_at_supabase(
    app: Litestar, supabase: Supabase, as_supervisor: Actor
) -> None:
    forged = [supabase.token(*ids(as_supervisor), new_key(f"kid-{number}")) for number in range(40)]
    answers = await asyncio.gather(*(ask(app, token) for token in forged))
    assert {answer.status_code for answer in answers} == {401}
    assert supabase.asked == 1


async def test_a_new_key_counts_after_a_pause(
    app: Litestar, supabase: Supabase, as_supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await ask(app, supabase.token(*ids(as_supervisor)))).status_code == 200
    supabase.keys.insert(0, new_key("second"))
    token = supabase.token(*ids(as_supervisor))
    problem(await ask(app, token), 401, "not_signed_in")
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.0)
    assert (await ask(app, token)).status_code == 200
    assert supabase.asked == 2


async def test_a_withdrawn_key_counts_until_the_keys_are_old(
    app: Litestar, supabase: Supabase, as_supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = supabase.token(*ids(as_supervisor))
    assert (await ask(app, token)).status_code == 200
    supabase.keys = [new_key("second")]
    assert (await ask(app, token)).status_code == 200
    monkeypatch.setattr(module, "_FRESH_SECONDS", 0.0)
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.0)
    problem(await ask(app, token), 401, "not_signed_in")


BROKEN: dict[str, tuple[int, bytes]] = {
    "an error": (500, b"{}"),
    "a redirect": (302, b""),
    "words": (200, b"<html>"),
    "no keys": (200, b"{}"),
    "keys that are none": (200, b'{"keys": [7, null]}'),
    "keys that are words": (200, b'{"keys": "all"}'),
    "half a key": (200, b'{"keys": [{"kty": "EC", "crv": "P-256", "kid": "first"}]}'),
    "nested": (200, b"[" * 100_000),
    "huge": (200, b" " * 1_000_000),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_while_the_keys_cannot_be_had_known_ones_count_and_others_are_told_to_wait(
    how: str, app: Litestar, supabase: Supabase, as_supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not 401: a client would throw a good session away."""
    token = supabase.token(*ids(as_supervisor))
    supabase.instead = BROKEN[how]
    told = problem(await ask(app, token), 503, "identity_provider_unavailable")
    assert told["hint"]
    assert (await ask(app, token)).headers["retry-after"] == "5"
    assert supabase.asked == 1
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.0)
    supabase.instead = None
    assert (await ask(app, token)).status_code == 200
    supabase.instead = BROKEN[how]
    monkeypatch.setattr(module, "_FRESH_SECONDS", 0.0)
    assert (await ask(app, token)).status_code == 200
    unknown = supabase.token(*ids(as_supervisor), new_key("other"))
    problem(await ask(app, unknown), 503, "identity_provider_unavailable")
    # What needs no key to be seen through stays refused.
    problem(await ask(app, "let me in"), 401, "not_signed_in")


async def test_a_supabase_that_is_away_stops_no_agent(
    database: Database, world: World, as_agent: Actor
) -> None:
    async with running(settings_for(database, supabase_url="http://127.0.0.1:9")) as app:
        agent = client(app, Authorization=f"Bearer {world.agent_key}")
        assert (await agent.put("/api/agents/heartbeat")).status_code == 204
        assert (await client(app).get("/health/ready")).status_code == 200


# Accounts are Supabase's.


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/auth/v1/token?grant_type=password"),
        ("POST", "/auth/v1/signup"),
        ("POST", "/auth/v1/logout"),
        ("GET", "/auth/v1/user"),
        ("PUT", "/auth/v1/user"),
        ("GET", "/auth/v1/settings"),
        ("GET", "/auth/v1/authorize?provider=github"),
        ("GET", "/auth/v1/callback?state=x"),
        ("GET", "/auth/v1/.well-known/jwks.json"),
        ("DELETE", "/auth/v1/admin/users/1"),
        ("GET", "/auth/v1"),
    ],
)
async def test_every_route_of_accounts_says_where_they_are(
    method: str, path: str, app: Litestar, supabase: Supabase
) -> None:
    told = problem(await client(app).request(method, path), 404, "managed_by_supabase")
    assert f"{supabase.url}/auth/v1" in told["hint"]
    assert supabase.asked == 0


async def test_a_token_of_devos_itself_is_none_here(
    app: Litestar, supabase: Supabase, as_supervisor: Actor
) -> None:
    own = jwt.encode({**supabase.claims(*ids(as_supervisor)), "iss": "devos"}, new_signing_key(), "ES256")
    problem(await ask(app, own), 401, "not_signed_in")


def test_without_supabase_a_signing_key_is_needed() -> None:
    settings = load_settings(
        {"database_url": "postgresql://nowhere/nothing", "encryption_keys": ENCRYPTION_KEY}
    )
    with pytest.raises(OperatorError, match="signing key"):
        create_app(settings)
    create_app(settings.model_copy(update={"supabase_url": "https://project.supabase.co"}))
