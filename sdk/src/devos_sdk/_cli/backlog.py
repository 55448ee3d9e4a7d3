"""`devos tasks edit`, `delete` and `requeue`, and `devos dead-letters`: tasks there are, and what failed."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from devos_sdk._cli.options import (
    LOCAL,
    Cursor,
    Id,
    Json,
    Limit,
    Project,
    Url,
    json_object,
    text_of,
    texts_of,
)
from devos_sdk._cli.output import done, show, show_page
from devos_sdk._cli.session import connected
from devos_sdk._client import Devos

dead_letters = typer.Typer(no_args_is_help=True, help="Tasks that failed for good.")
AREAS = {"dead-letters": dead_letters}
_AT_ONCE = 1000

OfKind = Annotated[str | None, typer.Option("--kind", help="Of this kind of work.")]
WithError = Annotated[str | None, typer.Option("--error", help="That failed with this code.")]


def add_to(tasks: typer.Typer) -> None:
    """Put the commands among those of tasks."""
    for command in (edit, delete, requeue):
        tasks.command()(command)


def edit(
    task: Id,
    changes: Annotated[str, typer.Argument(metavar="CHANGES", help="A JSON object.", show_default=False)],
    version: Annotated[int | None, typer.Option("--version", help="Only over this version.")] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Change fields of a task that waits; the others stay as they are.

    Example: `devos tasks edit $TASK '{"priority": "HIGH", "tags": ["ui"]}'`
    """
    wanted = json_object(changes) or {}
    with connected(url, as_json) as devos:
        show(devos.tasks.edit(str(task), wanted, version=version), as_json)


def delete(task: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Remove a task that nobody ever claimed.

    Example: `devos tasks delete $TASK`
    """
    with connected(url, as_json) as devos:
        devos.tasks.delete(str(task))
        done("The task is gone.", as_json, deleted=str(task))


def requeue(
    task: Annotated[list[UUID] | None, typer.Argument(metavar="[ID]...", show_default=False)] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that failed in a project.")] = False,
    project: Project = None,
    kind: OfKind = None,
    error: WithError = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Put failed or blocked tasks back with all their retries. Their history is kept.

    Examples: `devos tasks requeue $TASK`,
    `devos tasks requeue --all --project $PROJECT --kind greet`
    """
    if all_ == bool(task) or all_ != (project is not None) or (task and (kind or error)):
        raise typer.BadParameter("Name tasks, or say --all with a --project.")
    with connected(url, as_json) as devos:
        if task:
            back = devos.tasks.requeue(*texts_of(task)).task_ids
        else:
            back = [*_all_failed(devos, project_id=str(project), kind=kind, error_code=error)]
        done(f"{len(back)} tasks wait again.", as_json, requeued=len(back), task_ids=back)


def _all_failed(devos: Devos, **which: Any) -> Iterator[str]:
    while True:
        part = devos.tasks.requeue_failed(**which)
        yield from part.task_ids
        if not part.more:
            return


@dead_letters.command("list")
def list_dead_letters(
    project: Project = None,
    kind: OfKind = None,
    error: WithError = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Show tasks that failed for good, newest first.

    Example: `devos dead-letters list --project $PROJECT --error handler_error`
    """
    with connected(url, as_json) as devos:
        page = devos.dead_letters.list(
            project_id=text_of(project), kind=kind, error_code=error, limit=limit, cursor=cursor
        )
        show_page(page, as_json)


@dead_letters.command("show")
def show_dead_letter(task: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show how each attempt at a task ended.

    Example: `devos dead-letters show $TASK`
    """
    with connected(url, as_json) as devos:
        show_page(devos.tasks.attempts(str(task)), as_json)


def create_from(file: Path, url: str, as_json: bool) -> None:
    """Create the task or the list of tasks in a file, or in the standard input, a thousand at a time.

    What was created from it before the same day is not created again.
    """
    items = _tasks_in(file)
    made: list[str] = []
    with connected(url, as_json) as devos, Progress(console=Console(stderr=True), disable=as_json) as bar:
        shown = bar.add_task("creating", total=len(items))
        for start in range(0, len(items), _AT_ONCE):
            part = items[start : start + _AT_ONCE]
            key = hashlib.sha256(f"{start} {json.dumps(part)}".encode()).hexdigest()
            made += [task.id for task in devos.tasks.create_many(part, idempotency_key=key)]
            bar.update(shown, completed=len(made))
    done(f"{len(made)} tasks wait for agents.", as_json, created=len(made), task_ids=made)


def _tasks_in(file: Path) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise typer.BadParameter(f"{file} cannot be read: {exc}.") from exc
    items = cast("list[object]", found if isinstance(found, list) else [found])
    if not items or not all(isinstance(item, dict) for item in items):
        raise typer.BadParameter(f"{file} holds no JSON of tasks.")
    return cast("list[Mapping[str, Any]]", items)
