"""`devos projects`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from devos_sdk._cli.options import (
    LOCAL,
    Cursor,
    Id,
    Json,
    Limit,
    Name,
    Priority,
    Team,
    UnknownKinds,
    Url,
    UserId,
    text_of,
)
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import connected

projects = typer.Typer(no_args_is_help=True, help="Projects, their members and defaults.")
AREAS = {"projects": projects}

Description = Annotated[str | None, typer.Option("--description", help="What it is about.")]
AgentId = Annotated[UUID, typer.Argument(metavar="AGENT", help="The agent's id.", show_default=False)]


@projects.command("list")
def list_projects(limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show your projects.

    Example: `devos projects list`
    """
    with connected(url, as_json) as devos:
        show_page(devos.projects.list(limit=limit, cursor=cursor), as_json)


@projects.command()
def create(
    name: Name, description: Description = None, team: Team = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Make a project, of a team if you name one.

    Example: `devos projects create shop --description "The web shop"`
    """
    with connected(url, as_json) as devos:
        made = devos.projects.create(name, description=description, team_id=text_of(team))
        show(made, as_json)


@projects.command("show")
def show_project(project: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one project.

    Example: `devos projects show $PROJECT`
    """
    with connected(url, as_json) as devos:
        show(devos.projects.get(str(project)), as_json)


@projects.command()
def edit(
    project: Id,
    name: Annotated[str | None, typer.Option("--name", help="Its new name.")] = None,
    description: Description = None,
    team: Team = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Change a project; what you do not name stays. Refused when somebody else edits it at the same time.

    Example: `devos projects edit $PROJECT --name mall`
    """
    with connected(url, as_json) as devos:
        now = devos.projects.get(str(project))
        changed = devos.projects.update(
            now.id,
            name=now.name if name is None else name,
            description=now.description if description is None else description,
            team_id=text_of(team) or now.team_id,
            version=now.version,
        )
        show(changed, as_json)


@projects.command()
def delete(project: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Delete a project in which nothing has happened yet.

    Example: `devos projects delete $PROJECT`
    """
    with connected(url, as_json) as devos:
        devos.projects.delete(str(project))
        done("The project is gone.", as_json, deleted=str(project))


@projects.command()
def config(
    project: Id,
    priority: Annotated[
        Priority | None, typer.Option("--default-priority", help="Of tasks that name none.")
    ] = None,
    max_retries: Annotated[
        int | None, typer.Option("--default-max-retries", min=0, max=100, help="Of tasks that name none.")
    ] = None,
    cancel_grace: Annotated[
        int | None,
        typer.Option(
            "--cancel-grace", min=1, max=86400, help="Seconds that an agent may go on with a cancelled task."
        ),
    ] = None,
    ageing: Annotated[
        int | None,
        typer.Option("--ageing", min=0, help="Seconds after which waiting tasks rise; 0: they do not."),
    ] = None,
    unknown_kinds: Annotated[
        UnknownKinds | None, typer.Option("--unknown-kinds", help="Whether kinds may go undescribed.")
    ] = None,
    creation_rate: Annotated[
        int | None,
        typer.Option(
            "--creation-rate", min=0, max=100000, help="Tasks that may be created in a minute; 0: any number."
        ),
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show what tasks of a project get that do not say themselves, or change it.

    Examples: `devos projects config $PROJECT`,
    `devos projects config $PROJECT --default-priority HIGH`
    """
    with connected(url, as_json) as devos:
        now = devos.projects.config(str(project))
        said = (priority, max_retries, cancel_grace, ageing, unknown_kinds, creation_rate)
        if any(option is not None for option in said):
            rising = now.ageing_seconds if ageing is None else ageing
            now = devos.projects.set_config(
                str(project),
                default_priority=priority or now.default_priority,
                default_max_retries=now.default_max_retries if max_retries is None else max_retries,
                cancel_grace=None if cancel_grace is None else timedelta(seconds=cancel_grace),
                ageing=timedelta(seconds=rising) if rising else None,
                unknown_kinds=unknown_kinds,
                creations_per_minute=creation_rate,
                version=now.version,
            )
        show(now, as_json)


@projects.command()
def members(
    project: Id, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show who belongs to a project.

    Example: `devos projects members $PROJECT`
    """
    with connected(url, as_json) as devos:
        show_page(devos.projects.members(str(project), limit=limit, cursor=cursor), as_json)


@projects.command()
def add_member(project: Id, user: UserId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take a person into a project. One whom you cannot see is invited: `devos invitations create`.

    Example: `devos projects add-member $PROJECT $PERSON`
    """
    with connected(url, as_json) as devos:
        devos.projects.add_member(str(project), str(user))
        done("The person belongs to the project.", as_json, added=str(user), project_id=str(project))


@projects.command()
def remove_member(project: Id, user: UserId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take a person out of a project.

    Example: `devos projects remove-member $PROJECT $PERSON`
    """
    with connected(url, as_json) as devos:
        devos.projects.remove_member(str(project), str(user))
        done("The person is out of the project.", as_json, removed=str(user), project_id=str(project))


@projects.command()
def add_agent(project: Id, agent: AgentId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Let an agent work in a project too.

    Example: `devos projects add-agent $PROJECT $AGENT`
    """
    with connected(url, as_json) as devos:
        devos.projects.add_agent(str(project), str(agent))
        done("The agent works in the project.", as_json, added=str(agent), project_id=str(project))


@projects.command()
def remove_agent(project: Id, agent: AgentId, url: Url = LOCAL, as_json: Json = False) -> None:
    """Take an agent out of a project.

    Example: `devos projects remove-agent $PROJECT $AGENT`
    """
    with connected(url, as_json) as devos:
        devos.projects.remove_agent(str(project), str(agent))
        done("The agent is out of the project.", as_json, removed=str(agent), project_id=str(project))
