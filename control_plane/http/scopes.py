"""What an API token may be made for, and what each route asks for; one that asks for nothing is no route."""

from __future__ import annotations

from typing import Literal, get_args

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

Scope = Literal[
    "agents:read",
    "agents:write",
    "events:read",
    "people:read",
    "people:write",
    "projects:read",
    "projects:write",
    "repositories:read",
    "repositories:write",
    "secrets:read",
    "secrets:write",
    "services:read",
    "services:write",
    "tasks:read",
    "tasks:write",
    "teams:read",
    "teams:write",
]
"""`<area>:read` or `<area>:write`. A signed-in person has them all; what a role may not do stays refused."""
SCOPES: tuple[Scope, ...] = get_args(Scope)

PUBLIC = {"scope": "public"}
"""`opt` of a route that anyone may call."""
ANYBODY = {"scope": "anybody"}
"""`opt` of a route for every valid credential."""
SESSION = {"scope": "session"}
"""`opt` of a route for a signed-in person alone: what it does must not be lent to a token."""
AGENT = {"scope": "agent"}
"""`opt` of a route for agents alone."""
AGENT_KEY = {"scope": "agent key"}
"""`opt` of a route for agents whose SQL checks the key, to save a trip."""
REGISTRATION = {"registration": True}
"""Joined to the `opt` of a route that a registration token reaches, too; no other route knows them."""

_KINDS = {opt["scope"] for opt in (PUBLIC, ANYBODY, SESSION, AGENT, AGENT_KEY)}


def scope(name: Scope) -> dict[str, str]:
    """`opt` of a route that an API token reaches with this scope, agents and people by their roles."""
    return {"scope": name}


def require_scopes(app: Litestar) -> None:
    """Refuse to build an app in which a route does not say who may call it."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            named = isinstance(handler, HTTPRouteHandler) and handler.opt.get("scope")
            if "OPTIONS" not in getattr(handler, "http_methods", ()) and named not in {*SCOPES, *_KINDS}:
                raise TypeError(f"{route.path}: {handler} declares no scope in its opt")
