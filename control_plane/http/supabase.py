"""Accounts that a Supabase project keeps: its access tokens are checked with its keys, its sessions in SQL.

The keys are cached. While they cannot be fetched, tokens of known keys go on working, and a token of any
other key is answered 503: nobody can say now whether it is good.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any, cast

import jwt
import structlog
from litestar import Controller, HttpMethod, route
from litestar.di import NamedDependency

from control_plane.http.scopes import PUBLIC
from control_plane.http.tokens import Person, not_signed_in, read_header, read_person
from control_plane.platform.errors import DomainError
from control_plane.platform.outgoing import OutgoingError, fetch
from control_plane.platform.settings import Settings

# The kinds of keys that Supabase offers, each with its one algorithm.
_ALGORITHMS = {("EC", "P-256"): "ES256", ("RSA", ""): "RS256", ("OKP", "Ed25519"): "EdDSA"}
_FRESH_SECONDS = 600.0
_PAUSE_SECONDS = 30.0


@dataclass(frozen=True)
class _Key:
    key: Any
    algorithm: str


class SupabaseTokens:
    """Checks access tokens of a Supabase project."""

    def __init__(self, url: str, secret: str | None = None) -> None:
        self._issuer = f"{url}/auth/v1"
        self._secret = secret
        self._keys: dict[str, _Key] = {}
        self._asked_at = self._told_at = float("-inf")
        self._asking = asyncio.Lock()

    async def verify(self, token: str) -> Person:
        """The person of a token; 401 for one that is forged, expired or of another project."""
        header = read_header(token)
        if header.get("alg") == "HS256":
            # The secret checks HS256 and nothing else does: a public key is never a secret.
            if self._secret is None:
                raise not_signed_in("The token was signed with another key.")
            return read_person(token, self._secret, "HS256", issuer=self._issuer)
        key = await self._find(header.get("kid", ""))
        return read_person(token, key.key, key.algorithm, issuer=self._issuer)

    async def _find(self, kid: str) -> _Key:
        known = self._keys.get(kid)
        # Of those who find the keys old, one asks and the others go on.
        if known is None or (self._is_old() and not self._asking.locked()):
            async with self._asking:
                await self._ask(kid)
            known = self._keys.get(kid)
        if known is not None:
            return known
        if self._told_at < self._asked_at:
            raise _unavailable()
        raise not_signed_in("The token was signed with another key.")

    def _is_old(self) -> bool:
        return time.monotonic() - self._told_at > _FRESH_SECONDS

    async def _ask(self, kid: str) -> None:
        """Fetch the keys, unless that was tried a moment ago: forged key ids must not become a flood."""
        known = kid in self._keys and not self._is_old()
        if known or time.monotonic() - self._asked_at < _PAUSE_SECONDS:
            return
        self._asked_at = time.monotonic()
        try:
            told = await fetch("GET", f"{self._issuer}/.well-known/jwks.json")
            self._keys = _read_keys(told)
            self._told_at = time.monotonic()
        except (OutgoingError, ValueError) as exc:
            structlog.get_logger().warning("the keys of Supabase cannot be fetched", reason=str(exc))


def _read_keys(text: bytes) -> dict[str, _Key]:
    try:
        keys = cast("list[dict[str, Any]]", json.loads(text)["keys"])
        known = [(jwk, _ALGORITHMS.get((jwk.get("kty", ""), jwk.get("crv", "")))) for jwk in keys]
        return {
            jwk["kid"]: _Key(jwt.PyJWK(jwk, algorithm).key, algorithm)
            for jwk, algorithm in known
            if algorithm and jwk.get("alg", algorithm) == algorithm and jwk.get("use", "sig") == "sig"
        }
    except (KeyError, TypeError, AttributeError, RecursionError, jwt.PyJWTError) as exc:
        raise ValueError("no JSON Web Key Set") from exc


def _unavailable() -> DomainError:
    return DomainError(
        503,
        "identity_provider_unavailable",
        "The keys of Supabase cannot be fetched, so this token cannot be checked.",
        "Try again in a moment.",
        headers={"Retry-After": "5"},
    )


_METHODS = [method for method in HttpMethod if method is not HttpMethod.OPTIONS]


class ManagedController(Controller):
    """In place of all routes for people's accounts: those are at Supabase."""

    path = "/auth/v1"

    @route(
        ["/", "/{rest:path}"], http_method=_METHODS, opt=PUBLIC, include_in_schema=False, sync_to_thread=False
    )
    def refuse(self, settings: NamedDependency[Settings]) -> None:
        """Say where to go."""
        raise DomainError(
            404,
            "managed_by_supabase",
            "The accounts of this devos are kept by Supabase.",
            f"Sign in at {settings.supabase_url}/auth/v1 and send its access token.",
        )
