"""Forged tokens: whatever is wrong with one, the answer is the same 401."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from hmac import new as hmac
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm
from litestar import Litestar

from tests.http.conftest import SignedIn
from tests.support.api import client, new_signing_key, problem
from tests.support.world import Actor


def encoded(part: dict[str, Any] | bytes) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, Any]:
    return json.loads(urlsafe_b64decode(part + "=="))


def es256(header: dict[str, Any], claims: dict[str, Any], pem: str = "") -> str:
    """A token with a valid ES256 signature, ours unless another key is given."""
    signed = f"{encoded(header)}.{encoded(claims)}"
    key = load_pem_private_key((pem or new_signing_key()).encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def hs256(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    signed = f"{encoded({**header, 'alg': 'HS256'})}.{encoded(claims)}"
    return f"{signed}.{encoded(hmac(secret, signed.encode(), sha256).digest())}"


def public_pem() -> bytes:
    key = load_pem_private_key(new_signing_key().encode(), None)
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def forgeries(token: str, jwks: dict[str, Any], other_session: str) -> dict[str, str]:
    """Tokens by what is wrong with them, made from a good one."""
    head, body, signature = token.split(".")
    header, claims = decoded(head), decoded(body)
    now = int(time.time())
    rsa_key = rsa.generate_private_key(65537, 2048)
    der = b"\x30\x06\x02\x01\x01\x02\x01\x01"

    def without(claim: str) -> str:
        return es256(header, {name: value for name, value in claims.items() if name != claim})

    def with_claims(**changes: object) -> str:
        return es256(header, {**claims, **changes})

    def with_header(**changes: object) -> str:
        return es256({**header, **changes}, claims)

    return {
        "no signature, alg none": f"{encoded({**header, 'alg': 'none'})}.{body}.",
        "no signature, alg None": f"{encoded({**header, 'alg': 'None'})}.{body}.",
        "alg none with our signature": f"{encoded({**header, 'alg': 'none'})}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "four parts": f"{token}.{signature}",
        "HS256 with the public key": hs256(header, claims, public_pem()),
        "HS256 with the public key, stripped": hs256(header, claims, public_pem().strip()),
        "HS256 with the JWKS": hs256(header, claims, json.dumps(jwks).encode()),
        "HS256 with an empty key": hs256(header, claims, b""),
        "RS256 with a key of its own": jwt.encode(
            claims, rsa_key, "RS256", headers=header | {"alg": "RS256"}
        ),
        "ES256 with another key": es256(header, claims, new_signing_key(1)),
        "another key in its own header": es256(
            {**header, "jwk": json.loads(ECAlgorithm.to_jwk(other_public()))},
            claims,
            new_signing_key(1),
        ),
        "another key id": with_header(kid="x"),
        "a key id that is a path": with_header(kid="../../etc/passwd"),
        "no key id": es256({"alg": "ES256", "typ": "JWT"}, claims),
        "another algorithm's name": with_header(alg="ES384"),
        "an unknown critical extension": with_header(crit=["exp2"], exp2=1),
        "another issuer": with_claims(iss="https://elsewhere.test"),
        "no issuer": without("iss"),
        "another audience": with_claims(aud="service"),
        "no audience": without("aud"),
        "expired": with_claims(exp=now - 60),
        "never expires": without("exp"),
        "expires in words": with_claims(exp="tomorrow"),
        "not valid yet": with_claims(nbf=now + 3600),
        "issued in the future": with_claims(iat=now + 3600),
        "no time of issue": without("iat"),
        "nobody": without("sub"),
        "somebody who is no id": with_claims(sub="admin"),
        "somebody else": with_claims(sub=str(uuid4())),
        "no session": without("session_id"),
        "an unknown session": with_claims(session_id=str(uuid4())),
        "somebody else's session": with_claims(session_id=other_session),
        "a session that is a list": with_claims(session_id=[claims["session_id"]]),
        "changed after signing": f"{head}.{encoded({**claims, 'sub': str(uuid4())})}.{signature}",
        "a signature of zeros": f"{head}.{body}.{encoded(bytes(64))}",
        "half a signature": f"{head}.{body}.{signature[:43]}",
        "a signature in DER": f"{head}.{body}.{encoded(der)}",
        "claims that are a list": f"{head}.{encoded(b'[]')}.{signature}",
        "a header that is no JSON": f"{encoded(b'{')}.{body}.{signature}",
        "dots": "..",
        "words": "let me in",
        "not ASCII": "tökén.tökén.tökén",
        "very long": "a" * 20_000,
    }


def other_public() -> ec.EllipticCurvePublicKey:
    key = load_pem_private_key(new_signing_key(1).encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key.public_key()


@pytest.fixture
async def token(supervisor: httpx.AsyncClient) -> str:
    return supervisor.headers["authorization"].removeprefix("Bearer ")


async def test_no_forged_token_opens_a_door(
    app: Litestar, nobody: httpx.AsyncClient, token: str, signed_in: SignedIn, as_viewer: Actor
) -> None:
    other = (await signed_in(as_viewer)).headers["authorization"]
    other_session = decoded(other.split(".")[1])["session_id"]
    jwks = (await nobody.get("/auth/v1/.well-known/jwks.json")).json()
    forged = forgeries(token, jwks, other_session)
    assert len(forged) >= 40
    for name, text in forged.items():
        answer = await client(app).get(
            "/api/projects", headers=[(b"Authorization", f"Bearer {text}".encode())]
        )
        assert (answer.status_code, name) == (401, name), answer.text
        problem(answer, 401, "not_signed_in")


async def test_the_good_token_does(app: Litestar, token: str) -> None:
    """What the forgeries are made of is good, and so is the way they are signed."""
    head, body, _ = token.split(".")
    for text in (token, es256(decoded(head), decoded(body))):
        answer = await client(app, Authorization=f"Bearer {text}").get("/api/projects")
        assert answer.status_code == 200
