"""`devos tokens` and `devos registration-tokens`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from devos_sdk._cli.options import (
    LOCAL,
    Capabilities,
    Cursor,
    Id,
    Json,
    Limit,
    Name,
    Project,
    Projects,
    Url,
    texts_of,
)
from devos_sdk._cli.output import done, show_once, show_page
from devos_sdk._cli.session import connected

tokens = typer.Typer(no_args_is_help=True, help="Tokens that act for you, or for a project.")
registration_tokens = typer.Typer(no_args_is_help=True, help="Tokens by which agents register themselves.")
AREAS = {"tokens": tokens, "registration-tokens": registration_tokens}


@tokens.command()
def create(
    name: Name,
    scopes: Annotated[
        list[str] | None, typer.Option("--scope", help="What it may reach, as tasks:read; again for more.")
    ] = None,
    project: Project = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=366, help="How long it holds. Default: 90.")
    ] = None,
    never_expires: Annotated[
        bool, typer.Option("--never-expires", help="It holds until it is revoked.")
    ] = False,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Make a token that acts for you within its scopes; with --project one by which CI speaks for it.

    Examples: `devos tokens create laptop --scope tasks:read --scope tasks:write`,
    `devos tokens create ci --project $PROJECT`
    """
    if (project is None) == (not scopes):
        raise typer.BadParameter("Name the scopes with --scope, or a project with --project.")
    if never_expires and days is not None:
        raise typer.BadParameter("Say --days or --never-expires, not both.")
    lifetime = None if never_expires else days or 90
    with connected(url, as_json) as devos:
        if project is None:
            mine = devos.tokens.create(name, scopes=scopes or [], expires_in_days=lifetime)
            show_once(mine, mine.token, as_json, whole=mine)
        else:
            made = devos.project_tokens.create(str(project), name, expires_in_days=lifetime)
            show_once(made.project_token, made.token, as_json, whole=made)


@tokens.command("list")
def list_tokens(
    project: Project = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show your tokens, or those of a project.

    Examples: `devos tokens list`, `devos tokens list --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        if project is None:
            show_page(devos.tokens.list(limit=limit, cursor=cursor), as_json)
        else:
            show_page(devos.project_tokens.list(str(project), limit=limit, cursor=cursor), as_json)


@tokens.command()
def revoke(token: Id, project: Project = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """End a token of yours, or one of a project. It holds on the next request.

    Example: `devos tokens revoke $TOKEN`
    """
    with connected(url, as_json) as devos:
        if project is None:
            devos.tokens.revoke(str(token))
        else:
            devos.project_tokens.revoke(str(project), str(token))
        done("The token is revoked.", as_json, revoked=str(token))


@registration_tokens.command("create")
def create_registration_token(
    name: Name,
    project: Projects,
    capability: Capabilities = None,
    max_uses: Annotated[
        int, typer.Option("--max-uses", min=1, max=10000, help="How many agents may come by it.")
    ] = 1,
    hours: Annotated[int, typer.Option("--hours", min=1, max=8760, help="How long it holds.")] = 24,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Make a token by which agents register themselves at their first start.

    Example: `devos registration-tokens create fleet --project $PROJECT --max-uses 10`
    """
    with connected(url, as_json) as devos:
        made = devos.registration_tokens.create(
            name,
            project_ids=texts_of(project),
            capabilities=capability or [],
            max_uses=max_uses,
            expires_in=timedelta(hours=hours),
        )
        show_once(made.registration_token, made.token, as_json, whole=made)


@registration_tokens.command("list")
def list_registration_tokens(
    limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show registration tokens and how often they were used.

    Example: `devos registration-tokens list`
    """
    with connected(url, as_json) as devos:
        show_page(devos.registration_tokens.list(limit=limit, cursor=cursor), as_json)


@registration_tokens.command("revoke")
def revoke_registration_token(token: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """End a registration token. Agents that came by it stay.

    Example: `devos registration-tokens revoke $TOKEN`
    """
    with connected(url, as_json) as devos:
        devos.registration_tokens.revoke(str(token))
        done("The token is revoked.", as_json, revoked=str(token))
