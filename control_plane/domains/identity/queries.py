"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import Session
from control_plane.domains.identity.models import (
    AuthFlow,
    CreateInvitation,
    Entered,
    Invitation,
    Login,
    OpenedSession,
    PasswordReset,
    RefreshedSession,
    TradedCode,
    UpdateUser,
    User,
)
from control_plane.http.credentials import Token
from control_plane.platform.model import Page

Action = Literal["sign_in", "sign_up", "refresh", "provider"]
"""What has an allowance."""
SignOutScope = Literal["global", "local", "others"]


async def find_login(database: Database, email: str) -> Login | None:
    """What is needed to check a password; None for an unknown e-mail."""
    rows = await database.call(Call("private.find_login", email=email))
    return Login.model_validate(read_json(rows[0])) if rows else None


async def open_session(
    database: Database,
    user_id: UUID,
    refresh_token: str,
    user_agent: str,
    address: str | None,
    encrypted_password: str | None,
) -> OpenedSession | None:
    """Open a session; None for a person who is banned or gone, or has another password by now."""
    call = Call(
        "private.open_session",
        user_id=user_id,
        refresh_token=refresh_token,
        user_agent=user_agent,
        ip=address,
        encrypted_password=encrypted_password,
    )
    rows = await database.call(call)
    return OpenedSession.model_validate(read_json(rows[0])) if rows else None


async def read_account(db: Session) -> User:
    """The caller."""
    return await db.one(User, "read_account")


async def change_account(db: Session, changes: UpdateUser, encrypted_password: str | None) -> User:
    """Change what is kept about the caller, and its password unless the hash is None."""
    return await db.one(
        User, "change_account", email=changes.email, data=changes.data, encrypted_password=encrypted_password
    )


async def refresh_session(database: Database, token: str, following: str) -> RefreshedSession:
    """Trade a refresh token for the next one, both by their hashes."""
    rows = await database.call(Call("private.refresh_session", token=token, next=following))
    return RefreshedSession.model_validate(read_json(rows[0]))


async def close_session(db: Session, scope: SignOutScope) -> None:
    """End sessions of the caller."""
    await db.value("close_session", scope=scope)


async def sign_up(
    database: Database,
    *,
    email: str,
    encrypted_password: str,
    data: dict[str, Any],
    is_open: bool,
    invitation: Token | None,
) -> UUID:
    """Make an account."""
    call = Call(
        "private.sign_up",
        email=email,
        encrypted_password=encrypted_password,
        data=data,
        open=is_open,
        invitation_id=invitation.id if invitation else None,
        invitation_hash=invitation.hash if invitation else None,
    )
    return UUID(read_json((await database.call(call))[0]))


async def take_allowance(database: Database, action: Action, address: str | None, email: str | None) -> int:
    """Take one try; 0, or how many seconds to wait for it."""
    call = Call("private.take_allowance", action=action, email=email, address=address)
    return int((await database.call(call))[0])


async def return_allowance(
    database: Database, action: Action, address: str | None, email: str | None = None
) -> None:
    """Give back a try that succeeded."""
    await database.call(Call("private.return_allowance", action=action, email=email, address=address))


async def create_invitation(
    db: Session, invitation: CreateInvitation, *, token_id: str, token_hash: bytes
) -> Invitation:
    """Ask somebody in, under the hash of the token."""
    return await db.once(
        Invitation,
        "create_invitation",
        email=invitation.email,
        role=invitation.role,
        team_id=invitation.team_id,
        project_id=invitation.project_id,
        expires_in_days=invitation.expires_in_days,
        token_id=token_id,
        token_hash=token_hash,
    )


async def list_invitations(db: Session, *, limit: int, cursor: UUID | None) -> Page[Invitation]:
    """The invitations the caller sees."""
    return await db.page(Invitation, "list_invitations", "id", limit=limit, after=cursor)


async def revoke_invitation(db: Session, invitation_id: UUID) -> None:
    """Take an invitation back."""
    await db.value("revoke_invitation", id=invitation_id)


async def accept_invitation(db: Session, *, token_id: str, token_hash: bytes) -> Invitation:
    """Come in by the invitation of this token."""
    return await db.one(Invitation, "accept_invitation", token_id=token_id, token_hash=token_hash)


async def ensure_admin(database: Database, email: str, encrypted_password: str) -> bool:
    """Make the first person, an admin; False when there are people already."""
    call = Call("private.ensure_admin", email=email, encrypted_password=encrypted_password)
    return (await database.call(call))[0] == "true"


async def is_unclaimed(database: Database) -> bool:
    """Whether nobody has an account yet."""
    return (await database.call(Call("private.is_unclaimed")))[0] == "true"


async def create_admin(database: Database, email: str, encrypted_password: str) -> str:
    """Make a further admin: created, exists or invalid_email."""
    call = Call("private.create_admin", email=email, encrypted_password=encrypted_password)
    return str(read_json((await database.call(call))[0]))


async def grant_role(database: Database, email: str, role: str) -> str:
    """Give a person a role: granted, unknown, unconfirmed or last_admin."""
    return str(read_json((await database.call(Call("private.grant_role", email=email, role=role)))[0]))


async def reset_password(database: Database, email: str, encrypted_password: str) -> PasswordReset | None:
    """Give a person a new password and end every other way in; None for an unknown e-mail."""
    call = Call("private.reset_password", email=email, encrypted_password=encrypted_password)
    rows = await database.call(call)
    return PasswordReset.model_validate(read_json(rows[0])) if rows else None


async def begin_auth_flow(
    database: Database, *, provider: str, state_hash: bytes, redirect_to: str, code_challenge: str
) -> None:
    """Note a sign-in that goes to a provider."""
    flow = {"provider": provider, "redirect_to": redirect_to, "code_challenge": code_challenge}
    await database.call(Call("private.begin_auth_flow", state_hash=state_hash, **flow))


async def take_auth_flow(database: Database, state_hash: bytes, code_hash: bytes) -> AuthFlow | None:
    """The sign-in of a state, once; None for a state that is unknown, used or late."""
    rows = await database.call(Call("private.take_auth_flow", state_hash=state_hash, code_hash=code_hash))
    return AuthFlow.model_validate(read_json(rows[0])) if rows else None


async def finish_auth_flow(
    database: Database,
    code_hash: bytes,
    *,
    provider_id: str,
    email: str | None,
    profile: Mapping[str, str],
    open: bool,  # noqa: A002
) -> Entered:
    """Say who the provider says it is; `email` only if the provider verified it."""
    person = {"provider_id": provider_id, "email": email, "profile": profile, "open": open}
    rows = await database.call(Call("private.finish_auth_flow", code_hash=code_hash, **person))
    return Entered.model_validate(read_json(rows[0]))


async def trade_auth_code(database: Database, code_hash: bytes, code_challenge: str) -> TradedCode:
    """Trade a code, once, for the person who signed in."""
    call = Call("private.trade_auth_code", code_hash=code_hash, code_challenge=code_challenge)
    return TradedCode.model_validate(read_json((await database.call(call))[0]))
