"""Signing in with GitHub: to its page, back with a state, on to the client with a code for it alone."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import structlog

from control_plane.db.pool import Database
from control_plane.domains.identity import github, queries
from control_plane.domains.identity.models import AuthSession, CodeExchange
from control_plane.domains.identity.service import require_allowance, start_session
from control_plane.http.tokens import TokenSigner
from control_plane.platform.errors import DomainError
from control_plane.platform.outgoing import OutgoingError
from control_plane.platform.process import reachable_host
from control_plane.platform.redirects import entries, is_allowed
from control_plane.platform.settings import Settings

# Why a sign-in did not work, by the code of the outcome: OAuth's word for it, and a sentence.
_REFUSALS = {
    "access_denied": ("access_denied", "GitHub was not allowed to say who you are."),
    "bad_oauth_state": (
        "invalid_request",
        "This sign-in was not begun here, was used before or took longer than ten minutes. Begin again.",
    ),
    "email_exists": (
        "access_denied",
        "There is an account with this e-mail whose owner never confirmed it. Ask an admin.",
    ),
    "flow_state_expired": ("invalid_request", "This sign-in took longer than ten minutes. Begin again."),
    "identity_already_exists": (
        "access_denied",
        "The account with this e-mail belongs to another GitHub user. Sign in another way, or ask an admin.",
    ),
    "provider_disabled": ("temporarily_unavailable", "Signing in with GitHub is not set up."),
    "provider_email_needs_verification": (
        "access_denied",
        "GitHub knows no verified primary e-mail of yours. Verify it there and begin again.",
    ),
    "signup_disabled": ("access_denied", "There is no account with this e-mail. Ask for an invitation."),
    "unexpected_failure": ("server_error", "GitHub did not say who you are. Try again in a moment."),
    "user_banned": ("access_denied", "This account is deactivated. Ask an admin."),
}
_CODE_REFUSALS = {
    "bad_code_verifier": "The code belongs to another client.",
    "flow_state_not_found": "The code is not valid, was used before, or has expired.",
}


async def begin(
    database: Database,
    settings: Settings,
    *,
    redirect_to: str | None,
    code_challenge: str,
    address: str | None,
) -> str:
    """Begin a sign-in; GitHub's page for the browser. 400 provider_disabled, redirect_not_allowed."""
    if not settings.github_login:
        raise DomainError(
            400,
            "provider_disabled",
            "Signing in with GitHub is not set up.",
            "Set DEVOS_GITHUB_CLIENT_ID and DEVOS_GITHUB_CLIENT_SECRET.",
        )
    home = _home(settings)
    back = redirect_to or home
    if not is_allowed(back, entries(home, settings.allowed_redirects)):
        raise DomainError(
            400,
            "redirect_not_allowed",
            "A sign-in may not come back to this address.",
            "Add it to DEVOS_ALLOWED_REDIRECTS.",
        )
    await require_allowance(database, "provider", address)
    state = secrets.token_urlsafe(32)
    await queries.begin_auth_flow(
        database,
        provider="github",
        state_hash=_sha256(state),
        redirect_to=back,
        code_challenge=code_challenge,
    )
    return github.authorize_url(
        settings,
        state=state,
        code_challenge=challenge(_verifier(settings, state)),
        redirect_uri=_callback(settings),
    )


async def finish(database: Database, settings: Settings, *, state: str, code: str, error: str) -> str:
    """The browser is back from GitHub; where it goes on to, with a code for the client or why not."""
    own_code = secrets.token_urlsafe(32)
    flow = await queries.take_auth_flow(database, _sha256(state), _sha256(own_code))
    if flow is None:
        return _refused(_home(settings), "bad_oauth_state")
    if error or not code:
        denied = error == "access_denied"
        return _refused(flow.redirect_to, "access_denied" if denied else "unexpected_failure")
    if not settings.github_login:
        return _refused(flow.redirect_to, "provider_disabled")
    try:
        person = await github.find_person(
            settings, code=code, code_verifier=_verifier(settings, state), redirect_uri=_callback(settings)
        )
    except OutgoingError as exc:
        structlog.get_logger().warning("a sign-in with GitHub failed", reason=str(exc))
        return _refused(flow.redirect_to, "unexpected_failure")
    entered = await queries.finish_auth_flow(
        database,
        _sha256(own_code),
        provider_id=person.id,
        email=person.email,
        profile={"user_name": person.login},
        open=settings.sign_up == "open",
    )
    if entered.outcome != "signed_in":
        return _refused(flow.redirect_to, entered.outcome)
    return _with(flow.redirect_to, code=own_code)


async def exchange(
    database: Database, signer: TokenSigner, sent: CodeExchange, *, user_agent: str, address: str | None
) -> AuthSession:
    """Trade a code for a session. 400 flow_state_not_found, 400 bad_code_verifier, 403 user_banned."""
    await require_allowance(database, "provider", address)
    traded = await queries.trade_auth_code(database, _sha256(sent.auth_code), challenge(sent.code_verifier))
    if traded.user_id is None:
        raise DomainError(400, traded.outcome, _CODE_REFUSALS[traded.outcome], "Begin the sign-in again.")
    await queries.return_allowance(database, "provider", address)
    return await start_session(database, signer, traded.user_id, user_agent=user_agent, address=address)


def challenge(verifier: str) -> str:
    """The S256 challenge of RFC 7636."""
    return urlsafe_b64encode(_sha256(verifier)).rstrip(b"=").decode()


def _verifier(settings: Settings, state: str) -> str:
    """Our own verifier towards GitHub: made again from the state, so that no database holds it."""
    assert settings.github_client_secret is not None
    key = settings.github_client_secret.get_secret_value().encode()
    return urlsafe_b64encode(hmac.digest(key, f"pkce {state}".encode(), "sha256")).rstrip(b"=").decode()


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _home(settings: Settings) -> str:
    return settings.public_url or f"{settings.scheme}://{reachable_host(settings.host)}:{settings.port}"


def _callback(settings: Settings) -> str:
    return f"{_home(settings)}/auth/v1/callback"


def _refused(address: str, code: str) -> str:
    error, sentence = _REFUSALS[code]
    return _with(address, error=error, error_code=code, error_description=sentence)


def _with(address: str, **members: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(members)}"
