"""What every command prints: text for people, JSON for programs, and errors with a next step."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from control_plane.platform.errors import OperatorError

FAILED = 1
NOT_REACHABLE = 3

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Data = Annotated[
    str | None,
    typer.Option("--data", help="Data folder. Default: DEVOS_DATA, else one for this project folder."),
]


class NotReachableError(OperatorError):
    """The server that a command wants to talk to does not answer."""


def say(text: str = "") -> None:
    """Print a line with rich markup."""
    Console(highlight=False, soft_wrap=True).print(text)


def emit(data: Mapping[str, object] | list[dict[str, object]]) -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps(data, default=str) + "\n")
    sys.stdout.flush()


def report(error: OperatorError, *, as_json: bool) -> int:
    """Print an error with its next step; returns the exit code."""
    code = NOT_REACHABLE if isinstance(error, NotReachableError) else FAILED
    if as_json:
        emit({"error": {"message": error.message, "hint": error.hint, "exit_code": code}})
        return code
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    # As Text: what a message quotes is no markup.
    console.print(Text("Error: ", style="bold red") + Text(error.message))
    if error.hint:
        console.print(Text("Next:  ", style="bold") + Text(error.hint))
    return code


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is lost; refuses when nobody can answer."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperatorError(f"{question} Nobody is there to answer.", "Say so with --yes.")
    if not typer.confirm(question):
        raise typer.Exit(FAILED)
