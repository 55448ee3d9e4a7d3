"""The demo cleans up after itself, however it ends; what it shows is tested in tests/e2e."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.support.devos import COMMAND, devos, environment
from tests.support.processes import eventually, is_gone


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_early_leaves_no_process(how: signal.Signals, home: Path) -> None:
    folder = home / "demo"
    command = [*COMMAND, "demo", "--data", str(folder)]
    with (home / "out").open("w") as out:
        demo = subprocess.Popen(command, cwd=home, env=environment(home), stdout=out, stderr=out)
    try:
        eventually(lambda: "the agent is started" in (home / "out").read_text(), seconds=40)
        family = [demo.pid, *(child.pid for child in psutil.Process(demo.pid).children(recursive=True))]
        demo.send_signal(how)
        code = demo.wait(30)
    finally:
        demo.kill()
    eventually(lambda: all(is_gone(pid) for pid in family), seconds=30)
    assert len(family) > 4
    assert "Traceback" not in (home / "out").read_text()
    if how != signal.SIGKILL:
        assert code == 130
        assert not folder.exists()


def test_a_demo_that_is_kept_goes_on_until_down(home: Path) -> None:
    folder = home / "demo"
    try:
        answer = devos("demo", "--keep", "--data", str(folder), home=home)
        assert answer.code == 0, answer.text
        assert f"devos down --data {folder / 'data'}" in answer.out
        status = devos("status", "--json", "--data", str(folder / "data"), home=home)
        assert status.json["ready"] is True
        assert status.json["url"] in answer.out
    finally:
        down = devos("down", "--json", "--data", str(folder / "data"), home=home)
    assert down.json["stopped"] is True
    eventually(lambda: is_gone(status.json["pid"]))
