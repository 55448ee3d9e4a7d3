"""`devos users`."""

from __future__ import annotations

from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Json, Limit, Role, Url, UserId
from devos_sdk._cli.output import show, show_page
from devos_sdk._cli.session import connected

users = typer.Typer(no_args_is_help=True, help="People and what they may do.")
AREAS = {"users": users}


@users.command("list")
def list_users(limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show people who share a team or a project with you; an admin sees all.

    Examples: `devos users list`, `devos users list --json`
    """
    with connected(url, as_json) as devos:
        show_page(devos.users.list(limit=limit, cursor=cursor), as_json)


@users.command("role")
def set_role(
    user: UserId,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.", show_default=False)],
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Give a person another role. It holds from their next request.

    Example: `devos users role $PERSON supervisor`
    """
    with connected(url, as_json) as devos:
        show(devos.users.set_role(str(user), role), as_json)


@users.command()
def activate(user: UserId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Let a person in again.

    Example: `devos users activate $PERSON`
    """
    with connected(url, as_json) as devos:
        show(devos.users.activate(str(user)), as_json)


@users.command()
def deactivate(user: UserId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Keep a person out. Their sessions end, and their tokens are refused.

    Example: `devos users deactivate $PERSON`
    """
    with connected(url, as_json) as devos:
        show(devos.users.deactivate(str(user)), as_json)
