"""`devos tasks` and `devos services`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from devos_sdk._cli import task_logs
from devos_sdk._cli.backlog import create_from
from devos_sdk._cli.options import (
    LOCAL,
    Cursor,
    Id,
    Json,
    Limit,
    Priority,
    Project,
    ProjectId,
    Url,
    json_object,
    text_of,
    texts_of,
)
from devos_sdk._cli.output import show, show_page
from devos_sdk._cli.session import connected

tasks = typer.Typer(no_args_is_help=True, help="Work for agents.")
services = typer.Typer(no_args_is_help=True, help="What agents may spend money on.")
AREAS = {"tasks": tasks, "services": services}


@tasks.command("list")
def list_tasks(
    project: Project = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="As pending, running or failed; again for more.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Of this kind of work; again for more.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="With this tag; again for more.")] = None,
    search: Annotated[str | None, typer.Option("--search", help="With these words.")] = None,
    oldest: Annotated[bool, typer.Option("--oldest", help="The oldest first.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show tasks of your projects.

    Examples: `devos tasks list`, `devos tasks list --state failed --tag ui --search login`
    """
    with connected(url, as_json) as devos:
        page = devos.tasks.list(
            project_id=text_of(project),
            state=state,
            kind=kind,
            tag=tag,
            search=search,
            order="oldest" if oldest else None,
            limit=limit,
            cursor=cursor,
        )
        show_page(page, as_json)


@tasks.command("show")
def show_task(task: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one task with its input and its result.

    Example: `devos tasks show $TASK`
    """
    with connected(url, as_json) as devos:
        show(devos.tasks.get(str(task)), as_json)


@tasks.command("create")
def create_task(
    title: Annotated[str | None, typer.Argument(metavar="[TITLE]", show_default=False)] = None,
    project: Project = None,
    kind: Annotated[str | None, typer.Option("--kind", help="What sort of work.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="More about it.")] = None,
    priority: Annotated[
        Priority | None, typer.Option("--priority", help="The project's default if left out.")
    ] = None,
    require: Annotated[
        list[str] | None, typer.Option("--require", help="A capability the agent must have; again for more.")
    ] = None,
    input_: Annotated[str | None, typer.Option("--input", help="What the agent gets, a JSON object.")] = None,
    max_retries: Annotated[
        int | None, typer.Option("--max-retries", min=0, max=100, help="The project's default if left out.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--concurrency-key", help="What limits on keys count it together with."),
    ] = None,
    agent: Annotated[UUID | None, typer.Option("--agent", help="The one agent that may do it.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="A task as JSON with all that the API takes, or a list of them; - reads the standard input.",
        ),
    ] = None,
    parent: Annotated[UUID | None, typer.Option("--parent", help="The task it is a part of.")] = None,
    depends_on: Annotated[
        list[UUID] | None, typer.Option("--depends-on", help="A task it waits for; again for more.")
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Create a task, or all tasks of a file. In a file a task may say all that one can have.

    The same file makes no second tasks on the same day.

    Examples: `devos tasks create "Greet Ada" --project $PROJECT --kind greet
    --input '{"name": "Ada"}'`, `devos tasks create --file tasks.json`,
    `echo '{"project_id": "'$PROJECT'", "kind": "greet", "title": "Greet Ada",
    "timeout_seconds": 600, "retry_policy": {"base_seconds": 5}, "tags": ["ui"],
    "acceptance": ["Ada smiles"], "expected_artifacts": [{"name": "card.png"}]}' |
    devos tasks create --file -`
    """
    if file is not None:
        create_from(file, url, as_json)
        return
    if title is None or project is None or kind is None:
        raise typer.BadParameter("Say a title, a --project and a --kind, or name a --file.")
    value = json_object(input_)
    with connected(url, as_json) as devos:
        made = devos.tasks.create(
            title,
            project_id=str(project),
            kind=kind,
            description=description,
            priority=priority,
            required_capabilities=require,
            input=value,
            max_retries=max_retries,
            assigned_agent_id=text_of(agent),
            concurrency_key=key,
            parent_task_id=text_of(parent),
            depends_on=texts_of(depends_on or []) or None,
        )
        show(made, as_json)


tasks.command()(task_logs.logs)


@services.command("list")
def list_services(
    project: ProjectId,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show the services of a project and what is left of their budgets.

    Example: `devos services list --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        show_page(devos.services.list(project_id=str(project), limit=limit, cursor=cursor), as_json)


@services.command()
def increase(
    service: Id,
    amount: Annotated[str, typer.Option("--amount", help="By how many US dollars.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.", show_default=False)],
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Give a service more money. Tasks that were blocked for lack of it go on.

    Example: `devos services increase $SERVICE --amount 5 --reason "a longer review"`
    """
    with connected(url, as_json) as devos:
        show(devos.services.increase_budget(str(service), amount=amount, reason=reason), as_json)
