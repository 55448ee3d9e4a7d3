"""Work at speed: what is fetched ahead, how much is told, and results that outlive the process."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_devos import AGENT_KEY, FakeDevos
from running import at_work, until
from test_sdk_process import end, start

from devos_sdk import Agent, Context
from devos_sdk._chronicle import Chronicle
from devos_sdk._journal import Journal
from devos_sdk._models import ClaimedTask
from devos_sdk._outbox import Outbox, Result, completion
from devos_sdk._pace import Pace


def claimed(number: int) -> ClaimedTask:
    return ClaimedTask(
        id=f"task {number}",
        project_id="project",
        kind="work",
        title="Work",
        priority="MEDIUM",
        attempt=1,
        lease_token=number,
        lease_seconds=60,
        lease_expires_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def wanted(devos: FakeDevos) -> list[int]:
    return [seen.body["wanted"] for seen in devos.calls("/api/agents/exchange")]


async def test_short_tasks_are_fetched_ahead(devos: FakeDevos) -> None:
    agent = Agent("quick", concurrency=1)

    @agent.task("work")
    async def work(_ctx: Context) -> None:
        pass

    tasks = [devos.add("work") for _ in range(60)]
    async with at_work(agent, devos):
        await until(lambda: all(task.state == "completed" for task in tasks))
    assert max(wanted(devos)) > 1
    assert len(wanted(devos)) < 60


async def test_of_long_tasks_no_more_are_taken_than_run(devos: FakeDevos) -> None:
    agent = Agent("slow", concurrency=2)
    running, most = 0, 0

    @agent.task("work")
    async def work(_ctx: Context) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(1)
        running -= 1

    tasks = [devos.add("work") for _ in range(4)]
    async with at_work(agent, devos):
        await until(lambda: all(task.state == "completed" for task in tasks))
    assert (most, max(wanted(devos))) == (2, 2)


async def test_what_was_fetched_ahead_is_given_back_unburned(devos: FakeDevos) -> None:
    agent = Agent("stopped", concurrency=1)
    began, may_end = asyncio.Event(), asyncio.Event()

    @agent.task("work")
    async def work(ctx: Context) -> None:
        if ctx.task.title == "held":
            began.set()
            await may_end.wait()

    tasks = [devos.add("work", title="held" if number == 30 else "quick") for number in range(60)]
    held = tasks.pop(30)
    async with at_work(agent, devos):
        await until(lambda: began.is_set() and any(task.state == "running" for task in tasks[30:]))
        agent.stop()
        # At once, and not when the handler that goes on has come to its end.
        await until(lambda: {task.state for task in tasks} == {"completed", "pending"})
        assert held.state == "running"
        may_end.set()
        await until(lambda: held.state == "completed")
    assert {task.retry_count for task in tasks} == {0}


async def test_work_that_is_on_its_way_when_it_is_stopped_is_given_back(devos: FakeDevos) -> None:
    agent = Agent("stopped")

    @agent.task("work")
    async def work(_ctx: Context) -> None:
        pass

    task = devos.add("work")
    path = "/api/agents/exchange"
    devos.faults.hold_answers_to.add(path)
    async with at_work(agent, devos):
        await until(lambda: task.state == "running")
        agent.stop()
        devos.faults.hold_answers_to.clear()
        await until(lambda: task.state == "pending")
    assert task.retry_count == 0


async def test_an_agent_that_stops_does_not_take_again_what_it_gives_back(devos: FakeDevos) -> None:
    agent = Agent("stopped", concurrency=2)

    @agent.task("work")
    async def work(_ctx: Context) -> None:
        await asyncio.Event().wait()

    task = devos.add("work")
    async with at_work(agent, devos):
        await until(lambda: task.state == "running" and len(devos.calls("/api/agents/exchange")) == 2)
    assert [attempt["outcome"] for attempt in task.attempts] == ["released"]


async def test_results_travel_while_others_are_on_their_way(devos: FakeDevos) -> None:
    agent = Agent("quick", concurrency=100)
    may_end = asyncio.Event()

    @agent.task("work")
    async def work(ctx: Context) -> None:
        if ctx.task.title == "held":
            await may_end.wait()

    tasks = [devos.add("work") for _ in range(500)]
    path = "/api/agents/exchange"
    async with at_work(agent, devos):
        # Now the agent knows how short they are.
        await until(lambda: all(task.state == "completed" for task in tasks))
        tasks = [devos.add("work", title="held") for _ in range(1000)]
        await until(lambda: sum(task.state == "running" for task in tasks) > 250)
        devos.faults.hold_answers_to.add(path)
        may_end.set()

        def on_their_way() -> int:
            return sum(not seen.is_answered and bool(seen.body["completions"]) for seen in devos.calls(path))

        await until(lambda: on_their_way() == 2)
        devos.faults.hold_answers_to.clear()
        await until(lambda: all(task.state == "completed" for task in tasks))


async def test_what_is_done_is_not_given_back_while_its_last_lines_travel(devos: FakeDevos) -> None:
    agent = Agent("talkative")

    @agent.task("work")
    async def work(ctx: Context) -> dict[str, bool]:
        ctx.log("done")
        return {"done": True}

    task = devos.add("work")
    path = f"/api/tasks/{task.id}/logs"
    devos.faults.hang_on.add(path)
    async with at_work(agent, devos):
        await until(lambda: devos.calls(path))
        agent.stop()
        agent.stop()
        devos.faults.hang_on.clear()
        await until(lambda: task.state != "running")
    assert (task.state, task.output) == ("completed", {"done": True})


def test_as_much_is_fetched_ahead_as_is_finished_while_a_call_is_on_its_way() -> None:
    pace = Pace(concurrency=10, lease_seconds=60)
    assert pace.ahead == 0, "nothing is known yet"
    pace.called(0.01)
    pace.finished(0.02)
    assert pace.ahead == 10
    for _ in range(50):
        pace.finished(120.0)
    assert pace.ahead == 0


def test_what_is_fetched_ahead_starts_well_within_its_lease() -> None:
    pace = Pace(concurrency=1, lease_seconds=10)
    pace.called(30.0)
    pace.finished(0.5)
    assert pace.ahead == 2


def test_many_tasks_are_told_as_a_number(caplog: pytest.LogCaptureFixture) -> None:
    chronicle = Chronicle()
    with caplog.at_level(logging.INFO, "devos_sdk"):
        for number in range(500):
            chronicle.started(claimed(number))
            chronicle.ended(f"task {number}", "completed")
    assert len(caplog.records) < 100
    assert any("besides" in record.message for record in caplog.records)


def test_what_a_dead_process_had_sent_is_sent_by_the_next(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    outbox = Outbox(first)
    for number in range(3):
        outbox.add(completion(claimed(number), {"number": number}))
    sent = outbox.take()
    assert Outbox(Journal(tmp_path)).waiting == 0, "it is no other process's while its own lives"
    first.close()
    heir = Journal(tmp_path)
    assert Outbox(heir).take() == sent
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_what_was_never_sent_is_left_to_the_next_process(tmp_path: Path) -> None:
    outbox = Outbox(Journal(tmp_path))
    for number in range(3):
        outbox.add(completion(claimed(number), {}))
    outbox.settle(outbox.take())
    outbox.add(completion(claimed(3), {}))
    outbox.close()
    heir = Outbox(Journal(tmp_path))
    assert [result.lease_token for result in heir.take()] == [3]


def test_what_was_inherited_is_kept_until_it_is_told(tmp_path: Path) -> None:
    outbox = Outbox(Journal(tmp_path))
    for number in range(300):
        outbox.add(completion(claimed(number), {}))
    outbox.close()
    journal = Journal(tmp_path)
    heir = Outbox(journal)
    heir.settle(heir.take())
    journal.close()  # as a kill would
    assert len(Outbox(Journal(tmp_path))) == 100


def test_what_the_server_has_is_not_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    outbox = Outbox(journal)
    outbox.add(completion(claimed(1), {}))
    outbox.settle(outbox.take())
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "dead.jsonl").write_bytes(
        b'{"verb":"releases","item":{"task_id":"a","lease_token":7}}\n{"verb":"comple'
    )
    (result,) = Outbox(Journal(tmp_path)).take()
    assert (result.verb, result.task_id, result.lease_token) == ("releases", "a", 7)


def test_what_is_on_its_way_is_kept_while_more_and_more_is_told(tmp_path: Path) -> None:
    outbox = Outbox(Journal(tmp_path))
    numbers = iter(range(10_000))

    def send() -> list[Result]:
        for _ in range(200):
            outbox.add(completion(claimed(next(numbers)), {}))
        return outbox.take()

    sent = send()
    for _ in range(30):
        following = send()
        outbox.settle(sent)
        sent = following
        (file,) = tmp_path.iterdir()
        kept = [json.loads(line)["item"]["lease_token"] for line in file.read_bytes().splitlines()]
        assert {result.lease_token for result in sent} <= set(kept)
        assert len(kept) <= 2_200, "it does not grow for ever"


async def test_a_result_outlives_the_agent_that_made_it(devos: FakeDevos, tmp_path: Path) -> None:
    task = devos.add("work")
    path = f"/api/tasks/{task.id}/progress"
    devos.faults.hang_on.add(path)

    def agent() -> subprocess.Popen[str]:
        return start(devos.url, DEVOS_AGENT_KEY=AGENT_KEY, DEVOS_OUTBOX=str(tmp_path))

    process = agent()
    await until(lambda: devos.calls(path))
    devos.faults.away_for.add("/api/agents/exchange")
    devos.faults.hang_on.clear()
    await until(lambda: any(file.stat().st_size for file in tmp_path.glob("*/*.jsonl")))
    process.kill()
    end(process)
    assert task.state == "running"
    devos.faults.away_for.clear()
    process = agent()
    await until(lambda: task.state == "completed")
    process.terminate()
    assert end(process)[0] == 0
    assert (task.output, len(task.attempts)) == ({"done": "in time"}, 1)
