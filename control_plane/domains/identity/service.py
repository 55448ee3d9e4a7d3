"""Signing up, in and out: steps with work outside Postgres."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path
from uuid import UUID

from anyio import to_thread

from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.identity import queries
from control_plane.domains.identity.models import (
    AuthSession,
    AuthSettings,
    CreateInvitation,
    Credentials,
    ExternalProviders,
    Invitation,
    IssuedInvitation,
    OpenedSession,
    SignUp,
    UpdateUser,
    User,
)
from control_plane.domains.identity.passwords import Passwords
from control_plane.domains.identity.queries import Action
from control_plane.http.credentials import new_token, parse_token
from control_plane.http.tokens import TokenSigner
from control_plane.platform.errors import DomainError
from control_plane.platform.keyring import Keyring
from control_plane.platform.secrets import forget_initial_login
from control_plane.platform.settings import Settings

_SHORTEST_PASSWORD = 8
_FEWEST_CHARACTERS = 5


async def start_session(
    database: Database, signer: TokenSigner, user_id: UUID, *, user_agent: str, address: str | None
) -> AuthSession:
    """A session of a person who has shown who they are. 403 user_banned for one who is banned or gone."""
    session = await _start(database, signer, user_id, user_agent=user_agent, address=address)
    if session is None:
        raise DomainError(403, "user_banned", "This account is closed.", "Ask an admin.")
    return session


async def _start(
    database: Database,
    signer: TokenSigner,
    user_id: UUID,
    *,
    user_agent: str,
    address: str | None,
    encrypted_password: str | None = None,
) -> AuthSession | None:
    token = secrets.token_urlsafe(32)
    opened = await queries.open_session(
        database, user_id, _digest(token), user_agent, address, encrypted_password
    )
    return _session(signer, opened, token) if opened else None


def _session(signer: TokenSigner, opened: OpenedSession, refresh_token: str) -> AuthSession:
    access_token = signer.sign(
        opened.user.id,
        opened.session_id,
        issued_at=opened.issued_at,
        expires_at=opened.expires_at,
        email=opened.user.email,
    )
    return AuthSession(
        access_token=access_token,
        expires_in=opened.expires_at - opened.issued_at,
        expires_at=opened.expires_at,
        refresh_token=refresh_token,
        user=opened.user,
    )


async def sign_in(
    database: Database,
    signer: TokenSigner,
    passwords: Passwords,
    credentials: Credentials,
    *,
    user_agent: str,
    address: str | None,
) -> AuthSession:
    """Check the password and open a session. 400 invalid_credentials, the same for an unknown e-mail."""
    await require_allowance(database, "sign_in", address, credentials.email)
    login = await queries.find_login(database, credentials.email)
    kept = login.encrypted_password if login else None
    session = None
    if await passwords.fits(kept, credentials.password) and login is not None:
        session = await _start(
            database, signer, login.id, user_agent=user_agent, address=address, encrypted_password=kept
        )
    if session is None:
        raise _invalid_credentials()
    await queries.return_allowance(database, "sign_in", address, credentials.email)
    return session


async def refresh(
    database: Database, signer: TokenSigner, keyring: Keyring, token: str, *, address: str | None
) -> AuthSession:
    """Trade a refresh token for the next one. 400 refresh_token_not_found, 400 refresh_token_already_used."""
    await require_allowance(database, "refresh", address)
    following = _following(keyring, token)
    refreshed = await queries.refresh_session(database, _digest(token), _digest(following))
    if refreshed.session is None:
        code, message = _NOT_REFRESHED[refreshed.outcome]
        raise DomainError(400, code, message, "Sign in again.")
    await queries.return_allowance(database, "refresh", address)
    return _session(signer, refreshed.session, following)


_NOT_REFRESHED = {
    "unknown": ("refresh_token_not_found", "This refresh token is not known, or its session has ended."),
    "reused": (
        "refresh_token_already_used",
        "This refresh token was used before, so its session has ended: somebody else may have it.",
    ),
}


async def sign_up(
    database: Database,
    signer: TokenSigner,
    passwords: Passwords,
    wanted: SignUp,
    *,
    is_open: bool,
    user_agent: str,
    address: str | None,
) -> AuthSession:
    """Make an account and open its first session."""
    _require_strength(wanted.password, wanted.email)
    await require_allowance(database, "sign_up", address)
    sent = wanted.data.get("invitation")
    token = parse_token(sent) if isinstance(sent, str) else None
    if sent is not None and (token is None or token.kind != "inv"):
        raise DomainError(403, "invitation_not_valid", "This is no invitation.", "Ask for a new one.")
    user_id = await queries.sign_up(
        database,
        email=wanted.email,
        encrypted_password=await passwords.hash(wanted.password),
        # The token is a secret, and nothing to keep about a person.
        data={name: value for name, value in wanted.data.items() if name != "invitation"},
        is_open=is_open,
        invitation=token,
    )
    return await start_session(database, signer, user_id, user_agent=user_agent, address=address)


async def update_user(
    db: Session, passwords: Passwords, changes: UpdateUser, *, data_folder: Path, address: str | None
) -> User:
    """Change the caller's own account. A new password ends all its other sessions."""
    me = await queries.read_account(db)
    if changes.password is None:
        return await queries.change_account(db, changes, None)
    await _require_new_password(db.database, passwords, changes, me, address)
    hashed = await passwords.hash(changes.password)
    changed = await queries.change_account(db, changes, hashed)
    await to_thread.run_sync(forget_initial_login, data_folder, me.email)
    return changed


async def _require_new_password(
    database: Database, passwords: Passwords, changes: UpdateUser, me: User, address: str | None
) -> None:
    assert changes.password is not None
    _require_strength(changes.password, me.email)
    # Each check costs as a sign-in does, or a stolen session could try passwords without end.
    await require_allowance(database, "sign_in", address, me.email)
    login = await queries.find_login(database, me.email)
    kept = login.encrypted_password if login else None
    if kept is not None and changes.current_password is None:
        raise DomainError(
            400,
            "current_password_required",
            "A new password needs the current one.",
            "Send it as current_password.",
        )
    if changes.current_password is not None and not await passwords.fits(kept, changes.current_password):
        raise DomainError(400, "invalid_credentials", "The current password is wrong.", "Try again.")
    if await passwords.fits(kept, changes.password):
        raise DomainError(
            422, "same_password", "The new password is the one that is in use.", "Choose another."
        )


async def create_invitation(db: Session, invitation: CreateInvitation) -> IssuedInvitation:
    """Ask somebody in; the token in the answer is not stored anywhere."""
    token = new_token("inv")
    made = await queries.create_invitation(db, invitation, token_id=token.id, token_hash=token.hash)
    return IssuedInvitation(invitation=made, token=token.text)


async def accept_invitation(db: Session, text: str) -> Invitation:
    """Come in by an invitation to the caller's own e-mail."""
    token = parse_token(text)
    assert token is not None, "the body says what a token looks like"
    return await queries.accept_invitation(db, token_id=token.id, token_hash=token.hash)


def auth_settings(settings: Settings) -> AuthSettings:
    """What a page that lets people sign in asks first."""
    return AuthSettings(
        external=ExternalProviders(email=True, github=settings.github_login),
        disable_signup=settings.sign_up != "open",
        sign_up=settings.sign_up,
    )


async def require_allowance(
    database: Database, action: Action, address: str | None, email: str | None = None
) -> None:
    """Take one try of an action. 429 over_request_rate_limit when there is none left."""
    seconds = await queries.take_allowance(database, action, address, email)
    if seconds > 0:
        raise DomainError(
            429,
            "over_request_rate_limit",
            f"Too many tries. Wait {seconds} seconds.",
            "Wait, then try again.",
            headers={"Retry-After": str(seconds)},
        )


def _invalid_credentials() -> DomainError:
    return DomainError(
        400, "invalid_credentials", "The e-mail or the password is wrong.", "Check both and try again."
    )


def _require_strength(password: str, email: str) -> None:
    reasons: list[str] = []
    if len(password) < _SHORTEST_PASSWORD:
        reasons.append("length")
    if len(set(password)) < _FEWEST_CHARACTERS or password.lower() in email.lower():
        reasons.append("characters")
    if reasons:
        raise DomainError(
            422,
            "weak_password",
            f"A password has at least {_SHORTEST_PASSWORD} characters, {_FEWEST_CHARACTERS} different ones, "
            "and is not part of the e-mail.",
            "Choose a longer one.",
            extra={"weak_password": {"reasons": reasons}},
        )


def _following(keyring: Keyring, token: str) -> str:
    """The next refresh token: it follows from this one, and only we can tell how."""
    key = keyring.derive(b"refresh tokens")
    made = hmac.new(key, token.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
