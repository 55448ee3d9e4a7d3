"""`devos limits`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from devos_sdk._cli.options import LOCAL, Cursor, Id, Json, Limit, Name, Project, ProjectId, Url, text_of
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import connected

limits = typer.Typer(no_args_is_help=True, help="How much may run at once, and how fast.")
AREAS = {"limits": limits}

# A project has 100 at the most.
_ALL = 200


@limits.command("list")
def list_limits(
    project: Project = None, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show the limits of your projects.

    Example: `devos limits list --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        show_page(devos.limits.list(project_id=text_of(project), limit=limit, cursor=cursor), as_json)


@limits.command("show")
def show_limit(limit: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one limit.

    Example: `devos limits show $LIMIT`
    """
    with connected(url, as_json) as devos:
        show(devos.limits.get(str(limit)), as_json)


@limits.command("set")
def set_limit(
    name: Name,
    project: ProjectId,
    kind: Annotated[str | None, typer.Option("--kind", help="Of this kind of work; else of all.")] = None,
    per_key: Annotated[
        bool, typer.Option("--per-key", help="Count the tasks of each concurrency key by themselves.")
    ] = False,
    max_running: Annotated[
        int | None, typer.Option("--max-running", min=0, max=10_000, help="How many may run at once.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="COUNT/SECONDS", help="How many may begin in how long.")
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Set a limit of a project, or say anew what it is. The next claim obeys; what runs goes on.

    Examples: `devos limits set "one deploy" --project $PROJECT --kind deploy --max-running 1`,
    `devos limits set "ten reviews in a repository" --project $PROJECT
    --kind code_review --per-key --max-running 10 --rate 100/3600`
    """
    said = {
        "scope": "key" if per_key else "kind" if kind else "project",
        "kind": kind,
        "max_running": max_running,
    }
    begin = _rate(rate)
    with connected(url, as_json) as devos:
        known = devos.limits.list(project_id=str(project), limit=_ALL).items
        ids = [one.id for one in known if one.name == name]
        if ids:
            show(devos.limits.update(ids[0], {**said, "rate": begin}), as_json)
            return
        pair = begin and (begin["count"], timedelta(seconds=begin["seconds"]))
        body: dict[str, Any] = {**said, "rate": pair}
        show(devos.limits.create(name, project_id=str(project), **body), as_json)


@limits.command()
def delete(limit: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Count no more: what waited for room may be claimed.

    Example: `devos limits delete $LIMIT`
    """
    with connected(url, as_json) as devos:
        devos.limits.delete(str(limit))
        done("The limit is gone.", as_json, deleted=str(limit))


def _rate(text: str | None) -> dict[str, int] | None:
    if text is None:
        return None
    count, _, seconds = text.partition("/")
    if not (count.isdecimal() and seconds.isdecimal()):
        raise typer.BadParameter("Say a rate as COUNT/SECONDS, such as 100/3600.")
    return {"count": int(count), "seconds": int(seconds)}
