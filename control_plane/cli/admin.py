"""`devos admin create`, `grant` and `reset-password`: what an operator can do when nobody can sign in."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from control_plane.cli.output import Data, Json, emit, say
from control_plane.platform.errors import OperatorError
from control_plane.platform.secrets import forget_initial_login
from control_plane.platform.settings import Settings, load_settings

if TYPE_CHECKING:
    from control_plane.domains.identity.admin import NewLogin

Email = Annotated[str, typer.Argument(help="E-mail of the account.", metavar="E-MAIL", show_default=False)]


class Role(StrEnum):
    """What a person may do, from least to most."""

    viewer = "viewer"
    supervisor = "supervisor"
    admin = "admin"


def create(email: Email, data: Data = None, as_json: Json = False) -> None:
    """Make an account with the role admin; its password is printed once.

    Example: `devos admin create ada@example.org`
    """
    from control_plane.domains.identity import admin

    settings = load_settings({"data": data})
    _refuse_supabase(settings, "Make the account there, then run `devos admin grant`.")
    made = asyncio.run(admin.create_admin(_dsn(settings), email))
    _show(made, as_json=as_json, role="admin")


def grant(
    email: Email,
    role: Annotated[Role, typer.Option("--role", help="The role to give.")] = Role.admin,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Give an account a role; it holds with the person's next request.

    Examples: `devos admin grant ada@example.org`, `devos admin grant ada@example.org --role supervisor`
    """
    from control_plane.domains.identity import admin

    asyncio.run(admin.grant_role(_dsn(load_settings({"data": data})), email, role.value))
    if as_json:
        emit({"email": email, "role": role.value})
    else:
        say(f"{escape(email)} has the role {role.value} now.")


def reset_password(email: Email, data: Data = None, as_json: Json = False) -> None:
    """Give an account a new password, printed once. Its sessions, API tokens and link to GitHub end.

    Example: `devos admin reset-password ada@example.org`
    """
    from control_plane.domains.identity import admin

    settings = load_settings({"data": data})
    _refuse_supabase(settings, "Reset the password there.")
    login, ended = asyncio.run(admin.reset_password(_dsn(settings), email))
    forget_initial_login(settings.data, email)
    _show(login, as_json=as_json, sessions_ended=ended.sessions, tokens_revoked=ended.tokens)


def _dsn(settings: Settings) -> str:
    from control_plane.cli.embedded import connected

    url = connected(settings, need="admin_database_url").admin_database_url
    assert url is not None
    return url.get_secret_value()


def _refuse_supabase(settings: Settings, hint: str) -> None:
    if settings.supabase_url is not None:
        raise OperatorError(f"The accounts of this devos are kept at {settings.supabase_url}.", hint)


def _show(login: NewLogin, *, as_json: bool, **facts: object) -> None:
    if as_json:
        emit({"email": login.email, "password": login.password, **facts})
        return
    say(f"{escape(login.email)}  [bold]{login.password}[/]")
    say("(shown once)")
    for name, value in facts.items():
        say(f"  {name.replace('_', ' ')}  {value}")
