"""Reading logs: by the client and at the terminal."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos
from fake_store import FakeTask, now

from devos_sdk import Devos


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})


@pytest.fixture
def task(devos: FakeDevos) -> FakeTask:
    task = devos.add("work")
    for message, level in (("one", "info"), ("two", "debug"), ("three\nof three", "error")):
        write(devos, task, message, level)
    return task


def write(devos: FakeDevos, task: FakeTask, message: str, level: str = "info") -> None:
    with devos.lock:
        line = {"level": level, "message": message, "attempt": 1, "at": now()}
        task.logs.append({"id": len(task.logs) + 1, **line})


def test_a_client_follows_searches_and_looks_over_a_project(devos: FakeDevos, task: FakeTask) -> None:
    with Devos(devos.url, token="person-token") as person:
        page = person.tasks.logs(task.id, limit=1)
        rest = person.tasks.logs(task.id, after=page.items[-1].id)
        assert [line.message for line in (*page.items, *rest.items)] == ["one", "two", "three\nof three"]
        assert [line.id for line in person.tasks.logs(task.id, search="T", level="info").items] == [3]
        assert person.tasks.logs(task.id, order="desc", limit=1).items[0].id == 3
        lines = person.logs.list(project_id="p", since=datetime(2026, 1, 1, tzinfo=UTC))
        assert [line.task_id for line in lines.items] == [task.id] * 3
    assert devos.requests[-1].query["since"] == "2026-01-01T00:00:00+00:00"


def test_a_log_is_printed_to_its_end(terminal: Terminal, task: FakeTask) -> None:
    said = terminal.run("tasks", "logs", task.id)
    assert said.code == 0
    assert [line.rpartition("  ")[2] for line in said.out.splitlines()] == [
        "one",
        "two",
        "three",
        "of three",
    ]
    told = terminal.run("tasks", "logs", task.id, "--level", "info", "--search", "O", "--json")
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == [1, 3]
    tail = terminal.run("tasks", "logs", task.id, "--tail", "2", "--json")
    assert [json.loads(line)["id"] for line in tail.out.splitlines()] == [2, 3]


def test_what_a_handler_wrote_does_not_steer_a_terminal(
    terminal: Terminal, devos: FakeDevos, task: FakeTask
) -> None:
    write(devos, task, "\x1b]0;owned\x07")
    assert "\x1b" not in terminal.run("tasks", "logs", task.id).out


def test_a_log_is_followed_until_the_task_has_ended(
    terminal: Terminal, devos: FakeDevos, task: FakeTask
) -> None:
    path = f"/api/tasks/{task.id}/logs"

    def work() -> None:
        with devos.lock:
            devos.lock.wait_for(lambda: len(devos.calls(path)) >= 2, timeout=10)
            write(devos, task, "four")
            write(devos, task, "five")
            task.state = "completed"

    working = threading.Thread(target=work)
    working.start()
    said = terminal.run("tasks", "logs", task.id, "--follow", "--tail", "1", "--json")
    working.join()
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == [3, 4, 5]
    assert said.code == 0


def test_a_tail_of_nothing_follows_what_comes(terminal: Terminal, devos: FakeDevos, task: FakeTask) -> None:
    task.state = "failed"
    assert terminal.run("tasks", "logs", task.id, "--tail", "0", "--follow").out == ""


def test_a_task_that_is_not_there_has_no_log(terminal: Terminal) -> None:
    said = terminal.run("tasks", "logs", "0198c0de-0000-7000-8000-000000000001", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "task_not_found"
