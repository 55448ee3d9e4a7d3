"""Commands beside a devos that runs."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.devos import Answer, Running, devos, running


def ask(server: Running, *arguments: str) -> Answer:
    return devos(*arguments, "--data", str(server.home / "data"), home=server.home)


def test_up_tells_url_and_login_and_both_work(server: Running) -> None:
    told = server.told
    assert told["pid"] == server.process.pid
    assert told["ready_seconds"] < 60
    login = {"email": told["email"], "password": told["password"]}
    answer = httpx.post(f"{server.url}/auth/v1/token?grant_type=password", json=login, trust_env=False)
    assert answer.status_code == 200, answer.text


def test_the_first_login_is_kept_in_a_private_file(server: Running) -> None:
    file = server.home / "data" / "initial-login"
    assert file.read_text().split() == ["email", server.told["email"], "password", server.told["password"]]
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_secret_of_the_installation_is_in_its_logs(server: Running) -> None:
    logs = "".join(path.read_text() for path in (server.home / "data" / "logs").iterdir()) + server.err
    assert "devos is ready" in logs
    assert server.told["password"] not in logs
    assert "PRIVATE KEY" not in logs


def test_a_second_up_on_the_folder_says_who_has_it(server: Running) -> None:
    answer = ask(server, "up", "--port", "0")
    assert answer.code == 1
    assert f"(pid {server.process.pid} at {server.url})" in answer.err
    assert "devos down" in answer.err


def test_a_taken_port_is_explained(server: Running) -> None:
    port = urlsplit(server.url).port
    answer = devos("up", "--data", str(server.home / "other"), "--port", str(port), home=server.home)
    assert answer.code == 1
    assert f"Port {port} is taken by python" in answer.err
    assert f"(pid {server.process.pid})" in answer.err
    assert "devos up --port " in answer.err


def test_status_says_where_it_runs(server: Running) -> None:
    answer = ask(server, "status", "--json")
    assert answer.code == 0
    assert (answer.json["ready"], answer.json["url"], answer.json["pid"]) == (
        True,
        server.url,
        server.process.pid,
    )
    assert f"ready at {server.url}" in ask(server, "status").out


def test_doctor_finds_nothing_wrong(server: Running) -> None:
    answer = ask(server, "doctor", "--json")
    assert answer.code == 0
    results = {check["check"]: check["result"] for check in answer.json["checks"]}
    assert set(results.values()) <= {"ok", "warning"}
    assert (results["server"], results["queue"]) == ("ok", "ok")
    assert f"ready at {server.url}" in ask(server, "doctor").out


def test_logs_are_readable_and_json(server: Running) -> None:
    assert "devos is ready" in ask(server, "logs").out
    lines = [json.loads(line) for line in ask(server, "logs", "--json", "-n", "1").out.splitlines()]
    assert len(lines) == 1
    assert lines[0]["level"]


def test_reset_refuses_while_it_runs(server: Running) -> None:
    answer = ask(server, "reset", "--yes")
    assert answer.code == 1
    assert f"devos runs on {server.home / 'data'} (pid {server.process.pid})" in answer.err


def test_an_api_and_a_worker_of_their_own_run_beside_it(server: Running) -> None:
    data = ("--data", str(server.home / "data"))
    with running("api", "--port", "0", *data, home=server.home) as api:
        assert api.url != server.url
        assert httpx.get(f"{api.url}/health/ready", trust_env=False).status_code == 200
        assert api.end() == 0
    with running("worker", *data, home=server.home) as worker:
        assert worker.told == {"running": True}
        assert worker.end() == 0


@pytest.mark.parametrize("name", ["api", "worker"])
def test_parts_need_a_database(name: str, server: Running) -> None:
    answer = devos(name, "--data", str(server.home / "nowhere"), home=server.home)
    assert answer.code == 1
    assert "There is no database" in answer.err
    assert "devos up" in answer.err
