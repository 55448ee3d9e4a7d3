"""Routes that a browser walks through to sign in with GitHub, at the addresses of Supabase's clients."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect

from control_plane.db.pool import Database
from control_plane.domains.identity import oauth
from control_plane.http.address import client_address
from control_plane.http.scopes import PUBLIC
from control_plane.platform.settings import Settings

# Addresses that carry a code or a state: kept nowhere, and told to no other site.
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@get(
    "/auth/v1/authorize",
    operation_id="authorize",
    tags=["people"],
    status_code=302,
    security=[],
    opt=PUBLIC,
)
async def authorize(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    provider: Annotated[Literal["github"], QueryParameter(description="Who says who it is.")],
    code_challenge: Annotated[
        str,
        QueryParameter(
            pattern=r"^[A-Za-z0-9_-]{43}$", max_length=43, description="SHA-256 of the client's verifier."
        ),
    ],
    code_challenge_method: Annotated[Literal["s256", "S256"], QueryParameter(description="Only S256.")],
    redirect_to: Annotated[
        str | None, QueryParameter(description="Where the browser comes back to; must be allowed.")
    ] = None,
    scopes: Annotated[
        str | None, QueryParameter(description="Ignored: devos asks for the profile and e-mail alone.")
    ] = None,
) -> Redirect:
    """Send the browser to GitHub; it comes back to `redirect_to` with a `code`, or an `error`."""
    url = await oauth.begin(
        database,
        settings,
        redirect_to=redirect_to,
        code_challenge=code_challenge,
        address=client_address(request),
    )
    return Redirect(url, status_code=302, headers=_HEADERS)


@get(
    "/auth/v1/callback",
    operation_id="oauthCallback",
    tags=["people"],
    status_code=302,
    security=[],
    opt=PUBLIC,
)
async def callback(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    flow: Annotated[str, QueryParameter(name="state", description="What the sign-in is known by.")] = "",
    code: FromQuery[str] = "",
    error: FromQuery[str] = "",
) -> Redirect:
    """Where GitHub sends the browser back to; it goes on to `redirect_to` with a `code` or an `error`."""
    url = await oauth.finish(database, settings, state=flow, code=code, error=error)
    return Redirect(url, status_code=302, headers=_HEADERS)


HANDLERS = [authorize, callback]
