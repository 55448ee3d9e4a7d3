"""Rounds in turn, and what a round costs."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psutil

from benchmarks.stack import REPOSITORY, Process, Stack
from control_plane.broker.node import Node

PEERS_PYTHON = REPOSITORY / "benchmarks" / ".venv" / "bin" / "python"
IN_POSTGRES = ("pgqueuer", "procrastinate", "dbos")
IN_RABBITMQ = ("taskiq", "celery", "dramatiq")
LIMITS = ("asyncpg", "aio_pika")

Row = Mapping[str, float]
Rows = dict[str, dict[str, list[float]]]


@dataclass
class Result:
    """What a measure found: a value for each round, by subject and column, and for each of its goals."""

    rows: Rows
    figures: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """Where and how much is measured."""

    stack: Stack
    rounds: int
    scale: float = 1.0
    peers: tuple[str, ...] = ()
    amqp: str = ""
    broker_pid: int = 0
    node: Node | None = None
    say: Callable[[str], None] = print

    def size(self, jobs: int) -> int:
        """So many jobs, or a part of them in a quick run."""
        return max(200, int(jobs * self.scale))

    def having(self, *wanted: str) -> list[str]:
        """Those of these subjects that take part."""
        return [name for name in wanted if name in self.peers]

    def interleaved(self, subjects: Mapping[str, Callable[[], Row]]) -> Rows:
        """One round of each in turn, so that a noisy minute hits all; each round begins with another one."""
        rows: Rows = {name: defaultdict(list) for name in subjects}
        names = list(subjects)
        for turn in range(self.rounds):
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                row = subjects[name]()
                for column, value in row.items():
                    rows[name][column].append(value)
                told = ", ".join(f"{column} {value:,.3g}" for column, value in row.items())
                self.say(f"  round {turn + 1}/{self.rounds}  {name}: {told}")
        return rows

    def program(
        self, subject: str, command: str, *, env: Mapping[str, str] | None = None, **options: Any
    ) -> Process:
        """Start the program of a subject, in its own environment."""
        python = sys.executable if subject == "devos" else str(PEERS_PYTHON)
        given = {name: value for name, value in options.items() if value is not False}
        flags = [f"--{name}" if value is True else f"--{name}={value}" for name, value in given.items()]
        env = {**self.stack.environment, "BENCH_AMQP": self.amqp, **(env or {})}
        log = self.stack.folder / f"{subject}.log"
        return Process(python, "-m", f"benchmarks.subjects.{subject}", command, *flags, env=env, log=log)

    def told(self, subject: str, command: str, **options: Any) -> dict[str, Any]:
        """Run a program to its last line."""
        process = self.program(subject, command, **options)
        try:
            answer = process.hear()
            while not {"done", "prepared"} & set(answer):
                answer |= process.hear()
            return answer
        finally:
            process.end()

    @contextmanager
    def alone(self, subject: str) -> Iterator[None]:
        """Nothing of devos runs while a peer is measured."""
        ours = [] if subject == "devos" else list(self.stack.processes.values())
        for process in ours:
            psutil.Process(process.pid).suspend()
        try:
            yield
        finally:
            for process in ours:
                psutil.Process(process.pid).resume()

    def pids(self, subject: str, program: Process) -> dict[str, int]:
        """The processes that work for a subject, by part; each with its children."""
        parts = {"program": program.pid}
        if subject in (*IN_RABBITMQ, "aio_pika"):
            return {**parts, "rabbitmq": self.broker_pid}
        assert self.stack.postgres.pid is not None
        parts["postgres"] = self.stack.postgres.pid
        if subject == "devos":
            parts |= {name: process.pid for name, process in self.stack.processes.items()}
        return parts

    def prepare(self, subject: str) -> None:
        """The queue exists and is empty."""
        if subject == "devos":
            self.stack.empty()
        else:
            self.told(subject, "prepare")

    def fill(self, subject: str, jobs: int) -> None:
        """So many jobs and no others, settled."""
        self.prepare(subject)
        if subject == "devos":
            self.stack.fill(jobs)
        else:
            self.told(subject, "create", jobs=jobs, concurrency=16, bulk=True)
        if subject not in (*IN_RABBITMQ, "aio_pika"):
            for database in ("devos",) if subject == "devos" else ("peers", "dbos"):
                self.stack.sql("vacuum analyze", database=database)
            self.stack.sql("checkpoint")

    def drain(self, subject: str, concurrency: int, jobs: int) -> Row:
        """Fill a queue and let one process of the subject empty it."""
        with self.alone(subject):
            self.fill(subject, jobs)
            return self.consume(subject, concurrency, jobs)

    def consume(self, subject: str, concurrency: int, jobs: int, env: Mapping[str, str] | None = None) -> Row:
        warm = max(jobs // 20, concurrency)
        program = self.program(subject, "consume", concurrency=concurrency, warm=warm, jobs=jobs, env=env)
        return self.timed(subject, program, jobs - warm)

    def timed(self, subject: str, program: Process, jobs: int) -> Row:
        """Jobs per second since a program was warm, and the CPU per job of all that took part."""
        try:
            begun = program.hear()["warm"]
            before = {part: family(pid) for part, pid in self.pids(subject, program).items()}
            ended = program.hear()["done"]
            used = {part: family(pid) - before[part] for part, pid in self.pids(subject, program).items()}
        finally:
            program.end()
        parts = {f"CPU {part}": seconds / jobs * 1000 for part, seconds in used.items()}
        return {"per second": jobs / (ended - begun), "CPU ms": sum(parts.values()), **parts}


def family(pid: int) -> float:
    """CPU seconds of a process and its descendants so far, those that have ended too."""
    root = psutil.Process(pid)
    while True:
        ended = root.cpu_times().children_user, root.cpu_times().children_system
        total = 0.0
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        # One that ended meanwhile would be missed, or counted twice.
        if ended == (root.cpu_times().children_user, root.cpu_times().children_system):
            return total


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """Round by round: both of a round ran in the same minute."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def best(rows: Rows, names: list[str], column: str, choose: Callable[..., float] = max) -> list[float]:
    """The best of several subjects in each round; nothing when none took part."""
    return [choose(values) for values in zip(*(rows[name][column] for name in names), strict=True)]


def environment() -> dict[str, Any]:
    """What it was measured on."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True
    )
    return {
        "commit": commit.stdout.strip(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }
