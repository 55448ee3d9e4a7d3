"""`devos teams`."""

from __future__ import annotations

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Id, Json, Limit, Name, Url, UserId
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import connected

teams = typer.Typer(no_args_is_help=True, help="People who see the same projects.")
AREAS = {"teams": teams}


@teams.command("list")
def list_teams(limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show your teams.

    Example: `devos teams list`
    """
    with connected(url, as_json) as devos:
        show_page(devos.teams.list(limit=limit, cursor=cursor), as_json)


@teams.command()
def create(name: Name, url: Url = LOCAL, as_json: Json = False) -> None:
    """Make a team. You are its first member.

    Example: `devos teams create core`
    """
    with connected(url, as_json) as devos:
        show(devos.teams.create(name), as_json)


@teams.command("show")
def show_team(team: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one team.

    Example: `devos teams show $TEAM`
    """
    with connected(url, as_json) as devos:
        show(devos.teams.get(str(team)), as_json)


@teams.command()
def rename(team: Id, name: Name, url: Url = LOCAL, as_json: Json = False) -> None:
    """Give a team another name.

    Example: `devos teams rename $TEAM platform`
    """
    with connected(url, as_json) as devos:
        show(devos.teams.update(str(team), name=name), as_json)


@teams.command()
def delete(team: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Delete a team that has no projects.

    Example: `devos teams delete $TEAM`
    """
    with connected(url, as_json) as devos:
        devos.teams.delete(str(team))
        done("The team is gone.", as_json, deleted=str(team))


@teams.command()
def members(
    team: Id, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show who belongs to a team.

    Example: `devos teams members $TEAM`
    """
    with connected(url, as_json) as devos:
        show_page(devos.teams.members(str(team), limit=limit, cursor=cursor), as_json)


@teams.command()
def add_member(team: Id, user: UserId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take a person into a team.

    Example: `devos teams add-member $TEAM $PERSON`
    """
    with connected(url, as_json) as devos:
        devos.teams.add_member(str(team), str(user))
        done("The person belongs to the team.", as_json, added=str(user), team_id=str(team))


@teams.command()
def remove_member(team: Id, user: UserId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take a person out of a team.

    Example: `devos teams remove-member $TEAM $PERSON`
    """
    with connected(url, as_json) as devos:
        devos.teams.remove_member(str(team), str(user))
        done("The person is out of the team.", as_json, removed=str(user), team_id=str(team))
