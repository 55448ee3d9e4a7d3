"""Routes of signing in. `/auth/v1` has the shape that Supabase clients know."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from control_plane.db.caller import Caller
from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.identity import queries, service
from control_plane.domains.identity.models import AccessToken, Credentials, User
from control_plane.http.scopes import PUBLIC, SESSION
from control_plane.http.tokens import TokenSigner, not_signed_in


class AuthController(Controller):
    """Signing in and out."""

    path = "/auth/v1"
    tags = ("people",)

    @post("/token", operation_id="signIn", status_code=200, security=[], opt=PUBLIC)
    async def sign_in(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[Credentials],
        database: NamedDependency[Database],
        signer: NamedDependency[TokenSigner],
        grant_type: Annotated[
            Literal["password"], QueryParameter(description="How the caller proves who it is.")
        ],
    ) -> AccessToken:
        """Trade e-mail and password for an access token that lives ten minutes."""
        return await service.sign_in(
            database,
            signer,
            data,
            user_agent=request.headers.get("user-agent", ""),
            address=request.client.host if request.client else None,
        )

    @get("/user", operation_id="readUser", opt=SESSION)
    async def read_user(self, caller: NamedDependency[Caller], database: NamedDependency[Database]) -> User:
        """The signed-in person."""
        if caller.user_id is None or caller.session_id is None:
            raise not_signed_in("This needs a signed-in person.")
        user = await queries.read_user(database, caller.user_id, caller.session_id)
        if user is None:
            raise not_signed_in("The session has ended.")
        return user

    @post("/logout", operation_id="signOut", status_code=204, opt=SESSION)
    async def sign_out(self, db: NamedDependency[Session]) -> None:
        """End this session; its token is refused from now on."""
        await queries.close_session(db)

    @get("/.well-known/jwks.json", operation_id="readJwks", security=[], opt=PUBLIC)
    async def read_jwks(self, signer: NamedDependency[TokenSigner]) -> dict[str, Any]:
        """The public keys that access tokens are checked with."""
        return signer.jwks
