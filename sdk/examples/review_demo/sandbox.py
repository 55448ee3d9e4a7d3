"""Child processes for code that is not ours: empty environment, limits, time-out, bubblewrap when present.

The same file is the launcher: `sandbox.py <pid of the parent> <seconds of CPU, 0 for no limits> <command>`
makes the child die with its parent, sets the limits and becomes the command.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_OUTPUT_BYTES = 2_000_000
_BUBBLEWRAP = "bwrap"


@dataclass(frozen=True)
class Finished:
    """How a child ended. `code` is None when it ran out of time, `output` stdout and stderr up to a limit."""

    code: int | None
    output: str


async def run(
    command: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    env: Mapping[str, str] | None = None,
    isolated: bool = False,
) -> Finished:
    """Run a command without a shell. With `isolated` it runs behind bubblewrap, where that works."""
    wrapped = [*(await _walls(folder) if isolated else ()), *command]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        __file__,
        str(os.getpid()),
        str(int(seconds) + 1),
        *wrapped,
        cwd=folder,
        env={"LANG": "C.UTF-8", **(env or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            output = await _read(process)
            return Finished(await process.wait(), output)
    except TimeoutError:
        return Finished(None, "")
    finally:
        # Whatever the command has left behind in its session goes with it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _read(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    kept = bytearray()
    while chunk := await process.stdout.read(65536):
        kept += chunk[: _OUTPUT_BYTES - len(kept)]
    return kept.decode("utf-8", "replace")


async def _walls(folder: Path) -> list[str]:
    """The bubblewrap command line: no network, one folder to write in. Empty where it does not work."""
    bubblewrap = shutil.which(_BUBBLEWRAP)
    if bubblewrap is None:
        return []
    places = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", sys.prefix, sys.base_prefix]
    shown = [part for place in dict.fromkeys(places) for part in ("--ro-bind-try", place, place)]
    walls = [bubblewrap, "--unshare-all", "--die-with-parent", "--new-session"]
    walls += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", *shown]  # noqa: S108
    walls += ["--bind", str(folder), str(folder), "--chdir", str(folder), "--"]
    # Some machines have it and do not let it work.
    tried = await run([*walls, "/bin/true"], folder=folder, seconds=10)
    return walls if tried.code == 0 else []


def _become(parent: int, cpu_seconds: int, command: Sequence[str]) -> None:
    """Set the limits of this process, unless `cpu_seconds` is 0, and turn into the command."""
    _die_with(parent)
    if cpu_seconds:
        _limit(cpu_seconds)
    os.execvp(command[0], [*command])  # noqa: S606  no shell is the point


def _limit(cpu_seconds: int) -> None:
    import resource  # not on Windows

    limits = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: 4 << 30,
        resource.RLIMIT_FSIZE: 64 << 20,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
    }
    for limit, wanted in limits.items():
        _, hard = resource.getrlimit(limit)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(limit, (most, most))


def _die_with(parent: int) -> None:
    """On Linux, be killed when the agent is: a kill -9 leaves nothing running."""
    if sys.platform != "linux":
        return
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:  # it died in between
        os._exit(1)


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
