"""`make chaos`: a promise of docs/explanation/safety.md held under faults, with its figures.

make chaos              all that there are
make chaos ONLY=1       nothing is lost and nothing completed twice, whatever is killed
make chaos ONLY=1 ARGS='--tasks 2000 --seed 7'
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys

from tests.chaos.kill import play
from tests.chaos.plan import (
    FEWEST_STALE,
    FULL,
    MOST_RUN_TWICE,
    MOST_SECONDS_TO_CLAIM_AGAIN,
    MOST_SECONDS_WITHOUT_WORKER,
    Figures,
    plan_for,
)
from tests.support.folders import enterable_folder


def show(figures: Figures) -> None:
    """Print what was seen beside what was promised."""
    rows = [
        ("tasks", figures.tasks, ""),
        ("lost", figures.lost, "0"),
        ("completed twice", figures.completed_twice, "0"),
        ("work done to its end twice", figures.run_twice, f"<= {MOST_RUN_TWICE * figures.tasks:.0f}"),
        ("attempts that died with their agent", figures.begun_again, ""),
        ("stale completions refused", figures.stale_refused, f">= {FEWEST_STALE}"),
        ("stale writes accepted", figures.stale_accepted, "0"),
        ("tasks of silent agents claimed again", figures.claimed_again, "> 0"),
        (
            "  seconds after the lease, p99",
            f"{figures.seconds_to_claim_again:.2f}",
            f"<= {MOST_SECONDS_TO_CLAIM_AGAIN:.0f}",
        ),
        (
            "  at the most, while no worker runs",
            f"{figures.seconds_without_worker:.2f}",
            f"<= {MOST_SECONDS_WITHOUT_WORKER:.0f}",
        ),
        ("faults", figures.faults, ""),
        ("seconds", f"{figures.seconds:.0f}", ""),
    ]
    for name, value, goal in rows:
        print(f"{name:<38}{value!s:>8}  {goal}".rstrip())


def main() -> int:
    """Run the command; 0 when every goal was met."""
    parser = argparse.ArgumentParser(prog="make chaos", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", type=int, choices=[1], help="the number of the promise")
    parser.add_argument("--tasks", type=int, default=FULL.tasks)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="orders the faults")
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"{options.tasks} tasks, seed {options.seed}", flush=True)
    with enterable_folder() as folder:
        figures = asyncio.run(play(plan_for(options.tasks), folder))
        if short := figures.shortcomings():
            kept = f"/tmp/devos-chaos-{options.seed}"
            shutil.copytree(folder, kept, ignore=shutil.ignore_patterns("pg", "run"), dirs_exist_ok=True)
            print(f"logs are kept in {kept}")
    show(figures)
    for sentence in short:
        print(f"short: {sentence}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
