"""Following events and tasks: from where one was, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from commands import Terminal
from fake_devos import FakeDevos
from fake_store import FakeTask, Refusal
from running import until

from devos_sdk import AsyncDevos, Conflict, Devos, Event, LogLine, NotFound, Task, Unauthorized, Unavailable

STREAM = "/api/stream"


@contextmanager
def person(devos: FakeDevos, patience: float = 10) -> Iterator[Devos]:
    with Devos(devos.url, token="person-token", patience=timedelta(seconds=patience)) as client:
        yield client


def titles(events: list[Event]) -> list[str]:
    return [event.data["title"] for event in events]


def test_events_are_followed_from_a_cursor_on(devos: FakeDevos) -> None:
    devos.add("x", title="one")
    with person(devos) as client:
        following = client.events.follow(after="0", types=["task", "service.charged"], project_id="p")
        told = [next(following)]
        devos.add("x", title="two \u2028\x85 lines")
        told.append(next(following))
    assert titles(told) == ["one", "two \u2028\x85 lines"]
    assert [event.cursor for event in told] == ["1", "2"]
    (seen,) = devos.calls(STREAM)
    assert seen.query["project_id"] == "p"
    assert seen.headers["last-event-id"] == "0"
    assert "types=task&types=service.charged" in seen.url


@pytest.mark.parametrize("end", ["break", "too_slow", "not_signed_in"])
def test_a_stream_that_ends_is_gone_on_with_where_it_was(devos: FakeDevos, end: str) -> None:
    devos.faults.streams = [end, end, "break"]
    for number in range(4):
        devos.add("x", title=str(number))
    with person(devos) as client:
        following = client.events.follow(after="0")
        told = [next(following) for _ in range(4)]
    assert titles(told) == ["0", "1", "2", "3"]
    assert [seen.headers["last-event-id"] for seen in devos.calls(STREAM)] == ["0", "1", "2", "3"]


async def test_the_same_awaited_and_over_a_time_without_a_server(devos: FakeDevos) -> None:
    async with AsyncDevos(devos.url, token="person-token", patience=timedelta(0)) as client:
        following = client.events.follow()
        waiting = asyncio.ensure_future(anext(following))
        await until(lambda: devos.calls(STREAM))
        devos.add("x", title="before")
        assert (await waiting).data["title"] == "before"
        devos.faults.down = True
        waiting = asyncio.ensure_future(anext(following))
        await until(lambda: len(devos.calls(STREAM)) > 2)
        devos.add("x", title="meanwhile")
        devos.faults.down = False
        assert (await waiting).data["title"] == "meanwhile"


def test_what_the_server_refuses_is_raised(devos: FakeDevos) -> None:
    with person(devos, 0) as client:
        devos.faults.refuse_next[STREAM] = Refusal(404, "project_not_found", "There is no such project.")
        with pytest.raises(NotFound):
            next(client.events.follow(project_id="p"))
        devos.faults.streams = ["reset"]
        with pytest.raises(Conflict) as caught:
            next(client.events.follow(after="7"))
        assert caught.value.code == "cursor_not_kept"
        devos.faults.streams = ["not_signed_in"]
        following = client.events.follow(after="0")
        devos.add("x")
        next(following)
        devos.keys.clear()
        with pytest.raises(Unauthorized):
            next(following)


def test_a_server_that_was_never_there_is_told(devos: FakeDevos) -> None:
    devos.faults.down = True
    with person(devos, 0) as client, pytest.raises(Unavailable):
        next(client.events.follow())


def test_whoever_stops_listening_leaves_no_connection(devos: FakeDevos) -> None:
    devos.add("x")
    with person(devos) as client:
        following = client.events.follow(after="0")
        next(following)
        (seen,) = devos.calls(STREAM)
        assert not seen.gone()
        following.close()
        deadline = time.monotonic() + 10
        while not seen.gone():
            assert time.monotonic() < deadline


@contextmanager
def working(devos: FakeDevos, task: FakeTask, outcome: str) -> Iterator[None]:
    """Somebody who works on a task once it is followed."""

    def work() -> None:
        while not devos.calls(STREAM):
            time.sleep(0.01)
        with devos.lock:
            devos.claim([task.kind], 1, 60)
            lease = {"task_id": task.id, "lease_token": task.lease_token}
            task.progress, task.progress_note = 0.5, "half"
            for number, message in enumerate(("reading", "writing"), start=1):
                line = {"level": "info", "message": message, "attempt": 1, "at": task.created_at}
                task.logs.append({**line, "id": number})
        error = {"code": "broken", "message": "It broke"}
        time.sleep(0.1)
        with devos.lock:
            how = {"output": {}} if outcome == "completions" else {"error": error, "retryable": False}
            devos.finish(outcome, {**lease, **how})
            devos.lock.notify_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()


def test_a_task_is_followed_until_it_has_ended(devos: FakeDevos) -> None:
    task = devos.add("x")
    with person(devos) as client, working(devos, task, "completions"):
        told = [*client.tasks.follow(task.id)]
    assert [one.message for one in told if isinstance(one, LogLine)] == ["reading", "writing"]
    states = [one.state for one in told if isinstance(one, Task)]
    assert (states[0], states[-1]) == ("pending", "completed")
    assert isinstance(told[-1], Task)


def test_a_task_is_followed_by_whoever_may_not_read_events(devos: FakeDevos) -> None:
    task = devos.add("x")
    devos.faults.refuse_next[STREAM] = Refusal(403, "insufficient_scope", "This needs events:read.")
    with person(devos) as client, working(devos, task, "completions"):
        told = [*client.tasks.follow(task.id)]
    assert isinstance(told[-1], Task)
    assert told[-1].state == "completed"


@pytest.mark.parametrize(
    ("outcome", "code", "last"), [("completions", 0, "completed"), ("failures", 1, "failed")]
)
def test_the_command_exits_as_the_task_ended(
    devos: FakeDevos, tmp_path: Path, outcome: str, code: int, last: str
) -> None:
    terminal = Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})
    for arguments in ((), ("--json",)):
        devos.requests.clear()
        task = devos.add("x")
        with working(devos, task, outcome):
            said = terminal.run("tasks", "follow", task.id, *arguments)
        lines = said.out.splitlines()
        assert said.code == code
        assert [line for line in lines if "reading" in line]
        assert last in lines[-1]
        assert (code == 0) or "It broke" in lines[-1]
    assert all(line.startswith("{") for line in lines)


def test_the_command_shows_events_line_by_line(devos: FakeDevos, tmp_path: Path) -> None:
    terminal = Terminal(devos, tmp_path, {"DEVOS_TOKEN": "person-token"})
    devos.add("x", title="\x1b[2J")
    for arguments in ((), ("--json",)):
        # It goes on until somebody stops it, or it is refused.
        devos.faults.streams = ["not_signed_in"]
        devos.keys.add("person-token")
        ending = threading.Thread(target=lambda: _end(devos))
        ending.start()
        said = terminal.run("events", "follow", "--after", "0", "--type", "task", *arguments)
        ending.join()
        assert "task.created" in said.out.splitlines()[0]
        assert "\x1b" not in said.out
        assert said.code == 1


def _end(devos: FakeDevos) -> None:
    before = len(devos.calls(STREAM))
    while len(devos.calls(STREAM)) == before:
        time.sleep(0.01)
    devos.keys.clear()
