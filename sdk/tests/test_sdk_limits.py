"""Limits: the verbs and the commands; keys of tasks; and why a task waits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos

from devos_sdk import AsyncDevos, Devos, NotFound

A = "0198c0de-0000-7000-8000-00000000000a"


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})


def test_a_limit_is_set_changed_and_deleted(devos: FakeDevos) -> None:
    with Devos(devos.url, token="person-token") as person:
        made = person.limits.create(
            "reviews",
            project_id=A,
            scope="key",
            kind="code_review",
            max_running=10,
            rate=(100, timedelta(hours=1)),
        )
        assert devos.requests[-1].body == {
            "name": "reviews",
            "project_id": A,
            "scope": "key",
            "kind": "code_review",
            "max_running": 10,
            "rate": {"count": 100, "seconds": 3600},
        }
        assert made.rate is not None
        assert made.rate.count == 100
        assert person.limits.update(made.id, {"max_running": 0}, version=made.version).max_running == 0
        assert devos.requests[-1].headers["if-match"] == f'"{made.version}"'
        assert person.limits.list(project_id=A).items == [person.limits.get(made.id)]
        person.limits.delete(made.id)
        with pytest.raises(NotFound):
            person.limits.get(made.id)


async def test_a_task_says_its_key_and_what_it_waits_for(devos: FakeDevos) -> None:
    devos.rows["waits"] = [{"what": "limit", "name": "reviews", "limit_id": A}]
    async with AsyncDevos(devos.url, token="person-token") as person:
        made = await person.tasks.create("Review", project_id=A, kind="code_review", concurrency_key="shop")
        assert devos.requests[-1].body["concurrency_key"] == "shop"
        (wait,) = await person.tasks.waits(made.id)
    assert (wait.what, wait.name) == ("limit", "reviews")


def test_a_limit_is_set_again_under_its_name(terminal: Terminal) -> None:
    begin = ("limits", "set", "one deploy", "--project", A, "--kind", "deploy")
    made = terminal.run(*begin, "--max-running", "1", "--json").json
    said = {"name": "one deploy", "project_id": A, "scope": "kind", "kind": "deploy", "max_running": 1}
    assert terminal.devos.requests[-1].body == said
    again = terminal.run(*begin, "--per-key", "--rate", "5/60", "--json").json
    assert (again["id"], terminal.devos.requests[-1].method) == (made["id"], "PUT")
    assert terminal.devos.requests[-1].body == {
        "scope": "key",
        "kind": "deploy",
        "max_running": None,
        "rate": {"count": 5, "seconds": 60},
    }
    assert "one deploy" in terminal.run("limits", "list").out
    assert terminal.run(*begin, "--rate", "often").code == 2


def test_why_a_task_waits_is_a_line_for_each_reason(terminal: Terminal) -> None:
    assert terminal.run("tasks", "waits", A).out == "It waits for nothing but an agent that takes it.\n"
    terminal.devos.rows["waits"] = [
        {"what": "dependencies", "count": 2},
        {"what": "limit", "name": "reviews", "limit_id": A, "until": "2030-01-01T00:00:00Z"},
    ]
    said = terminal.run("tasks", "waits", A)
    assert said.out == "2 tasks\nlimit reviews until 2030-01-01 00:00:00+00:00\n"
