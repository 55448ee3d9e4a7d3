"""Accounts as the operator handles them, with the deployer's database URL and no session."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from control_plane.db.pool import Database
from control_plane.domains.identity import queries
from control_plane.domains.identity.models import PasswordReset
from control_plane.domains.identity.passwords import Passwords
from control_plane.platform.errors import OperatorError

_REFUSALS = {
    "exists": ("There is an account {email} already.", "Make it an admin with `devos admin grant {email}`."),
    "invalid_email": ("{email} is no e-mail address.", "Write it like ada@example.org."),
    "unknown": ("There is no account {email}.", "Make one with `devos admin create {email}`."),
    "unconfirmed": (
        "Whoever made the account {email} has never shown that the e-mail is theirs.",
        "Take it over first with `devos admin reset-password {email}`.",
    ),
    "last_admin": ("{email} is the last admin.", "Make another admin first."),
}


@dataclass(frozen=True)
class NewLogin:
    """A login whose password was just made; it is known here only, once."""

    email: str
    password: str


async def ensure_admin(
    dsn: str, keep: Callable[[NewLogin], None], email: str = "admin@devos.local"
) -> NewLogin | None:
    """Make the admin of an empty installation with a new password; None when there are people already.

    `keep` writes the login down before the account is there: who is killed in between begins again, and is
    not left with an account whose password nobody knows.
    """
    async with _deployer(dsn) as database:
        if not await queries.is_unclaimed(database):
            return None
        admin, hashed = await _new_login(email)
        keep(admin)
        return admin if await queries.ensure_admin(database, email, hashed) else None


async def create_admin(dsn: str, email: str) -> NewLogin:
    """Make a further admin with a new password."""
    async with _deployer(dsn) as database:
        admin, hashed = await _new_login(email)
        _require(await queries.create_admin(database, email, hashed), email)
        return admin


async def grant_role(dsn: str, email: str, role: str) -> None:
    """Give a person a role."""
    async with _deployer(dsn) as database:
        _require(await queries.grant_role(database, email, role), email)


async def reset_password(dsn: str, email: str) -> tuple[NewLogin, PasswordReset]:
    """Give a person a new password, and end every other way into the account."""
    async with _deployer(dsn) as database:
        login, hashed = await _new_login(email)
        ended = await queries.reset_password(database, email, hashed)
        if ended is None:
            raise _refusal("unknown", email)
        return login, ended


def _require(outcome: str, email: str) -> None:
    if outcome in _REFUSALS:
        raise _refusal(outcome, email)


def _refusal(outcome: str, email: str) -> OperatorError:
    message, hint = _REFUSALS[outcome]
    return OperatorError(message.format(email=email), hint.format(email=email))


async def _new_login(email: str) -> tuple[NewLogin, str]:
    login = NewLogin(email, secrets.token_urlsafe(18))
    return login, await Passwords().hash(login.password)


@asynccontextmanager
async def _deployer(dsn: str) -> AsyncGenerator[Database]:
    database = Database(dsn, name="devos admin", size=1)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
