"""The command `devos` as a person runs it: another process, its output and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.support.processes import eventually, is_gone

COMMAND = (sys.executable, "-m", "control_plane")
_REPOSITORY = Path(__file__).parents[2]


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a person who has set nothing but `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEVOS_", "GITHUB_"))}
    # No user file with settings, and lines that are not folded.
    paths = os.pathsep.join(filter(None, [str(_REPOSITORY), os.environ.get("PYTHONPATH")]))
    own = {"XDG_CONFIG_HOME": str(home), "PYTHONPATH": paths, "COLUMNS": "300"}
    return {**kept, **own, **(extra or {})}


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def text(self) -> str:
        return self.out + self.err


def devos(
    *arguments: str, home: Path, env: Mapping[str, str] | None = None, stdin: str | None = None
) -> Answer:
    """Run a command to its end, in the folder `home`, with these lines on its standard input."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=home,
        env=environment(home, env),
        input=stdin or "",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Answer(done.returncode, done.stdout, done.stderr)


class Running:
    """A `devos up`, `api` or `worker` that runs."""

    def __init__(self, process: subprocess.Popen[str], home: Path) -> None:
        self.process = process
        self.home = home
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (home / "stderr").read_text()
        self.told: dict[str, Any] = json.loads(line)

    @property
    def url(self) -> str:
        return self.told["url"]

    @property
    def err(self) -> str:
        return (self.home / "stderr").read_text()

    def family(self) -> list[int]:
        """The pids of the process and of everything it has started."""
        process = psutil.Process(self.process.pid)
        return [process.pid, *(child.pid for child in process.children(recursive=True))]

    def end(self, how: signal.Signals = signal.SIGTERM, seconds: float = 20) -> int:
        """Send a signal and wait; fails when anything is left behind."""
        family = self.family()
        self.process.send_signal(how)
        code = self.process.wait(seconds)
        eventually(lambda: all(is_gone(pid) for pid in family))
        return code


@contextmanager
def running(*arguments: str, home: Path, env: Mapping[str, str] | None = None) -> Iterator[Running]:
    """Run a serving command with --json until the block ends."""
    with (home / "stderr").open("w") as err:
        process = subprocess.Popen(
            [*COMMAND, *arguments, "--json"],
            cwd=home,
            env=environment(home, env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    try:
        yield Running(process, home)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert process.stdout is not None
        process.stdout.close()
