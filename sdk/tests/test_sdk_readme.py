"""The README's programs, run as they are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fake_devos import FakeDevos
from running import until

import devos_sdk

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture
def programs(devos: FakeDevos, tmp_path: Path) -> dict[str, Path]:
    """Each program in a file of its own, speaking to the fake."""
    blocks = re.findall(r"```python\n# (\S+)\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    for name, text in blocks:
        (tmp_path / name).write_text(text.replace("http://localhost:8000", devos.url))
    return {name: tmp_path / name for name, _ in blocks}


def start(program: Path, **settings: str) -> subprocess.Popen[str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(devos_sdk.__file__).parent.parent), **settings}
    return subprocess.Popen([sys.executable, str(program)], env=env, stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    return out


async def test_five_minutes_lead_to_a_greeting(devos: FakeDevos, programs: dict[str, Path]) -> None:
    person = {"DEVOS_EMAIL": "ada@example.com", "DEVOS_PASSWORD": "right"}
    first = said(start(programs["first_steps.py"], **person))
    key = re.findall(r"^key (\S+)$", first, re.MULTILINE)[0]
    agent = start(programs["greeter.py"], DEVOS_URL=devos.url, DEVOS_AGENT_KEY=key)
    try:
        await until(lambda: devos.calls("/api/agents/exchange"))
        assert said(start(programs["ask.py"], **person)) == "completed {'text': 'Hello, Ada!'}\n"
        assert "It prints `completed {'text': 'Hello, Ada!'}`." in README.read_text(encoding="utf-8")
    finally:
        agent.terminate()
        assert said(agent) == ""
    (task,) = devos.tasks.values()
    assert [line["message"] for line in task.logs] == ["greeting Ada"]
