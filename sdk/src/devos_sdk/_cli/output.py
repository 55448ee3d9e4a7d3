"""What the commands print: tables and facts for people, JSON for programs, and errors with a next step."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import typer
from pydantic import SecretStr
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from devos_sdk._cli.columns import columns_of
from devos_sdk._errors import DevosError, Unauthorized
from devos_sdk._models import Model, Page

FAILED = 1
NOT_REACHABLE = 3


def show(answer: Model, as_json: bool) -> None:
    """Print one thing with all its facts. Secrets in it stay masked."""
    if as_json:
        _emit(answer.model_dump(mode="json"))
    else:
        _facts(answer.model_dump(), Console(highlight=False, soft_wrap=True))


def show_page(page: Page[Any], as_json: bool) -> None:
    """Print a page of a list as a table."""
    if as_json:
        _emit(page.model_dump(mode="json"))
    elif page.items:
        _table(page)
    else:
        Console(stderr=True).print("There are none.")


def show_next(answer: Model, as_json: bool, *cells: object, style: str = "") -> None:
    """Print one of many that come one after the other, on a line of its own."""
    if as_json:
        _emit(answer.model_dump(mode="json"))
        return
    line = Text("  ".join(printable(str(cell)) for cell in cells if cell not in (None, "")), style=style)
    Console(highlight=False, soft_wrap=True).print(line)


def show_once(about: Model, secret: SecretStr, as_json: bool, *, whole: Model) -> None:
    """Print a secret that was just made: alone on standard output, for a pipe or a variable."""
    if as_json:
        shown = {name: value.get_secret_value() for name, value in whole if isinstance(value, SecretStr)}
        _emit({**whole.model_dump(mode="json"), **shown})
        return
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    _facts(about.model_dump(exclude={"token"}), console)
    console.print("Shown this once:", style="bold")
    sys.stdout.write(secret.get_secret_value() + "\n")


def done(text: str, as_json: bool, **facts: object) -> None:
    """Say that something is done."""
    if as_json:
        _emit(facts)
    else:
        Console(highlight=False, soft_wrap=True).print(Text(printable(text)))


def show_line(item: Model, text: str, as_json: bool) -> None:
    """Print one of many things as one line, at once; text of several lines keeps them."""
    if as_json:
        _emit(item.model_dump(mode="json"))
    else:
        sys.stdout.write("\n".join(printable(part) for part in text.splitlines()) + "\n")
        sys.stdout.flush()


@contextmanager
def reported(as_json: bool) -> Generator[None]:
    """End the command with a sentence, a next step and an exit code when something is refused."""
    try:
        yield
    except DevosError as exc:
        raise typer.Exit(_report(exc, as_json)) from None
    except BrokenPipeError:  # whoever read along has enough
        raise
    except (ImportError, OSError) as exc:
        raise typer.Exit(_report(DevosError(str(exc)), as_json)) from None
    except ValueError as exc:  # said before anything was sent
        raise typer.BadParameter(str(exc)) from None


def printable(text: str) -> str:
    """Text of others without what would steer a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _report(error: DevosError, as_json: bool) -> int:
    code = NOT_REACHABLE if error.code == "unreachable" else FAILED
    hint = error.hint
    if code == NOT_REACHABLE:
        hint = "Start it with `devos up`, or say with DEVOS_URL where it is."
    elif hint is None and isinstance(error, Unauthorized):
        hint = "Sign in with `devos login`."
    if as_json:
        told = {"message": error.detail, "hint": hint, "exit_code": code}
        _emit({"error": {**told, "code": error.code, "request_id": error.request_id}})
        return code
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text("Error: ", style="bold red") + Text(printable(error.detail)))
    if hint:
        console.print(Text("Next:  ", style="bold") + Text(printable(hint)))
    return code


def _emit(data: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def _table(page: Page[Any]) -> None:
    """As wide as it must be: what is cut or folded can neither be read nor copied."""
    names = columns_of(page.items[0])
    rows = [[_cell(getattr(item, name)) for name in names] for item in page.items]
    titles = [name.replace("_", " ") for name in names]
    widths = [max(map(cell_len, column)) for column in zip(titles, *rows, strict=True)]
    console = Console(highlight=False, soft_wrap=True)
    for row, style in [(titles, "bold"), *((row, "") for row in rows)]:
        cells = (set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
        console.print(Text("  ".join(cells).rstrip(), style=style))
    if page.next_cursor is not None:
        more = Text(f"There are more: --cursor {printable(page.next_cursor)}")
        Console(stderr=True, highlight=False, soft_wrap=True).print(more)


def _facts(facts: Mapping[str, Any], console: Console) -> None:
    width = max(map(len, facts))
    for name, value in facts.items():
        console.print(Text(f"{name.replace('_', ' '):{width}}  ", style="dim") + Text(_cell(value)))


def _cell(value: object) -> str:
    """A value as a person reads it."""
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list):
        return ", ".join(map(_cell, value))  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, dict):
        return json.dumps(value, default=str)
    return printable(str(value))
