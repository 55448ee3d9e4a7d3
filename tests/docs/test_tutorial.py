"""The tutorial, followed by a machine: its programs as they stand in the page, only with shorter pauses."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.repository import ROOT
from tests.support.devos import Running, environment, running
from tests.support.folders import enterable_folder

PAGE = ROOT / "docs" / "tutorial" / "first-agent.md"
ADDRESS = "http://127.0.0.1:8000"
SHORTER = {
    "asyncio.sleep(3)": "asyncio.sleep(0.1)",
    "asyncio.sleep(10)": "asyncio.sleep(0.2)",
    "time.sleep(2)": "time.sleep(0.1)",
}


def programs(url: str) -> dict[str, str]:
    """The page's programs, by the name under which it tells the reader to save them."""
    text = PAGE.read_text()
    for long, short in {**SHORTER, ADDRESS: url}.items():
        assert long in text
        text = text.replace(long, short)
    blocks = re.split(r"```python\n", text)
    names = [name for before in blocks[:-1] for name in re.findall(r"`(\w+\.py)`:", before)[-1:]]
    return dict(zip(names, (block.split("```")[0] for block in blocks[1:]), strict=True))


class Reader:
    """Somebody with a terminal in the tutorial's folder."""

    def __init__(self, folder: Path, server: Running) -> None:
        self.folder = folder
        told = {"EMAIL": server.told["email"], "PASSWORD": server.told["password"], "DEVOS_URL": server.url}
        self.env = environment(folder, told)
        for name, text in programs(server.url).items():
            (folder / name).write_text(text)

    def run(self, program: str) -> str:
        """Run a program to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, program],
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def read_agent_env(self, exports: str) -> None:
        """Do what `. ./agent.env` does."""
        self.env |= dict(line.removeprefix("export ").split("=", 1) for line in exports.splitlines())


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with (
        enterable_folder() as folder,
        running("up", "--data", str(folder / "data"), "--port", "0", home=folder) as up,
    ):
        yield up


def test_the_tutorial_ends_as_it_says(server: Running, tmp_path: Path) -> None:
    reader = Reader(tmp_path, server)
    reader.read_agent_env(reader.run("register.py"))
    agent = subprocess.Popen([sys.executable, "greeter.py"], cwd=tmp_path, env=reader.env)
    try:
        assert reader.run("ask.py").splitlines()[-1] == "completed {'text': 'Hello, Ada!'}"
        later = [reader.run("ask.py").splitlines()[-1].split()[0] for _ in range(5)]
        assert later == ["completed"] * 4 + ["blocked"]
    finally:
        agent.terminate()
        assert agent.wait(20) == 0
