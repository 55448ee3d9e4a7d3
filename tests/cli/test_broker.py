"""`devos broker`: what it says where no node runs, and what `devos doctor` and the settings make of one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from control_plane.broker.node import Node
from control_plane.cli.broker import examine, private_node, with_broker
from control_plane.platform.settings import describe, load_settings
from tests.support.devos import devos
from tests.support.processes import eventually

AWAY = "amqp://devos:a-password@127.0.0.1:1/devos"


def test_status_says_that_none_runs(tmp_path: Path) -> None:
    told = json.loads(
        devos("broker", "status", "--data", str(tmp_path / "data"), "--json", home=tmp_path).out
    )
    assert (told["running"], told["url"], told["pid"]) == (False, None, None)
    stopped = devos("broker", "stop", "--data", str(tmp_path / "data"), home=tmp_path)
    assert "No RabbitMQ ran." in stopped.out


def test_without_a_broker_nothing_is_wrong(tmp_path: Path) -> None:
    assert examine(load_settings({"data": str(tmp_path)})) == ("none: agents wait by long poll", "")


def test_a_broker_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    detail, hint = examine(load_settings({"data": str(tmp_path), "broker_url": AWAY}))
    assert detail.startswith("127.0.0.1:1 does not answer")
    assert "DEVOS_BROKER_URL" in hint
    assert "a-password" not in detail + hint


def test_the_password_of_the_broker_is_masked(tmp_path: Path) -> None:
    flags = {"data": str(tmp_path), "broker_url": AWAY}
    (shown,) = [one for one in describe(load_settings(flags), flags) if one.name == "broker_url"]
    assert shown.value == "amqp://devos:********@127.0.0.1:1/devos"


@pytest.mark.parametrize("url", ["http://a:b@host", "amqp://host/devos", "amqp://user@host/devos"])
def test_a_broker_url_without_a_login_is_refused(url: str) -> None:
    with pytest.raises(Exception, match="amqp://user:password@host"):
        load_settings({"broker_url": url})


def test_a_node_that_does_not_run_is_not_used(tmp_path: Path) -> None:
    settings = load_settings({"data": str(tmp_path)})
    folder = private_node(settings).folder
    folder.mkdir()
    ended = Node(1, 1, 1, 1, "secret", pid=2**22 + 1, started=1.0)
    (folder / "node.json").write_text(json.dumps(vars(ended)))
    assert with_broker(settings).broker_url is None


def test_a_node_that_was_killed_does_not_run(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = psutil.Process(child.pid)
        node = Node(1, 1, 1, 1, "secret", pid=child.pid, started=process.create_time())
        assert node.runs
        process.kill()
        # Nobody has asked for its end: the process is still there.
        eventually(lambda: process.status() == psutil.STATUS_ZOMBIE)
        assert not node.runs
