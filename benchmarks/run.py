"""`make bench`: run the measures, say what they found, and whether the goals are kept."""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
from contextlib import ExitStack

from benchmarks import report
from benchmarks.goals import number, verdicts
from benchmarks.harness import IN_POSTGRES, IN_RABBITMQ, LIMITS, Bench, Result, environment
from benchmarks.stack import Stack
from control_plane.broker.node import BrokerNode, install

MEASURES = {
    "P1": "p01_drain",
    "P2": "p02_sql",
    "P3": "p03_create",
    "P4": "p04_pickup",
    "P5": "p05_backlog",
    "P6": "p06_snapshot",
    "P7": "p07_idle",
    "P8": "p08_charge",
    "P10": "p10_list",
    "P12": "p12_stream",
    "P14": "p14_start",
    "P16": "p16_mixed",
}
_WITH_PEERS = {"P1", "P3", "P4"}
_OVER_BROKER = {"P4", "P5", "P7"}
_WITH_BROKER = (*IN_RABBITMQ, "aio_pika")


def main() -> int:
    given = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without cleaning up
    wanted = given.only.split(",") if given.only else list(MEASURES)
    peers = tuple(name for name in given.peers.split(",") if name) if set(wanted) & _WITH_PEERS else ()
    where = environment()
    lines: list[str] = []
    with ExitStack() as stack:
        running = stack.enter_context(Stack())
        node = None
        if set(peers) & set(_WITH_BROKER) or set(wanted) & _OVER_BROKER:
            install()
            node = stack.enter_context(BrokerNode(running.folder / "rabbitmq")).node
        bench = Bench(
            running,
            rounds=1 if given.quick else given.rounds,
            scale=0.1 if given.quick else 1.0,
            peers=peers,
            amqp=node.url if node else "",
            broker_pid=node.pid if node else 0,
            node=node,
            say=lambda line: print(line, file=sys.stderr, flush=True),
        )
        for name in wanted:
            module = importlib.import_module(f"benchmarks.{MEASURES[name]}")
            bench.say((module.__doc__ or name).split(".")[0].replace("\n", " "))
            found = module.measure(bench)
            lines.append(conclude(name, found))
            if not given.quick:
                kept = report.keep({name: vars(found)}, where)
                if not given.only:
                    report.write_page(json.loads(kept.read_text()))
    print("\n".join(lines))
    return int(any(line.endswith("short") for line in lines))


def conclude(name: str, result: Result) -> str:
    """Say how each goal fared; the line of the measure is that of its tightest goal."""
    judged = verdicts(name, result.figures)
    for verdict in judged:
        print(f"  {name} {verdict.goal.figure}: {verdict.line}")
    if not judged:
        return f"{name} has no figure to judge"
    tightest = min(judged, key=lambda verdict: verdict.margin)
    word = "ok" if all(verdict.kept for verdict in judged) else "short"
    return f"{name} {number(tightest.worst)} goal {number(tightest.goal.bound)} {word}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help=f"some of {', '.join(MEASURES)}, with commas between")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round of a tenth: does it run at all?")
    everybody = ",".join([*IN_POSTGRES, *IN_RABBITMQ, *LIMITS])
    parser.add_argument("--peers", default=everybody, help="those to compare with; '' for none")
    given = parser.parse_args()
    unknown = set(given.only.split(",")) - set(MEASURES) - {""}
    if unknown or given.rounds < 1:
        parser.error(f"ONLY is one of {', '.join(MEASURES)}; ROUNDS is at least 1.")
    return given


if __name__ == "__main__":
    sys.exit(main())
