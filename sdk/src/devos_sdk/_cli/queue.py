"""`devos queue`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from devos_sdk._cli.options import LOCAL, Json, Project, Url, text_of
from devos_sdk._cli.output import printable, show
from devos_sdk._cli.session import connected
from devos_sdk._queue import QueueKind, QueueStatus

queue = typer.Typer(no_args_is_help=True, help="What waits for agents.")
AREAS = {"queue": queue}

_PLACES = ("due", "delayed", "waiting", "running", "expired", "needs_qa", "blocked", "failed")


# Made a group by its callback: with one command, typer would leave the word `status` out.
@queue.callback()
def _group() -> None: ...


@queue.command()
def status(project: Project = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Show what waits, what runs, what is in the way, and how much was done.

    Examples: `devos queue status`, `devos queue status --json`
    """
    with connected(url, as_json) as devos:
        stands = devos.queue.status(project_id=text_of(project))
        if as_json:
            show(stands, as_json)
            return
    console = Console(highlight=False, soft_wrap=True)
    for name, fact in _facts(stands):
        console.print(Text(f"{name:<12}  ", style="dim") + Text(fact))
    if stands.kinds:
        console.print(_by_kind(stands.kinds))


def _facts(stands: QueueStatus) -> Iterator[tuple[str, str]]:
    at_least = "" if stands.exact else " or more"
    for place in _PLACES:
        count = getattr(stands, place)
        yield place.replace("_", " "), f"{count}{at_least if count else ''}{_about(place, stands)}"
    yield "last minute", _counts(stands.last_minute)
    yield "last hour", _counts(stands.last_hour)
    yield "agents", _counts(stands.agents)
    if stands.stuck:
        yield "stuck", f"{stands.stuck} leases that nobody took back: does a worker run?"
    if stands.outbox is not None:
        yield "outbox", f"{stands.outbox.waiting} {_since(stands.outbox.oldest_seconds)}".rstrip()
    for table in stands.tables or []:
        vacuumed = f"{table.vacuumed_at:%Y-%m-%d %H:%M}" if table.vacuumed_at else "never"
        yield table.name, f"{table.rows} rows, {table.dead_rows} dead, vacuumed {vacuumed}"


def _about(place: str, stands: QueueStatus) -> str:
    if place == "due" and stands.oldest_due_seconds is not None:
        return f", {_since(stands.oldest_due_seconds)}"
    if place == "blocked" and stands.blocked_by:
        return f": {_counts(stands.blocked_by)}"
    return ""


def _since(seconds: float | None) -> str:
    return "" if seconds is None else f"the oldest for {timedelta(seconds=round(seconds))}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {printable(name)}" for name, count in sorted(counts.items())) or "-"


def _by_kind(kinds: list[QueueKind]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("kind")
    for place in _PLACES:
        table.add_column(place.replace("_", " "), justify="right")
    for kind in kinds:
        table.add_row(printable(kind.kind), *(str(getattr(kind, place)) for place in _PLACES))
    return table
