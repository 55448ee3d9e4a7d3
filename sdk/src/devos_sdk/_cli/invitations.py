"""`devos invitations`."""

from __future__ import annotations

from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Id, Json, Limit, Project, Role, Team, Url, text_of
from devos_sdk._cli.output import done, show, show_once, show_page
from devos_sdk._cli.session import ask, connected

invitations = typer.Typer(no_args_is_help=True, help="Asking people in.")
AREAS = {"invitations": invitations}


@invitations.command()
def create(
    email: Annotated[str, typer.Argument(metavar="E-MAIL", help="Whom to ask.", show_default=False)],
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.viewer,
    team: Team = None,
    project: Project = None,
    days: Annotated[int, typer.Option("--days", min=1, max=30, help="How long it holds.")] = 7,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Ask a person in. The token is printed this once; hand it to them.

    Examples: `devos invitations create ada@example.com`,
    `devos invitations create ada@example.com --role supervisor --team $TEAM`
    """
    with connected(url, as_json) as devos:
        made = devos.invitations.create(
            email,
            role=role,
            team_id=text_of(team),
            project_id=text_of(project),
            expires_in_days=days,
        )
        show_once(made.invitation, made.token, as_json, whole=made)


@invitations.command("list")
def list_invitations(
    limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show who was asked in.

    Example: `devos invitations list`
    """
    with connected(url, as_json) as devos:
        show_page(devos.invitations.list(limit=limit, cursor=cursor), as_json)


@invitations.command()
def revoke(invitation: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take an invitation back.

    Example: `devos invitations revoke $INVITATION`
    """
    with connected(url, as_json) as devos:
        devos.invitations.revoke(str(invitation))
        done("The invitation is taken back.", as_json, revoked=str(invitation))


@invitations.command()
def accept(url: Url = LOCAL, as_json: Json = False) -> None:
    """Accept an invitation with the account you have. Its token is asked for, or read from standard input.

    Examples: `devos invitations accept`, `devos invitations accept < token-file`
    """
    with connected(url, as_json) as devos:
        show(devos.invitations.accept(ask("Invitation")), as_json)
