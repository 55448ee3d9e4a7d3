"""Access tokens of people: JWTs signed with ES256 (RFC 7518, 3.4), checked with one key and one algorithm."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from control_plane.platform.errors import DomainError, OperatorError

_ISSUER = "devos"
_AUDIENCE = "authenticated"
_LEEWAY_SECONDS = 30


def not_signed_in(message: str = "This needs a credential.") -> DomainError:
    """401 with the challenge that RFC 9110 asks for."""
    return DomainError(
        401,
        "not_signed_in",
        message,
        "Sign in, or send an agent key.",
        headers={"WWW-Authenticate": "Bearer"},
    )


@dataclass(frozen=True)
class Person:
    """What a valid token says: who, in which session."""

    user_id: UUID
    session_id: UUID


class TokenSigner:
    """Signs and checks access tokens with one P-256 key."""

    def __init__(self, private_key_pem: str) -> None:
        key = load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise OperatorError(
                "The signing key is not a P-256 key.", "Set DEVOS_JWT_PRIVATE_KEY_FILE to an ES256 key."
            )
        self._private = key
        self._public = key.public_key()
        numbers = self._public.public_numbers()
        required = {"crv": "P-256", "kty": "EC", "x": _b64(numbers.x), "y": _b64(numbers.y)}
        # The key id is the thumbprint of RFC 7638: the required members, sorted, without white space.
        thumb = hashlib.sha256(json.dumps(required, sort_keys=True, separators=(",", ":")).encode()).digest()
        self._kid = urlsafe_b64encode(thumb).rstrip(b"=").decode()
        self.jwks: dict[str, Any] = {"keys": [{**required, "use": "sig", "alg": "ES256", "kid": self._kid}]}

    def sign(self, user_id: UUID, session_id: UUID, *, issued_at: int, expires_at: int, email: str) -> str:
        """A token for a person's session; both times are the database's, in Unix seconds."""
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": str(user_id),
            "session_id": str(session_id),
            "role": "authenticated",
            "email": email,
            "iat": issued_at,
            "exp": expires_at,
        }
        return jwt.encode(claims, self._private, algorithm="ES256", headers={"kid": self._kid})

    def verify(self, token: str) -> Person:
        """The person of a token; 401 for one that is forged, expired or not ours."""
        try:
            if jwt.get_unverified_header(token).get("kid") != self._kid:
                raise not_signed_in("The token was signed with another key.")
            claims = jwt.decode(
                token,
                self._public,
                algorithms=["ES256"],
                audience=_AUDIENCE,
                issuer=_ISSUER,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
            return Person(UUID(claims["sub"]), UUID(claims["session_id"]))
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as exc:
            raise not_signed_in("The token is not valid, or has expired.") from exc


def _b64(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
