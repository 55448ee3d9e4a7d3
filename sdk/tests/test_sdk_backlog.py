"""Tasks that exist: found, edited, decided, put back; and a file of many."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos

from devos_sdk import Conflict, Devos, Retry


def client(devos: FakeDevos) -> Devos:
    return Devos(devos.url, token="person-token")


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})


def test_a_task_is_edited_decided_and_deleted(devos: FakeDevos) -> None:
    task = devos.add("work")
    with client(devos) as person:
        assert person.tasks.counts(project_id=devos.project_id)[0].count == 1
        assert person.tasks.edit(task.id, {"title": "Better"}, version=3).title == "Better"
        assert devos.requests[-1].headers["if-match"] == '"3"'
        assert person.tasks.set_status(task.id, "completed", output={"by": "hand"}).state == "completed"
        assert devos.requests[-1].body == {"status": "completed", "output": {"by": "hand"}}
        person.tasks.delete(task.id)
        claimed = devos.add("work")
        claimed.attempt = 1
        with pytest.raises(Conflict) as caught:
            person.tasks.delete(claimed.id)
    assert caught.value.code == "task_has_history"


def test_what_failed_is_looked_at_and_put_back(devos: FakeDevos) -> None:
    tasks = [devos.add("work") for _ in range(3)]
    for task in tasks:
        task.state, task.last_error = "failed", {"code": "boom"}
    since = datetime(2030, 1, 1, tzinfo=UTC)
    with client(devos) as person:
        letters = person.dead_letters.list(project_id=devos.project_id, since=since).items
        assert [(letter.id, letter.error) for letter in letters] == [(task.id, "boom") for task in tasks]
        assert devos.requests[-1].query["since"] == "2030-01-01T00:00:00+00:00"
        assert person.tasks.requeue(tasks[0].id).requeued == 1
        assert person.tasks.requeue_failed(project_id=devos.project_id, failed_before=since).more
    assert devos.requests[-1].body == {
        "filter": {"project_id": devos.project_id, "failed_before": "2030-01-01T00:00:00+00:00"}
    }


def test_all_that_failed_goes_back_however_often_one_must_ask(terminal: Terminal) -> None:
    devos = terminal.devos
    for _ in range(3):
        devos.add("work").state = "failed"
    said = terminal.run("tasks", "requeue", "--all", "--project", A, "--json")
    assert (said.code, said.json["requeued"]) == (0, 3)
    assert {task.state for task in devos.tasks.values()} == {"pending"}


A = "00000000-0000-4000-8000-00000000000a"


@pytest.mark.parametrize("line", ["", "--all", f"{A} --all --project {A}", f"{A} --kind work"])
def test_what_should_go_back_is_said_in_one_way(terminal: Terminal, line: str) -> None:
    said = terminal.run("tasks", "requeue", *line.split())
    assert said.code == 2
    assert not terminal.devos.requests


def test_a_retry_policy_is_sent_with_the_task(devos: FakeDevos) -> None:
    policy = Retry(max_attempts=3, base=timedelta(seconds=5), cap=timedelta(minutes=1))
    with client(devos) as person:
        person.tasks.create("x", project_id=devos.project_id, kind="work", retry=policy)
    body = devos.requests[-1].body
    assert (body["max_retries"], body["retry_policy"]) == (2, {"base_seconds": 5, "cap_seconds": 60})


def test_a_handlers_policy_grows_up_to_its_cap() -> None:
    policy = Retry(base=timedelta(seconds=10), cap=timedelta(seconds=60))
    for retries, step in ((0, 10), (1, 20), (2, 40), (3, 60), (99, 60)):
        waits = [policy.delay_seconds(retries) for _ in range(50)]
        assert all(wait is not None and step / 2 <= wait <= step for wait in waits)
    assert Retry().delay_seconds(3) is None


def test_a_file_of_tasks_is_created_and_not_twice(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    task = {"title": "t", "project_id": terminal.devos.project_id, "kind": "work"}
    file.write_text(json.dumps([task] * 1001))
    said = terminal.run("tasks", "create", "--file", str(file), "--json")
    assert (said.code, said.json["created"]) == (0, 1001), said
    sizes = [len(seen.body) for seen in terminal.devos.calls("/api/tasks")]
    assert sizes == [1000, 1]
    keys = {seen.headers["idempotency-key"] for seen in terminal.devos.calls("/api/tasks")}
    terminal.run("tasks", "create", "--file", str(file))
    assert {seen.headers["idempotency-key"] for seen in terminal.devos.calls("/api/tasks")} == keys
    assert len(terminal.devos.tasks) == 1001


def test_one_task_comes_from_the_standard_input_with_all_it_says(terminal: Terminal) -> None:
    task = {
        "title": "t",
        "project_id": terminal.devos.project_id,
        "kind": "work",
        "timeout_seconds": 600,
        "retry_policy": {"base_seconds": 5},
        "acceptance": ["it works"],
        "expected_artifacts": [{"name": "card.png"}],
        "resource_requirements": {"memory_mb": 512},
    }
    said = terminal.run("tasks", "create", "--file", "-", "--json", stdin=json.dumps(task))
    assert (said.code, said.json["created"]) == (0, 1), said
    assert terminal.devos.requests[-1].body == [task]


@pytest.mark.parametrize("text", ["", "[]", "[1]", '"x"'])
def test_a_file_that_holds_no_tasks_is_refused(terminal: Terminal, tmp_path: Path, text: str) -> None:
    file = tmp_path / "tasks.json"
    file.write_text(text)
    assert terminal.run("tasks", "create", "--file", str(file)).code == 2
    assert terminal.run("tasks", "create", "only a title").code == 2
    assert not terminal.devos.requests
