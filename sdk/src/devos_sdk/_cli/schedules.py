"""`devos schedules`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from devos_sdk._area import given
from devos_sdk._cli.options import (
    LOCAL,
    Cursor,
    Id,
    Json,
    Limit,
    Name,
    Priority,
    Project,
    ProjectId,
    Url,
    json_object,
    text_of,
)
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import connected

schedules = typer.Typer(no_args_is_help=True, help="Tasks that come again.")
AREAS = {"schedules": schedules}


class MissedRuns(StrEnum):
    """What becomes of runs that nobody was there for."""

    skip = "skip"
    run_once = "run_once"
    run_all = "run_all"


class Overlap(StrEnum):
    """What a run does while the task of an earlier one has not ended."""

    skip = "skip"
    queue = "queue"
    cancel_previous = "cancel_previous"


_CRON = "When: minute hour day month weekday."
_TASK = "More of the task, a JSON object with fields of a task."
Zone = Annotated[str | None, typer.Option("--zone", help="The time zone of it, as Europe/Berlin; else UTC.")]
Missed = Annotated[MissedRuns | None, typer.Option("--missed", help="Runs that nobody was there for.")]
Overlapping = Annotated[
    Overlap | None, typer.Option("--overlap", help="While the task of an earlier run has not ended.")
]


@schedules.command("list")
def list_schedules(
    project: Project = None, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show the schedules of your projects.

    Example: `devos schedules list --project $PROJECT`
    """
    with connected(url, as_json) as devos:
        page = devos.schedules.list(project_id=text_of(project), limit=limit, cursor=cursor)
        show_page(page, as_json)


@schedules.command("show")
def show_schedule(schedule: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show one schedule with its task and its next run.

    Example: `devos schedules show $SCHEDULE`
    """
    with connected(url, as_json) as devos:
        show(devos.schedules.get(str(schedule)), as_json)


@schedules.command("create")
def create_schedule(
    name: Name,
    project: ProjectId,
    cron: Annotated[str, typer.Option("--cron", help=_CRON, show_default=False)],
    kind: Annotated[str, typer.Option("--kind", help="What sort of work.", show_default=False)],
    title: Annotated[str | None, typer.Option("--title", help="Of the tasks; else the name.")] = None,
    zone: Zone = None,
    input_: Annotated[str | None, typer.Option("--input", help="What the agent gets, a JSON object.")] = None,
    priority: Annotated[
        Priority | None, typer.Option("--priority", help="The project's default if left out.")
    ] = None,
    task: Annotated[str | None, typer.Option("--task", help=_TASK)] = None,
    missed: Missed = None,
    overlap: Overlapping = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Create a task again and again.

    Example: `devos schedules create nightly --project $PROJECT --cron "30 2 * * *"
    --zone Europe/Berlin --kind report --input '{"days": 1}'`
    """
    said: dict[str, Any] = {"kind": kind, "title": title or name, "priority": priority}
    said = given({**(json_object(task) or {}), **said, "input": json_object(input_)})
    with connected(url, as_json) as devos:
        made = devos.schedules.create(
            name,
            project_id=str(project),
            cron=cron,
            task=said,
            time_zone=zone,
            missed_runs=missed,
            overlap=overlap,
        )
        show(made, as_json)


@schedules.command("update")
def update_schedule(
    schedule: Id,
    name: Annotated[str | None, typer.Option("--name", help="Its new name.")] = None,
    cron: Annotated[str | None, typer.Option("--cron", help=_CRON)] = None,
    zone: Zone = None,
    missed: Missed = None,
    overlap: Overlapping = None,
    task: Annotated[str | None, typer.Option("--task", help="The whole task anew, a JSON object.")] = None,
    version: Annotated[int | None, typer.Option("--version", help="Only over this version.")] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Change what you name of a schedule; the rest stays.

    Example: `devos schedules update $SCHEDULE --cron "0 4 * * *" --overlap queue`
    """
    with connected(url, as_json) as devos:
        changed = devos.schedules.update(
            str(schedule),
            name=name,
            cron=cron,
            time_zone=zone,
            missed_runs=missed,
            overlap=overlap,
            task=json_object(task),
            version=version,
        )
        show(changed, as_json)


@schedules.command()
def pause(schedule: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Let a schedule run no more until it is resumed.

    Example: `devos schedules pause $SCHEDULE`
    """
    with connected(url, as_json) as devos:
        show(devos.schedules.pause(str(schedule)), as_json)


@schedules.command()
def resume(schedule: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Let a schedule run again, from its next instant on.

    Example: `devos schedules resume $SCHEDULE`
    """
    with connected(url, as_json) as devos:
        show(devos.schedules.resume(str(schedule)), as_json)


@schedules.command()
def run(schedule: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Create a task of a schedule now. Its own times stay as they are.

    Example: `devos schedules run $SCHEDULE`
    """
    with connected(url, as_json) as devos:
        show(devos.schedules.run(str(schedule)), as_json)


@schedules.command()
def runs(
    schedule: Id, limit: Limit = 50, cursor: Cursor = None, url: Url = LOCAL, as_json: Json = False
) -> None:
    """Show what became of the runs of a schedule, newest first.

    Example: `devos schedules runs $SCHEDULE`
    """
    with connected(url, as_json) as devos:
        show_page(devos.schedules.runs(str(schedule), limit=limit, cursor=cursor), as_json)


@schedules.command()
def delete(schedule: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Forget a schedule. The tasks that it made stay.

    Example: `devos schedules delete $SCHEDULE`
    """
    with connected(url, as_json) as devos:
        devos.schedules.delete(str(schedule))
        done("The schedule is gone.", as_json, deleted=str(schedule))


@schedules.command()
def preview(
    cron: Annotated[str, typer.Argument(metavar="CRON", help=_CRON, show_default=False)],
    zone: Zone = None,
    count: Annotated[int, typer.Option("--count", min=1, max=100, help="How many.")] = 5,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show the next times of a cron expression, in its zone. Nothing is made.

    Example: `devos schedules preview "30 2 * * *" --zone Europe/Berlin`
    """
    with connected(url, as_json) as devos:
        told = devos.schedules.preview(cron, time_zone=zone, count=count)
        lines = [at.isoformat(sep=" ", timespec="minutes") for at in told.next_runs]
        done("\n".join(lines), as_json, **told.model_dump(mode="json"))
