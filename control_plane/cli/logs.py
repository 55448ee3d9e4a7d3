"""`devos logs`: the lines that devos wrote into its data folder."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, TextIO, cast

import typer
from rich.markup import escape

from control_plane.cli.output import Data, Json, say
from control_plane.platform.errors import OperatorError
from control_plane.platform.settings import load_settings

_LEADING = ("timestamp", "level", "logger", "event", "exception")
_POLL_SECONDS = 0.2


def logs(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Wait for new lines. Ctrl-C ends it.")
    ] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many lines to begin with.")] = 100,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Print the log of devos.

    Examples: `devos logs -n 20`, `devos logs -f`, `devos logs --json | jq .event`
    """
    path = load_settings({"data": data}).data / "logs" / "devos.log"
    if not path.exists():
        raise OperatorError(f"There is no log in {path.parent} yet.", "Start devos with `devos up`.")
    with suppress(KeyboardInterrupt), path.open(encoding="utf-8", errors="replace") as file:
        for line in deque(file, maxlen=lines):
            _print(line, as_json=as_json)
        if follow:
            for line in _follow(path, file):
                _print(line, as_json=as_json)


def _follow(path: Path, file: TextIO) -> Iterator[str]:
    """Lines as they are written; goes on in the new file when the log is rotated."""
    rest = ""
    while True:
        chunk = file.readline()
        if chunk:
            rest += chunk
            if rest.endswith("\n"):
                yield rest
                rest = ""
            continue
        if _was_rotated(path, file):
            file = path.open(encoding="utf-8", errors="replace")
            continue
        time.sleep(_POLL_SECONDS)


def _was_rotated(path: Path, file: TextIO) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_ino != os.fstat(file.fileno()).st_ino
    return False


def _print(line: str, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(line)
        sys.stdout.flush()
        return
    try:
        event = cast("dict[str, Any]", json.loads(line))
    except ValueError:
        event = {"event": line.rstrip()}
    style = {"warning": "yellow", "error": "red", "critical": "red"}.get(str(event.get("level")), "dim")
    extra = " ".join(f"{key}={value}" for key, value in event.items() if key not in _LEADING)
    text = f"[dim]{escape(str(event.get('timestamp', '')))}[/] [{style}]{event.get('level', ''):<7}[/] "
    say(text + escape(str(event.get("event", ""))) + (f" [dim]{escape(extra)}[/]" if extra else ""))
    if "exception" in event:
        say(escape(str(event["exception"])))
