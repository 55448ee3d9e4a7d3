"""`devos tasks tree`, `cancel` and `wait`: tasks that belong together, and their end."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from devos_sdk._cli.options import LOCAL, Id, Json, Url
from devos_sdk._cli.output import FAILED, done, printable, show
from devos_sdk._cli.session import connected
from devos_sdk._errors import DevosError
from devos_sdk._graph_models import Lineage, LineageTask, Wait

_STYLES = {"completed": "green", "failed": "red", "blocked": "yellow", "cancelled": "dim", "running": "cyan"}
_TITLES = {"predecessor": "waits for", "successor": "followed by"}


class Cascade(StrEnum):
    """What is cancelled too."""

    descendants = "descendants"
    dependents = "dependents"


def add_to(tasks: typer.Typer) -> None:
    """Put the commands among those of tasks."""
    for command in (tree, cancel, wait, waits):
        tasks.command()(command)


def tree(task: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show what a task is part of and made of, what it waits for and what comes after it.

    Example: `devos tasks tree $TASK`
    """
    with connected(url, as_json) as devos:
        lineage = devos.tasks.lineage(str(task))
        if as_json:
            show(lineage, as_json)
            return
        Console(highlight=False, soft_wrap=True).print(_tree(lineage))
        if not lineage.complete:
            Console(stderr=True).print("There are more tasks than are shown.")


def cancel(
    task: Id,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; it is kept.")] = None,
    cascade: Annotated[
        Cascade | None,
        typer.Option("--cascade", help="What could not go on without it, or is part of it, too."),
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Cancel a task. One that is running is told within seconds, and may clean up.

    Examples: `devos tasks cancel $TASK --reason "not wanted"`,
    `devos tasks cancel $TASK --cascade dependents`
    """
    with connected(url, as_json) as devos:
        show(
            devos.tasks.cancel(str(task), reason=reason, cascade=None if cascade is None else cascade.value),
            as_json,
        )


def wait(
    task: Id,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=0, help="Give up after so many seconds.")
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Wait until a task has ended. The exit code is 0 when it was completed, else 1.

    Example: `devos tasks wait $TASK --timeout 600`
    """
    with connected(url, as_json) as devos:
        try:
            ended = devos.tasks.wait(
                str(task), timeout=None if timeout is None else timedelta(seconds=timeout)
            )
        except TimeoutError:
            raise DevosError("The task has not ended yet.", code="timeout") from None
        show(ended, as_json)
    if ended.state != "completed":
        raise typer.Exit(FAILED)


def waits(task: Id, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show why a pending task does not run: other tasks, a time, or no room under a limit.

    Example: `devos tasks waits $TASK`
    """
    with connected(url, as_json) as devos:
        found = devos.tasks.waits(str(task))
    if as_json:
        done("", as_json, items=[wait.model_dump(mode="json") for wait in found])
        return
    for line in [_line(wait) for wait in found] or ["It waits for nothing but an agent that takes it."]:
        done(line, as_json)


def _line(wait: Wait) -> str:
    until = f" until {wait.until.isoformat(sep=' ', timespec='seconds')}" if wait.until else ""
    named = {"dependencies": f"{wait.count} tasks", "limit": f"limit {printable(wait.name or '')}"}
    return f"{named.get(wait.what, wait.what)}{until}"


def _tree(lineage: Lineage) -> Tree:
    """From the oldest ancestor down to the task, and what hangs on it."""
    line = [task for task in reversed(lineage.tasks) if task.relation in ("ancestor", "self")]
    root = at = Tree(_label(line[0]))
    for task in line[1:]:
        at = at.add(_label(task))
    myself = line[-1]
    _grow(at, lineage, "descendant", myself.id)
    for relation, title in _TITLES.items():
        if any(task.relation == relation for task in lineage.tasks):
            _grow(at.add(Text(title, style="dim")), lineage, relation, myself.id)
    return root


def _grow(tree: Tree, lineage: Lineage, relation: str, via: str) -> None:
    for task in lineage.tasks:
        if (task.relation, task.via_id) == (relation, via):
            _grow(tree.add(_label(task)), lineage, relation, task.id)


def _label(task: LineageTask) -> Text:
    bold = "bold" if task.relation == "self" else ""
    facts = f" {printable(task.kind)} {task.id}"
    state = Text(task.state, style=_STYLES.get(task.state, ""))
    return state + Text(f" {printable(task.title)}", style=bold) + Text(facts, style="dim")
