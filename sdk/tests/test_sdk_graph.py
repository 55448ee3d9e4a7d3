"""What people ask about graphs of tasks, from Python and from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos

from devos_sdk import Devos, NotFound


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})


def client(devos: FakeDevos) -> Devos:
    return Devos(devos.url, token="person-token")


def test_tasks_wait_for_tasks(devos: FakeDevos) -> None:
    first, second = devos.add("build"), devos.add("test")
    with client(devos) as person:
        person.tasks.add_dependencies(second.id, [{"task_id": first.id, "on_failure": "block"}])
        (found,) = person.tasks.dependencies(second.id).items
        assert (found.relation, found.task_id, found.state) == ("predecessor", first.id, "pending")
        person.tasks.remove_dependency(second.id, first.id)
        assert person.tasks.dependencies(second.id).items == []
        made = person.tasks.create(
            "Ship", project_id="p", kind="ship", parent_task_id=first.id, depends_on=[second.id]
        )
        after = person.tasks.successor(made.id, "Tell", kind="tell", on_failure="ignore", key="tell")
        assert person.tasks.successor(made.id, "Tell", kind="tell", key="tell").id == after.id
    sent = devos.calls("/api/tasks")[0].body
    assert (sent["depends_on"], sent["parent_task_id"]) == ([second.id], first.id)
    asked = devos.calls(f"/api/tasks/{made.id}/successor")[0].body
    assert asked == {"title": "Tell", "kind": "tell", "on_failure": "ignore", "key": "tell"}


def test_a_cancellation_says_why_and_how_far(devos: FakeDevos) -> None:
    task = devos.add("build")
    with client(devos) as person:
        assert person.tasks.cancel(task.id, reason="no", cascade="dependents").cancel_reason == "no"
        person.tasks.cancel(task.id)
    bodies = [seen.body for seen in devos.calls(f"/api/tasks/{task.id}/cancel")]
    assert bodies == [{"reason": "no", "cascade": "dependents"}, {}]


def test_waiting_ends_with_the_task_or_in_time(devos: FakeDevos) -> None:
    task = devos.add("build")
    with client(devos) as person:
        with pytest.raises(TimeoutError):
            person.tasks.wait(task.id, timeout=timedelta(seconds=0.3))
        task.state = "failed"
        assert person.tasks.wait(task.id).state == "failed"
        with pytest.raises(NotFound):
            person.tasks.wait("nobody")


def test_what_a_task_remembers_is_shown(devos: FakeDevos) -> None:
    task = devos.add("build")
    task.steps["fetch"] = {"name": "fetch", "attempt": 1, "output": [1], "created_at": "2030-01-01"}
    with client(devos) as person:
        (step,) = person.tasks.steps(task.id).items
    assert (step.name, step.output) == ("fetch", [1])


def test_a_tree_shows_what_hangs_on_a_task(devos: FakeDevos, terminal: Terminal) -> None:
    build = devos.add("build", title="Build [bold]it\x1b[31m")
    test = devos.add("test", title="Test", waits_for=[build.id])
    devos.add("ship", title="Ship", waits_for=[test.id])
    said = terminal.run("tasks", "tree", test.id)
    assert said.code == 0
    lines = [line.strip() for line in said.out.splitlines()]
    assert lines[0] == f"pending Test test {test.id}"
    assert lines[1].endswith("waits for")
    assert lines[2].endswith(f"pending Build [bold]it\N{REPLACEMENT CHARACTER}[31m build {build.id}")
    assert lines[3].endswith("followed by")
    assert "Ship" in lines[4]
    told = terminal.run("tasks", "tree", test.id, "--json").json
    assert [one["relation"] for one in told["tasks"]] == ["self", "predecessor", "successor"]


def test_a_tree_goes_from_the_oldest_ancestor_to_the_last_descendant(
    devos: FakeDevos, terminal: Terminal
) -> None:
    task = devos.add("build")
    line = [("self", 0, None, "a"), ("ancestor", 1, "a", "b"), ("ancestor", 2, "b", "c")]
    line += [("descendant", 1, "a", "d"), ("descendant", 2, "d", "e")]
    facts = {"kind": "k", "state": "running", "open_dependencies": 0}
    names = ("relation", "depth", "via_id", "id")
    tasks = [{**dict(zip(names, one, strict=True)), "title": one[3].upper(), **facts} for one in line]
    devos.faults.answer_next[f"/api/tasks/{task.id}/lineage"] = {"tasks": tasks, "complete": False}
    said = terminal.run("tasks", "tree", task.id)
    assert [text.split("running ")[1][0] for text in said.out.splitlines()] == ["C", "B", "A", "D", "E"]
    assert "more tasks than are shown" in said.err


@pytest.mark.parametrize(("state", "code"), [("completed", 0), ("failed", 1), ("cancelled", 1)])
def test_the_exit_code_of_waiting_is_the_end_of_the_task(
    devos: FakeDevos, terminal: Terminal, state: str, code: int
) -> None:
    task = devos.add("build", state=state)
    said = terminal.run("tasks", "wait", task.id, "--json")
    assert (said.code, said.json["state"]) == (code, state)


def test_a_command_that_waited_long_enough_says_so(devos: FakeDevos, terminal: Terminal) -> None:
    said = terminal.run("tasks", "wait", devos.add("build").id, "--timeout", "0.2", "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "timeout")


def test_a_command_cancels_and_creates_what_belongs_together(devos: FakeDevos, terminal: Terminal) -> None:
    task = devos.add("build")
    said = terminal.run("tasks", "cancel", task.id, "--reason", "no", "--cascade", "descendants", "--json")
    assert (said.code, said.json["state"]) == (0, "cancelled")
    create = ("tasks", "create", "Test", "--project", task.project_id, "--kind", "test")
    assert terminal.run(*create, "--parent", task.id, "--depends-on", task.id).code == 0
    sent = devos.calls("/api/tasks")[0].body
    assert (sent["parent_task_id"], sent["depends_on"]) == (task.id, [task.id])
