"""An agent as an operating system process: settings, signals, its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_devos import AGENT_KEY, FakeDevos
from fake_store import FakeTask
from running import until

import devos_sdk

HERE = Path(__file__).parent
SOURCE = Path(devos_sdk.__file__).parent.parent


def start(url: str | None, *, drain: float = 10, **more: str) -> subprocess.Popen[str]:
    kept = {name: os.environ[name] for name in ("PATH", "XDG_STATE_HOME")}
    env = {"PYTHONPATH": str(SOURCE), **kept, **more}
    if url is not None:
        env["DEVOS_URL"] = url
    command = [sys.executable, str(HERE / "drain_agent.py"), str(drain)]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=15)
    return process.returncode, said


@pytest.fixture
def held_back(devos: FakeDevos) -> Iterator[tuple[FakeTask, str]]:
    """A task whose handler waits for the server in the middle of its work."""
    task = devos.add("work")
    path = f"/api/tasks/{task.id}/progress"
    devos.faults.hang_on.add(path)
    yield task, path
    devos.faults.hang_on.clear()


async def test_sigterm_lets_a_running_handler_finish(
    devos: FakeDevos, held_back: tuple[FakeTask, str]
) -> None:
    task, path = held_back
    process = start(devos.url, DEVOS_AGENT_KEY=AGENT_KEY)
    await until(lambda: devos.calls(path))
    process.send_signal(signal.SIGTERM)
    await until(lambda: task.checkpoint == {"started": True})
    devos.faults.hang_on.clear()
    code, said = end(process)
    assert (code, task.state, task.output) == (0, "completed", {"done": "in time"})
    assert "has stopped" in said


async def test_what_does_not_finish_in_time_is_given_back(
    devos: FakeDevos, held_back: tuple[FakeTask, str]
) -> None:
    task, path = held_back
    process = start(devos.url, drain=0.2, DEVOS_AGENT_KEY=AGENT_KEY)
    await until(lambda: devos.calls(path))
    process.send_signal(signal.SIGTERM)
    code, _ = end(process)
    assert (code, task.state, task.retry_count) == (0, "pending", 0)
    assert [attempt["outcome"] for attempt in task.attempts] == ["released"]


async def test_a_second_signal_gives_back_at_once(devos: FakeDevos, held_back: tuple[FakeTask, str]) -> None:
    task, path = held_back
    process = start(devos.url, drain=600, DEVOS_AGENT_KEY=AGENT_KEY)
    await until(lambda: devos.calls(path))
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    code, _ = end(process)
    assert (code, task.state) == (0, "pending")


async def test_an_idle_agent_ends_at_once(devos: FakeDevos, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{AGENT_KEY}\n")
    process = start(devos.url, DEVOS_AGENT_KEY_FILE=str(key))
    await until(lambda: devos.calls("/api/agents/exchange"))
    process.send_signal(signal.SIGTERM)
    code, _ = end(process)
    assert code == 0
    assert devos.calls("/api/agents/exchange")[0].headers["authorization"] == f"Bearer {AGENT_KEY}"


@pytest.mark.parametrize(
    ("url", "more", "code", "sentence"),
    [
        (
            None,
            {},
            2,
            "drainer: Set DEVOS_URL: the address of the control plane, such as http://localhost:8000.",
        ),
        ("http://h", {}, 2, "drainer: Set DEVOS_AGENT_KEY: the key that registering the agent printed;"),
        ("ftp://h", {"DEVOS_AGENT_KEY": "k"}, 2, "must start with http:// or https://, not 'ftp://h'."),
        (
            "http://h",
            {"DEVOS_AGENT_KEY_FILE": "/nowhere/key"},
            2,
            "DEVOS_AGENT_KEY_FILE names a file that cannot be read",
        ),
    ],
)
def test_a_missing_setting_is_one_sentence(
    url: str | None, more: dict[str, str], code: int, sentence: str
) -> None:
    found, said = end(start(url, drain=1, **more))
    assert found == code
    assert sentence in said
    assert "Traceback" not in said


def test_a_wrong_key_is_one_sentence(devos: FakeDevos) -> None:
    code, said = end(start(devos.url, DEVOS_AGENT_KEY="devos_k1_other"))
    assert code == 1
    assert "drainer: The key is not valid. (unauthorized, request " in said
    assert said.rstrip().endswith("Register the agent again.")
