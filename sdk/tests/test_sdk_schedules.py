"""Schedules: the verbs, and the commands whose words have spaces in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos

from devos_sdk import AsyncDevos, Devos, NotFound

A = "0198c0de-0000-7000-8000-00000000000a"
TASK = {"kind": "report", "title": "Report"}


@pytest.fixture
def terminal(devos: FakeDevos, tmp_path: Path) -> Terminal:
    return Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})


def test_a_schedule_is_kept_changed_run_and_forgotten(devos: FakeDevos) -> None:
    with Devos(devos.url, token="person-token") as person:
        made = person.schedules.create("nightly", project_id=A, cron="0 3 * * *", task=TASK)
        said = {"name": "nightly", "project_id": A, "cron": "0 3 * * *", "task": TASK}
        assert devos.requests[-1].body == said
        assert person.schedules.update(made.id, overlap="queue", version=made.version).overlap == "queue"
        assert (devos.requests[-1].body, devos.requests[-1].headers["if-match"]) == (
            {"overlap": "queue"},
            f'"{made.version}"',
        )
        assert person.schedules.pause(made.id).is_paused
        assert not person.schedules.resume(made.id).is_paused
        run = person.schedules.run(made.id)
        assert person.schedules.runs(made.id).items == [run]
        assert person.schedules.of_task(run.task_id or "").schedule_id == made.id
        assert person.schedules.list(project_id=A).items == [person.schedules.get(made.id)]
        person.schedules.delete(made.id)
        with pytest.raises(NotFound):
            person.schedules.get(made.id)


async def test_the_next_instants_are_those_of_the_zone(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="person-token") as person:
        told = await person.schedules.preview("30 2 * * *", time_zone="Europe/Berlin", count=1)
    assert [at.isoformat() for at in told.next_runs] == ["2030-03-31T03:00:00+02:00"]
    assert devos.requests[-1].query == {
        "cron": "30 2 * * *",
        "time_zone": "Europe/Berlin",
        "count": "1",
    }


def test_a_schedule_is_made_and_changed_on_the_command_line(terminal: Terminal) -> None:
    create = ("schedules", "create", "nightly", "--project", A, "--cron", "30 2 * * *", "--kind", "report")
    more = ("--zone", "Europe/Berlin", "--input", '{"days": 1}', "--priority", "HIGH", "--missed", "skip")
    made = terminal.run(*create, *more, "--task", '{"max_retries": 1}', "--json").json
    assert terminal.devos.requests[-1].body == {
        "name": "nightly",
        "project_id": A,
        "cron": "30 2 * * *",
        "time_zone": "Europe/Berlin",
        "missed_runs": "skip",
        "task": {
            "max_retries": 1,
            "kind": "report",
            "title": "nightly",
            "priority": "HIGH",
            "input": {"days": 1},
        },
    }
    said = terminal.run("schedules", "update", made["id"], "--cron", "0 4 * * *", "--overlap", "queue")
    assert (said.code, "0 4 * * *" in said.out) == (0, True)
    assert terminal.devos.requests[-1].body == {"cron": "0 4 * * *", "overlap": "queue"}
    assert "nightly" in terminal.run("schedules", "list").out


def test_a_preview_is_a_line_for_each_time(terminal: Terminal) -> None:
    said = terminal.run("schedules", "preview", "30 2 * * *", "--zone", "Europe/Berlin")
    assert (said.code, said.out) == (0, "2030-03-31 03:00+02:00\n")


def test_no_schedules_are_told_in_words(terminal: Terminal) -> None:
    said = terminal.run("schedules", "list")
    assert (said.code, said.out, said.err) == (0, "", "There are none.\n")
