"""P14: `devos up` on a new folder until it answers, and `devos demo` to its last line."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.harness import Bench, Result, Row
from benchmarks.stack import REPOSITORY, Process


def measure(bench: Bench) -> Result:
    rows = bench.interleaved({"devos up": lambda: _up(bench), "devos demo": lambda: _demo(bench)})
    return Result(
        rows,
        {
            "devos up from nothing": rows["devos up"]["seconds"],
            "devos demo to its last line": rows["devos demo"]["seconds"],
        },
    )


def _up(bench: Bench) -> Row:
    folder = bench.stack.folder / f"up-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "control_plane", "up", "--port", "0", "--json", "--data", str(folder)]
    begun = time.perf_counter()
    process = Process(*command, env={}, log=bench.stack.folder / "up.log")
    try:
        process.hear()
        return {"seconds": time.perf_counter() - begun}
    finally:
        process.end()


def _demo(bench: Bench) -> Row:
    begun = time.perf_counter()
    command = [sys.executable, "-m", "control_plane", "demo", "--json"]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {"seconds": time.perf_counter() - begun}
