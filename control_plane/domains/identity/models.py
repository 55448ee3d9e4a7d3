"""People and sessions as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Discriminator, Field, RootModel, Tag

from control_plane.platform.model import Body, Json, Model

Email = Annotated[str, Field(min_length=1, max_length=320)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]


class Captcha(Body):
    """What Supabase clients send along. We ask for no captcha."""

    captcha_token: Annotated[str | None, Field(max_length=10_000)] = None


class Credentials(Body):
    """E-mail and password."""

    email: Email
    password: Password
    data: Json = {}
    gotrue_meta_security: Captcha | None = None


class SignUp(Credentials):
    """A new account. `data` is kept as the person's own; `data.invitation` is the token of an invitation."""

    code_challenge: str | None = None
    code_challenge_method: str | None = None
    channel: str | None = None


class RefreshToken(Body):
    """The refresh token of a session."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=1024)]


_Verifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]


class CodeExchange(Body):
    """The code of a sign-in by way of a provider, and what its challenge was made from."""

    auth_code: Annotated[str, Field(min_length=1, max_length=200)]
    code_verifier: _Verifier


def _grant(sent: object) -> str:
    # By what it holds, so that what is missing is named for the body that was meant.
    for grant, member, model in (
        ("refresh_token", "refresh_token", RefreshToken),
        ("pkce", "auth_code", CodeExchange),
    ):
        if member in sent if isinstance(sent, dict) else isinstance(sent, model):
            return grant
    return "password"


class Grant(
    RootModel[
        Annotated[
            Annotated[Credentials, Tag("password")]
            | Annotated[RefreshToken, Tag("refresh_token")]
            | Annotated[CodeExchange, Tag("pkce")],
            Discriminator(_grant),
        ]
    ]
):
    """How the caller proves who it is."""


class UpdateUser(Body):
    """What a person changes about itself. `data` is merged into what is kept; a null takes a member away."""

    email: Email | None = None
    password: Password | None = None
    current_password: Password | None = None
    data: Json = {}
    code_challenge: str | None = None
    code_challenge_method: str | None = None


class Identity(Model):
    """A person's account at a provider."""

    identity_id: UUID
    id: str
    user_id: UUID
    provider: str
    identity_data: Json
    last_sign_in_at: datetime | None
    created_at: datetime
    updated_at: datetime


class User(Model):
    """A person, in the shape that Supabase clients know. `role` is not the one on this platform."""

    id: UUID
    aud: str
    role: str
    email: str
    phone: str
    email_confirmed_at: datetime | None
    confirmed_at: datetime | None
    last_sign_in_at: datetime | None
    app_metadata: Json
    user_metadata: Json
    identities: list[Identity]
    created_at: datetime
    updated_at: datetime
    is_anonymous: bool


class AuthSession(Model):
    """A session, in the shape that Supabase clients know; times in seconds."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105
    expires_in: int
    expires_at: int
    refresh_token: str
    user: User


class Login(Model):
    """What signing in needs to know of a person."""

    id: UUID
    email: str
    encrypted_password: str | None


class OpenedSession(Model):
    """A living session and what its next access token says; times in Unix seconds of the database's clock."""

    session_id: UUID
    issued_at: int
    expires_at: int
    user: User


class RefreshedSession(Model):
    """What became of a refresh token."""

    outcome: Literal["refreshed", "reused", "unknown"]
    session: OpenedSession | None


class ExternalProviders(Model):
    """Which ways in there are."""

    email: bool
    github: bool


class AuthSettings(Model):
    """How people come in, in the shape that Supabase clients know."""

    external: ExternalProviders
    disable_signup: bool
    sign_up: Literal["invite", "open"]


AppRole = Literal["viewer", "supervisor", "admin"]
"""What a person may do, on the whole platform."""


class CreateInvitation(Body):
    """Whom to ask in, as what, and where to."""

    email: Email
    role: AppRole = "viewer"
    team_id: UUID | None = None
    project_id: UUID | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=30)] = 7


class AcceptInvitation(Body):
    """The token of an invitation."""

    token: Annotated[str, Field(pattern=r"^devos_inv_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$")]


class Invitation(Model):
    """Somebody who was asked to come in."""

    id: UUID
    email: str
    role: AppRole
    team_id: UUID | None
    project_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: UUID | None
    revoked_at: datetime | None


class IssuedInvitation(Model):
    """A new invitation with its token, which is shown once."""

    invitation: Invitation
    token: str


class AuthFlow(Model):
    """A sign-in whose browser has come back from the provider."""

    provider: str
    redirect_to: str


class Entered(Model):
    """Whether an identity at a provider opens an account: signed_in, or why not."""

    outcome: str


class TradedCode(Model):
    """Whether a code was traded: traded, or why not."""

    outcome: str
    user_id: UUID | None


class PasswordReset(Model):
    """How many other ways into an account ended with its old password."""

    sessions: int
    tokens: int
    identities: int
