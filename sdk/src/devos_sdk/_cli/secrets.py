"""`devos secrets`."""

from __future__ import annotations

from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Json, Limit, Name, Project, SecretKind, Team, Url, text_of
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import ask_whole, connected

secrets = typer.Typer(no_args_is_help=True, help="Credentials of a project or a team.")
AREAS = {"secrets": secrets}


@secrets.command("set")
def set_secret(
    name: Name,
    kind: Annotated[SecretKind, typer.Option("--kind", help="What it is for.", show_default=False)],
    project: Project = None,
    team: Team = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Keep a secret, or give it a new value. The value is asked for, or read from standard input.

    Example: `devos secrets set github --kind git --project $PROJECT < token-file`
    """
    with connected(url, as_json) as devos:
        value = ask_whole("Value")
        kept = devos.secrets.set(name, value, kind=kind, project_id=text_of(project), team_id=text_of(team))
        show(kept, as_json)


@secrets.command("list")
def list_secrets(
    project: Project = None,
    team: Team = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show which secrets there are. Their values are never shown.

    Example: `devos secrets list --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        page = devos.secrets.list(
            project_id=text_of(project), team_id=text_of(team), limit=limit, cursor=cursor
        )
        show_page(page, as_json)


@secrets.command()
def delete(
    name: Name, project: Project = None, team: Team = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Forget a secret.

    Example: `devos secrets delete github --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        devos.secrets.delete(name, project_id=text_of(project), team_id=text_of(team))
        done("The secret is forgotten.", as_json, deleted=name)
