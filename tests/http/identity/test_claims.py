"""Claims under our own signature that say anything: they give nobody another identity, and break nothing."""

from __future__ import annotations

import asyncio
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, cast

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar

from control_plane.http.tokens import Person, TokenSigner
from control_plane.platform.errors import DomainError
from tests.http.identity.acting import session_of
from tests.support.api import client, give_password, new_signing_key, problem
from tests.support.world import World

USER = "10000000-0000-4000-8000-000000000001"
SESSION = "20000000-0000-4000-8000-000000000002"
SIGNER = TokenSigner(new_signing_key())
KEY = cast(ec.EllipticCurvePrivateKey, load_pem_private_key(new_signing_key().encode(), None))
HEADER = {"alg": "ES256", "typ": "JWT", "kid": SIGNER.jwks["keys"][0]["kid"]}

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.uuids().map(str),
    st.sampled_from([USER, SESSION, USER.upper(), f"{{{USER}}}", f"urn:uuid:{USER}", USER.replace("-", "")]),
    st.sampled_from([10**400, -(10**400), 1e308, "authenticated", "service_role", "devos"]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
names = st.sampled_from(
    ["iss", "aud", "sub", "session_id", "role", "iat", "exp", "nbf", "jti", "agent_id", "app_metadata"]
)


def signed(claims: Any, header: Any = HEADER) -> str:
    """A token that says this, under a good signature of ours."""
    parts = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{parts}.{_signature(parts)}"


def _signature(parts: str) -> str:
    r, s = decode_dss_signature(KEY.sign(parts.encode(), ec.ECDSA(hashes.SHA256())))
    return _encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def good(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": "devos", "aud": "authenticated", "sub": USER, "session_id": SESSION,
        "role": "authenticated", "iat": now, "exp": now + 600,
    }  # fmt: skip
    return claims | changes


def person_of(token: str) -> Person | None:
    """Whose token this is; None when it is refused as every bad token is."""
    try:
        return asyncio.run(SIGNER.verify(token))
    except DomainError as exc:
        refused = exc
    assert (refused.status, refused.code) == (401, "not_signed_in")
    return None


def test_good_claims_are_good() -> None:
    person = person_of(signed(good()))
    assert person is not None
    assert (str(person.user_id), str(person.session_id)) == (USER, SESSION)


@given(st.dictionaries(names, values))
@settings(max_examples=200, deadline=None)
def test_claims_give_nobody_an_identity_that_they_do_not_name(changes: dict[str, Any]) -> None:
    claims = good(**changes)
    person = person_of(signed(claims))
    if person is not None:
        assert str(person.user_id).replace("-", "") in str(claims["sub"]).lower().replace("-", "")
        assert str(person.session_id).replace("-", "") in str(claims["session_id"]).lower().replace("-", "")
        assert (claims["iss"], "authenticated" in claims["aud"]) == ("devos", True)


@given(values, values)
@settings(max_examples=100, deadline=None)
def test_a_token_of_anything_is_refused(header: Any, claims: Any) -> None:
    assert person_of(signed(claims)) is None
    assert person_of(signed(good(), header)) is None


@pytest.mark.parametrize("part", ["header", "claims"])
def test_a_token_that_is_nested_without_end_is_refused(part: str) -> None:
    deep = _encoded(b'{"a":' * 20_000 + b"1" + b"}" * 20_000)
    head, body = _encoded(json.dumps(HEADER).encode()), _encoded(json.dumps(good()).encode())
    parts = f"{deep}.{body}" if part == "header" else f"{head}.{deep}"
    assert person_of(f"{parts}.{_signature(parts)}") is None


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("moment", ["1e999", "-1e999", "NaN", "[]", "{}", '"x"', "null", "9" * 400])
def test_a_time_beyond_all_time_breaks_nothing(name: str, moment: str) -> None:
    claims = json.dumps(good(**{name: 0})).replace(f'"{name}": 0', f'"{name}": {moment}')
    parts = f"{_encoded(json.dumps(HEADER).encode())}.{_encoded(claims.encode())}"
    person = person_of(f"{parts}.{_signature(parts)}")
    if name == "exp" and moment != "9" * 400:
        assert person is None


async def test_a_token_that_overturns_its_reader_is_refused_as_any_other(app: Litestar) -> None:
    deep = _encoded(b'{"a":' * 20_000 + b"1" + b"}" * 20_000)
    for token in (signed(good(exp=float("inf"))), f"{deep}.{deep}.{deep}"):
        async with client(app, Authorization=f"Bearer {token}") as forger:
            problem(await forger.get("/api/projects"), 401, "not_signed_in")


async def test_what_a_token_says_beside_its_session_counts_for_nothing(
    app: Litestar, nobody: httpx.AsyncClient, world: World
) -> None:
    """A viewer whose token names an admin, an agent and a role of the database stays that viewer."""
    session = await session_of(nobody, await give_password(world.viewer, world.owner))
    claims = json.loads(_decoded(session["access_token"].split(".")[1]))
    told = signed(
        claims
        | {
            "role": "service_role",
            "app_role": "admin",
            "app_metadata": {"role": "admin"},
            "agent_id": str(world.agent.id),
            "project_id": str(world.stranger_project),
            "token_id": str(world.admin.id),
            "email": "admin@example.test",
        }
    )
    async with client(app, Authorization=f"Bearer {told}") as viewer:
        me = (await viewer.get("/auth/v1/user")).json()
        assert me["id"] == str(world.viewer.id)
        listed = (await viewer.get("/api/projects")).json()["items"]
        assert [project["id"] for project in listed] == [str(world.project)]
        problem(await viewer.post("/api/projects", json={"name": "mine"}), 403, "role_required")
    for sub in (world.admin.id, world.supervisor.id):
        async with client(app, Authorization=f"Bearer {signed(claims | {'sub': str(sub)})}") as forger:
            problem(await forger.get("/auth/v1/user"), 401, "not_signed_in")


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "==")
