"""Signing in, and the first admin: steps with work outside Postgres."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from control_plane.db.pool import Database
from control_plane.domains.identity import queries
from control_plane.domains.identity.models import AccessToken, Credentials, User
from control_plane.http.tokens import TokenSigner
from control_plane.platform.errors import DomainError

# Fits no password. Verified for an unknown e-mail and for a person without one, so that both take as long.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"


@dataclass(frozen=True)
class NewAdmin:
    """The login of a new installation; the password is known here only, once."""

    email: str
    password: str


async def sign_in(
    database: Database, signer: TokenSigner, credentials: Credentials, *, user_agent: str, address: str | None
) -> AccessToken:
    """Check the password and open a session. 400 invalid_credentials, the same for an unknown e-mail."""
    login = await queries.find_login(database, credentials.email)
    stored = (login and login.encrypted_password) or _NOBODY
    matches = await asyncio.to_thread(_matches, stored, credentials.password)
    if login is None or login.encrypted_password is None or not matches:
        raise DomainError(
            400, "invalid_credentials", "The e-mail or the password is wrong.", "Check both and try again."
        )
    opened = await queries.open_session(database, login.id, user_agent, address)
    token = signer.sign(
        login.id,
        opened.session_id,
        issued_at=opened.issued_at,
        expires_at=opened.expires_at,
        email=login.email,
    )
    return AccessToken(
        access_token=token,
        expires_in=opened.expires_at - opened.issued_at,
        expires_at=opened.expires_at,
        user=User(id=login.id, email=login.email),
    )


async def ensure_admin(dsn: str, email: str = "admin@devos.local") -> NewAdmin | None:
    """Make the admin of an empty installation with a new password; None when there are people already."""
    database = Database(dsn, name="devos admin", size=1)
    await database.open()
    try:
        admin = NewAdmin(email, secrets.token_urlsafe(18))
        hashed = await asyncio.to_thread(PasswordHasher().hash, admin.password)
        return admin if await queries.ensure_admin(database, email, hashed) else None
    finally:
        await database.close()


def _matches(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
