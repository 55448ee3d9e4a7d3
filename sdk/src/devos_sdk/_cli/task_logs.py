"""`devos tasks logs`: what a task's handler wrote, to its end or to the task's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import typer

from devos_sdk._cli.options import LOCAL, Id, Json, Url
from devos_sdk._cli.output import show_line
from devos_sdk._cli.session import connected
from devos_sdk._client import Devos
from devos_sdk._models import LogLine

_ENDED = {"completed", "failed", "cancelled"}
_LOOK_SECONDS = 1.0
_PAGE = 1000


class Level(StrEnum):
    """How loud a line is."""

    debug = "debug"
    info = "info"
    warning = "warning"
    error = "error"


def logs(
    task: Id,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Wait for new lines until the task has ended.")
    ] = False,
    search: Annotated[
        str | None, typer.Option("--search", help="Lines with this text, in upper or lower case.")
    ] = None,
    level: Annotated[Level | None, typer.Option("--level", help="Lines of this level and above.")] = None,
    tail: Annotated[
        int | None,
        typer.Option("--tail", "-n", min=0, max=_PAGE, help="Begin with so many last lines."),
    ] = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Print the log of a task; with --json one object a line.

    Examples: `devos tasks logs $TASK`, `devos tasks logs $TASK --follow --tail 20`,
    `devos tasks logs $TASK --level warning --search timeout`
    """
    with suppress(KeyboardInterrupt), connected(url, as_json) as devos:
        for line in _lines(devos, str(task), level, search, tail, follow=follow):
            at = line.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            show_line(line, f"{at}  {line.attempt}  {line.level:7}  {line.message}", as_json)


def _lines(
    devos: Devos, task: str, level: Level | None, search: str | None, tail: int | None, *, follow: bool
) -> Iterator[LogLine]:
    after = 0
    if tail is not None:
        # One line at the least: it says where following begins.
        page = devos.tasks.logs(task, level=level, search=search, order="desc", limit=max(tail, 1))
        last = page.items[::-1]
        after = last[-1].id if last else 0
        yield from last if tail else ()
        if not follow:
            return
    while True:
        # Looked at first: what was written before the end is read after it.
        ended = devos.tasks.get(task).state in _ENDED
        for line in _rest(devos, task, level, search, after):
            after = line.id
            yield line
        if ended or not follow:
            return
        time.sleep(_LOOK_SECONDS)


def _rest(devos: Devos, task: str, level: Level | None, search: str | None, after: int) -> Iterator[LogLine]:
    """All lines after one, page after page."""
    cursor = None
    while True:
        page = devos.tasks.logs(task, after=after, level=level, search=search, limit=_PAGE, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
