"""Starting and stopping: what is left behind, what survives, and what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from control_plane.platform.lock import FolderLock
from tests.support.devos import COMMAND, Running, devos, environment, running
from tests.support.processes import eventually, is_gone

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's Postgres runs as another user")


@contextmanager
def signed_in(server: Running, home: Path) -> Iterator[httpx.Client]:
    """A client of the first admin."""
    words = (home / "data" / "initial-login").read_text().split()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=40) as client:
        login = {"email": words[1], "password": words[3]}
        answer = client.post("/auth/v1/token?grant_type=password", json=login)
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def test_data_and_login_survive_ctrl_c_and_kill_9(home: Path) -> None:
    up = ("up", "--data", str(home / "data"), "--port", "0")
    with running(*up, home=home) as server:
        with signed_in(server, home) as client:
            client.post("/api/projects", json={"name": "kept"}).raise_for_status()
        assert server.end(signal.SIGINT) == 0
    assert not (home / "data" / "state.json").exists()
    assert list((home / "data" / "run").iterdir()) == []

    with running(*up, home=home) as server:
        assert server.told["password"] is None
        with signed_in(server, home) as client:
            assert [item["name"] for item in client.get("/api/projects").json()["items"]] == ["kept"]
        server.end(signal.SIGKILL)
    gone = devos("status", "--data", str(home / "data"), "--json", home=home)
    assert (gone.code, gone.json["error"]["exit_code"]) == (3, 3)

    with running(*up, home=home) as server, signed_in(server, home) as client:
        assert len(client.get("/api/projects").json()["items"]) == 1


def test_down_waits_for_no_long_poll_and_answers_it(home: Path) -> None:
    with running("up", "--data", str(home / "data"), "--port", "0", home=home) as server:
        answers: list[Any] = []
        with signed_in(server, home) as client:
            project = client.post("/api/projects", json={"name": "p"}).json()["id"]
            agent = {"name": "patient", "project_ids": [project], "capabilities": []}
            key = client.post("/api/agents/register", json=agent).json()["api_key"]
            poll = threading.Thread(target=lambda: answers.append(wait_for_work(server.url, key)))
            poll.start()
            time.sleep(1)
            family = server.family()
            started = time.monotonic()
            answer = devos("down", "--data", str(home / "data"), "--json", home=home)
            assert time.monotonic() - started < 8
            poll.join()
        assert answer.json == {"stopped": True, "pid": server.process.pid, "data": str(home / "data")}
        assert server.process.wait(5) == 0
        eventually(lambda: all(is_gone(pid) for pid in family))
        assert answers == [(200, [])]
        assert "Traceback" not in server.err


def wait_for_work(url: str, key: str) -> tuple[int, list[object]]:
    body = {"kinds": ["code_review"], "limit": 1, "wait_seconds": 30, "lease_seconds": 60}
    answer = httpx.post(
        f"{url}/api/tasks/claim", json=body, headers={"X-API-Key": key}, timeout=40, trust_env=False
    )
    return answer.status_code, answer.json()["tasks"]


@pytest.mark.parametrize("seen", ["postgres.lock", "pg.new", "pg/postmaster.pid", "secrets"])
def test_a_stop_during_the_start_leaves_nothing(seen: str, home: Path) -> None:
    up = [*COMMAND, "up", "--data", str(home / "data"), "--port", "0"]
    with subprocess.Popen(up, cwd=home, env=environment(home), stderr=subprocess.PIPE, text=True) as process:
        try:
            eventually((home / "data" / seen).exists)
            process.terminate()
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Traceback" not in err
    assert list((home / "data" / "run").glob("*")) == []
    assert FolderLock(home / "data" / "postgres.lock").holder() is None


def test_a_database_that_is_killed_comes_back_and_the_data_with_it(home: Path) -> None:
    with running("up", "--data", str(home / "data"), "--port", "0", home=home) as server:
        with signed_in(server, home) as client:
            client.post("/api/projects", json={"name": "kept"}).raise_for_status()
            marker = home / "data" / "pg" / "postmaster.pid"
            killed = int(marker.read_text().split()[0])
            os.kill(killed, signal.SIGKILL)
            eventually(lambda: marker.exists() and marker.read_text().split()[:1] not in ([], [str(killed)]))
            eventually(lambda: client.get("/health/ready").status_code == 200)
            assert [item["name"] for item in client.get("/api/projects").json()["items"]] == ["kept"]
        assert server.end() == 0


def test_down_and_status_when_nothing_runs(home: Path) -> None:
    down = devos("down", "--json", "--data", str(home / "data"), home=home)
    assert (down.code, down.json["stopped"]) == (0, False)
    status = devos("status", "--data", str(home / "data"), home=home)
    assert status.code == 3
    assert "No devos runs on" in status.err
    assert "devos up" in status.err


def test_logs_before_the_first_start(home: Path) -> None:
    answer = devos("logs", "--data", str(home / "data"), home=home)
    assert answer.code == 1
    assert "There is no log" in answer.err


def test_up_with_a_database_of_ones_own_names_the_commands_for_it(home: Path) -> None:
    answer = devos("up", home=home, env={"DEVOS_DATABASE_URL": "postgresql://devos_login@db/devos"})
    assert answer.code == 1
    assert "devos migrate" in answer.err


def test_an_address_that_is_not_ours_is_explained(home: Path) -> None:
    answer = devos("up", "--host", "192.0.2.1", "--data", str(home / "data"), home=home)
    assert answer.code == 1
    assert "Nothing can listen on 192.0.2.1" in answer.err


@as_root
def test_root_below_a_private_folder_is_told_what_to_do(home: Path) -> None:
    (home / "private").mkdir(mode=0o700)
    answer = devos("up", "--port", "0", "--data", str(home / "private" / "data"), home=home)
    assert answer.code == 1
    assert f"may not enter {home / 'private'} (mode 0700)" in answer.err
    assert "--data" in answer.err


def test_reset_empties_and_uninstall_deletes(home: Path) -> None:
    data = home / "data"
    with running("up", "--data", str(data), "--port", "0", home=home) as server:
        first = server.told["password"]
    refused = devos("reset", "--data", str(data), home=home)
    assert refused.code == 1
    assert "--yes" in refused.err
    (data / "artifacts" / "7f").mkdir(parents=True)
    assert devos("reset", "--yes", "--data", str(data), home=home).code == 0
    assert not (data / "artifacts").exists()
    with running("up", "--data", str(data), "--port", "0", home=home) as server:
        assert server.told["password"] not in {None, first}
        pid = server.process.pid
        assert devos("uninstall", "--yes", "--data", str(data), home=home).code == 0
        assert server.process.wait(5) == 0
        assert is_gone(pid)
    assert not data.exists()


def test_a_folder_that_is_not_ours_is_never_deleted(home: Path) -> None:
    (home / "precious").mkdir()
    for command in ("reset", "uninstall"):
        answer = devos(command, "--yes", "--data", str(home / "precious"), home=home)
        assert answer.code == 1
        assert "was not made by devos" in answer.err
    assert (home / "precious").is_dir()
