"""Routes of signing in. `/auth/v1` has the shape that Supabase clients know."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

from litestar import Controller, Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.identity import oauth, queries, service
from control_plane.domains.identity.models import (
    AcceptInvitation,
    AuthSession,
    AuthSettings,
    CodeExchange,
    CreateInvitation,
    Credentials,
    Grant,
    Invitation,
    IssuedInvitation,
    RefreshToken,
    SignUp,
    UpdateUser,
    User,
)
from control_plane.domains.identity.passwords import Passwords
from control_plane.http.address import client_address
from control_plane.http.paging import Limit
from control_plane.http.scopes import PUBLIC, SESSION, scope
from control_plane.http.tokens import TokenSigner
from control_plane.platform.errors import DomainError
from control_plane.platform.keyring import Keyring
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings

_Request = Request[Any, Any, Any]


class _Origin(TypedDict):
    user_agent: str
    address: str | None


def _origin(request: _Request) -> _Origin:
    return {"user_agent": request.headers.get("user-agent", ""), "address": client_address(request)}


class AuthController(Controller):
    """Signing up, in and out."""

    path = "/auth/v1"
    tags = ("people",)

    @post("/signup", operation_id="signUp", status_code=200, security=[], opt=PUBLIC)
    async def sign_up(
        self,
        request: _Request,
        data: JSONBody[SignUp],
        database: NamedDependency[Database],
        signer: NamedDependency[TokenSigner],
        passwords: NamedDependency[Passwords],
        settings: NamedDependency[Settings],
    ) -> AuthSession:
        """Make an account and sign in. Where people come in by invitation, its token is `data.invitation`."""
        is_open = settings.sign_up == "open"
        return await service.sign_up(database, signer, passwords, data, is_open=is_open, **_origin(request))

    @post("/token", operation_id="signIn", status_code=200, security=[], opt=PUBLIC)
    async def sign_in(
        self,
        request: _Request,
        data: JSONBody[Grant],
        database: NamedDependency[Database],
        signer: NamedDependency[TokenSigner],
        passwords: NamedDependency[Passwords],
        keyring: NamedDependency[Keyring],
        grant_type: Annotated[
            Literal["password", "refresh_token", "pkce"],
            QueryParameter(description="How the caller proves who it is."),
        ],
    ) -> AuthSession:
        """Trade e-mail and password, a refresh token or a provider's code for a session of 30 days."""
        match grant_type, data.root:
            case "password", Credentials() as credentials:
                return await service.sign_in(database, signer, passwords, credentials, **_origin(request))
            case "refresh_token", RefreshToken() as token:
                address = client_address(request)
                return await service.refresh(database, signer, keyring, token.refresh_token, address=address)
            case "pkce", CodeExchange() as sent:
                return await oauth.exchange(database, signer, sent, **_origin(request))
            case _:
                raise DomainError(422, "invalid_request", f"The body does not fit grant_type={grant_type}.")

    @get("/user", operation_id="readUser", opt=SESSION)
    async def read_user(self, db: NamedDependency[Session]) -> User:
        """The signed-in person."""
        return await queries.read_account(db)

    @put("/user", operation_id="updateUser", opt=SESSION)
    async def update_user(
        self,
        request: _Request,
        data: JSONBody[UpdateUser],
        db: NamedDependency[Session],
        passwords: NamedDependency[Passwords],
        settings: NamedDependency[Settings],
    ) -> User:
        """Change one's own password or data. A new password ends all other sessions."""
        address = client_address(request)
        return await service.update_user(db, passwords, data, data_folder=settings.data, address=address)

    @post("/logout", operation_id="signOut", status_code=204, opt=SESSION)
    async def sign_out(
        self,
        db: NamedDependency[Session],
        end: Annotated[
            queries.SignOutScope,
            QueryParameter(name="scope", description="Which sessions end: all, this one, or all others."),
        ] = "global",
    ) -> None:
        """End sessions; their tokens are refused from now on."""
        await queries.close_session(db, end)

    @get("/settings", operation_id="readAuthSettings", security=[], opt=PUBLIC)
    async def read_settings(self, settings: NamedDependency[Settings]) -> AuthSettings:
        """Which ways in there are."""
        return service.auth_settings(settings)

    @get("/.well-known/jwks.json", operation_id="readJwks", security=[], opt=PUBLIC)
    async def read_jwks(self, signer: NamedDependency[TokenSigner]) -> dict[str, Any]:
        """The public keys that access tokens are checked with."""
        return signer.jwks


class InvitationController(Controller):
    """Asking people in."""

    path = "/api/invitations"
    tags = ("invitations",)

    @post(operation_id="createInvitation", opt=scope("people:write"))
    async def create_invitation(
        self, data: JSONBody[CreateInvitation], db: NamedDependency[Session]
    ) -> IssuedInvitation:
        """Ask somebody in. The token in the answer is shown once; hand it over yourself."""
        return await service.create_invitation(db, data)

    @get(operation_id="listInvitations", opt=scope("people:read"))
    async def list_invitations(
        self, db: NamedDependency[Session], limit: Limit = 50, cursor: FromQuery[UUID | None] = None
    ) -> Page[Invitation]:
        """The invitations of the caller's teams and projects, and its own; accepted and revoked ones too."""
        return await queries.list_invitations(db, limit=limit, cursor=cursor)

    @delete("/{invitation_id:uuid}", operation_id="revokeInvitation", opt=scope("people:write"))
    async def revoke_invitation(self, invitation_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Take an invitation back; its token lets nobody in from now on."""
        await queries.revoke_invitation(db, invitation_id)

    @post("/accept", operation_id="acceptInvitation", status_code=200, opt=SESSION)
    async def accept_invitation(
        self, data: JSONBody[AcceptInvitation], db: NamedDependency[Session]
    ) -> Invitation:
        """Come in by an invitation to one's own e-mail: raises the role, adds the membership."""
        return await service.accept_invitation(db, data.token)
