"""`devos events follow` and `devos tasks follow`: what happens, line by line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from devos_sdk._cli.options import LOCAL, Id, Json, Project, Url, text_of
from devos_sdk._cli.output import FAILED, show_next
from devos_sdk._cli.session import connected
from devos_sdk._cli.work import tasks
from devos_sdk._models import Event, LogLine, Task

events = typer.Typer(no_args_is_help=True, help="What happened.")
AREAS = {"events": events}


@events.command("follow")
def follow_events(
    project: Project = None,
    task: Annotated[UUID | None, typer.Option("--task", help="About this task alone.")] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="As task.failed, or task for all of them; again for more."),
    ] = None,
    after: Annotated[
        str | None, typer.Option("--after", help="Begin after this cursor; 0 for all that is kept.")
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show events as they happen, until you press Ctrl-C.

    Examples: `devos events follow`, `devos events follow --project $PROJECT --type task.failed --json`
    """
    with connected(url, as_json) as devos:
        for event in devos.events.follow(
            project_id=text_of(project), task_id=text_of(task), types=type_ or [], after=after
        ):
            show_next(event, as_json, _time(event.at), f"{event.type:24}", event.subject_id, _summary(event))


@tasks.command("follow")
def follow_task(task: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show what a task logs and how far it is until it has ended. Exits with 1 unless it is completed.

    Example: `devos tasks follow $TASK`
    """
    with connected(url, as_json) as devos:
        state = ""
        for told in devos.tasks.follow(str(task)):
            if isinstance(told, LogLine):
                show_next(told, as_json, _time(told.at), f"{told.level:7}", told.message)
            else:
                state = told.state
                show_next(told, as_json, *_progress(told), style="bold")
    if state != "completed":
        raise typer.Exit(FAILED)


def _progress(task: Task) -> tuple[object, ...]:
    error = task.last_error.get("message") if task.last_error and task.state != "completed" else None
    percent = f"{task.progress:.0%}" if task.state == "running" else None
    return _time(task.updated_at), task.state, percent, task.progress_note, error


def _summary(event: Event) -> str:
    return ", ".join(f"{name} {value}" for name, value in event.data.items() if value is not None)


def _time(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")
