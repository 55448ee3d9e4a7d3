"""`make chaos`: what docs/explanation/safety.md promises under faults, each with its figure.

make chaos                 all rows, half an hour
make chaos ONLY=19         one row of docs/operations/chaos.md
make chaos ARGS=--small    all rows in the short form of the test suite
make chaos ARGS=--json     one JSON document and nothing else
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import sys
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.chaos import broker_away, database_away, kill, noisy, partition, plan, restart
from tests.chaos.figures import Figure
from tests.support.folders import enterable_folder

Play = Callable[[Path], Coroutine[Any, Any, list[Figure]]]


@dataclass(frozen=True)
class Row:
    """What plays promises together, in full and in small."""

    promises: tuple[int, ...]
    full: Play
    small: Play


def rows(tasks: int) -> list[Row]:
    """All of them; the first does so many tasks."""
    others = ((4, restart), (19, broker_away), (20, database_away), (21, noisy), (22, partition))
    full = plan.plan_for(tasks)
    return [
        Row((1, 2, 3), partial(kill.play, plan=full), partial(kill.play, plan=plan.SMALL)),
        *(Row((number,), row.play, partial(row.play, plan=row.SMALL)) for number, row in others),
    ]


def play(row: Row, *, is_small: bool, seed: int) -> list[Figure]:
    """The figures of a row. What breaks it is one, too; then, as when it is short, its logs are kept."""
    with enterable_folder() as folder:
        try:
            figures = asyncio.run((row.small if is_small else row.full)(folder))
        except Exception as exc:  # noqa: BLE001 - the other rows are to be played all the same
            traceback.print_exc()
            figures = [Figure(row.promises[0], f"broke: {type(exc).__name__}", float("inf"), at_most=0)]
        if any(figure.is_short for figure in figures):
            kept = f"/tmp/devos-chaos-{row.promises[0]}-{seed}"
            unwanted = shutil.ignore_patterns("pg", "run", "mnesia", "*.sock", ".erlang.cookie", "node.json")
            shutil.copytree(folder, kept, ignore=unwanted, dirs_exist_ok=True)
            print(f"logs are kept in {kept}", file=sys.stderr)
    return figures


def main(argv: list[str] | None = None) -> int:
    """Run the command; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="make chaos", description=(__doc__ or "").splitlines()[0])
    known = [number for row in rows(1) for number in row.promises]
    parser.add_argument("--only", type=int, choices=known, help="the number of the promise")
    parser.add_argument("--tasks", type=int, default=plan.FULL.tasks, help="of the promises 1 to 3")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="orders the faults")
    parser.add_argument("--small", action="store_true", help="the short form")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args(argv)
    random.seed(options.seed)
    figures: list[Figure] = []
    for row in rows(options.tasks):
        if options.only in {None, *row.promises}:
            print(f"promise {', '.join(map(str, row.promises))}, seed {options.seed}", file=sys.stderr)
            figures += play(row, is_small=options.small, seed=options.seed)
    show(figures, seed=options.seed, as_json=options.json)
    return 1 if any(figure.is_short for figure in figures) else 0


def show(figures: list[Figure], *, seed: int, as_json: bool) -> None:
    """Print what was seen beside what was promised."""
    if as_json:
        is_ok = not any(figure.is_short for figure in figures)
        told = [figure.as_json() for figure in figures]
        print(json.dumps({"ok": is_ok, "seed": seed, "figures": told}, indent=2))
        return
    print(f"     {'figure':<58}{'value':>9}  {'bound':<9}")
    for figure in figures:
        print(figure)


if __name__ == "__main__":
    sys.exit(main())
