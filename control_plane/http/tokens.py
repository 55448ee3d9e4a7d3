"""Access tokens of people: JWTs signed with ES256 (RFC 7518, 3.4), checked with that one algorithm."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from control_plane.platform.errors import DomainError, OperatorError
from control_plane.platform.pem import blocks, private_keys

_ISSUER = "devos"
_AUDIENCE = "authenticated"
_LEEWAY_SECONDS = 30
_FAULTS = (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError)


def not_signed_in(message: str = "This needs a credential.") -> DomainError:
    """401 with the challenge that RFC 9110 asks for."""
    return DomainError(
        401,
        "not_signed_in",
        message,
        "Sign in again; an agent needs a key that was not revoked, and to be active.",
        headers={"WWW-Authenticate": "Bearer"},
    )


@dataclass(frozen=True)
class Person:
    """What a valid token says: who, in which session."""

    user_id: UUID
    session_id: UUID


class TokenChecker(Protocol):
    """What tells a good access token from all others."""

    async def verify(self, token: str) -> Person:
        """The person of a token; 401 for one that is forged, expired or not ours."""
        ...


@dataclass(frozen=True)
class _Key:
    private: ec.EllipticCurvePrivateKey
    public: ec.EllipticCurvePublicKey
    jwk: dict[str, str]


class TokenSigner:
    """Signs access tokens with the first of its P-256 keys, and checks them with each.

    When the keys are those of `file`, a change of that file counts at once: a new first key signs.
    """

    def __init__(self, pem: str, file: Path | None = None) -> None:
        self._keys = _read_keys(pem)
        # Keys that were given otherwise are not replaced by what lies in a folder.
        ours = file and file.exists() and blocks(pem)[0] in blocks(file.read_text(encoding="utf-8"))
        self._file = file if ours else None
        self._seen: tuple[int, int] | None = None

    @property
    def jwks(self) -> dict[str, Any]:
        """The public keys, as a JSON Web Key Set."""
        return {"keys": [key.jwk for key in self._current().values()]}

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
        kid, key = next(iter(self._current().items()))
        return jwt.encode(claims, key.private, algorithm="ES256", headers={"kid": kid})

    async def verify(self, token: str) -> Person:
        """The person of a token; 401 for one that is forged, expired or not ours."""
        key = self._current().get(read_header(token).get("kid", ""))
        if key is None:
            raise not_signed_in("The token was signed with another key.")
        return read_person(token, key.public, "ES256", issuer=_ISSUER)

    def _current(self) -> dict[str, _Key]:
        version = _version(self._file)
        if self._file is not None and version != self._seen:
            self._seen = version
            try:
                self._keys = _read_keys(self._file.read_text(encoding="utf-8"))
            except (OSError, ValueError, TypeError, OperatorError) as exc:
                structlog.get_logger().error("the new signing keys are not used", reason=str(exc))
        return self._keys


def read_header(token: str) -> dict[str, str]:
    """The unchecked header of a token: it chooses among keys, nothing more. 401 when there is none."""
    try:
        header = jwt.get_unverified_header(token)
    except _FAULTS as exc:
        raise _not_valid() from exc
    return {name: value for name, value in header.items() if isinstance(value, str)}


def read_person(token: str, key: Any, algorithm: str, *, issuer: str) -> Person:
    """The person of a token that is signed with this key by this algorithm; 401 for all others."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=_AUDIENCE,
            issuer=issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )
        return Person(UUID(claims["sub"]), UUID(claims["session_id"]))
    except _FAULTS as exc:
        raise _not_valid() from exc


def _not_valid() -> DomainError:
    return not_signed_in("The token is not valid, or has expired.")


def _read_keys(pem: str) -> dict[str, _Key]:
    keys: dict[str, _Key] = {}
    for key in private_keys(pem):
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise OperatorError(
                "The signing key is not a P-256 key.", "Set DEVOS_JWT_PRIVATE_KEY_FILE to an ES256 key."
            )
        numbers = key.public_key().public_numbers()
        required = {"crv": "P-256", "kty": "EC", "x": _b64(numbers.x), "y": _b64(numbers.y)}
        # The key id is the thumbprint of RFC 7638: the required members, sorted, without white space.
        thumb = hashlib.sha256(json.dumps(required, sort_keys=True, separators=(",", ":")).encode()).digest()
        kid = urlsafe_b64encode(thumb).rstrip(b"=").decode()
        keys[kid] = _Key(key, key.public_key(), {**required, "use": "sig", "alg": "ES256", "kid": kid})
    return keys


def _version(file: Path | None) -> tuple[int, int] | None:
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns) if found else None


def _b64(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
