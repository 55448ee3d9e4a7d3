"""Leases: renewed together, counted on our own clock, obeyed when they are lost."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from fake_devos import FakeDevos
from running import at_work, until

from devos_sdk import Agent, Cancelled, Context, SyncContext

RENEW = "/api/tasks/renew"


@pytest.fixture
def agent() -> Agent:
    return Agent("tester", concurrency=4, lease=timedelta(seconds=1))


async def test_all_leases_are_renewed_in_one_call_and_outlast_their_length(
    agent: Agent, devos: FakeDevos
) -> None:
    together, go_on = asyncio.Barrier(3), asyncio.Event()

    @agent.task("long")
    async def long(_ctx: Context) -> None:
        await together.wait()
        await go_on.wait()

    tasks = [devos.add("long") for _ in range(3)]
    async with at_work(agent, devos):
        await until(lambda: len([s for s in devos.calls(RENEW) if len(s.body["leases"]) == 3]) >= 4)
        go_on.set()
        await until(lambda: all(task.state == "completed" for task in tasks))
    assert [len(task.attempts) for task in tasks] == [1, 1, 1]


async def test_a_handler_stops_before_its_unrenewed_lease_ends(devos: FakeDevos) -> None:
    agent = Agent("tester", lease=timedelta(seconds=2))
    left: list[float] = []

    @agent.task("long")
    async def long(_ctx: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append(task.lease_ends - time.monotonic())

    devos.faults.hang_on.add(RENEW)
    task = devos.add("long")
    async with at_work(agent, devos):
        await until(lambda: left)
        devos.faults.hang_on.clear()
    assert 0 < left[0] < 0.5


async def test_a_lease_counts_from_what_the_server_says_is_left(
    devos: FakeDevos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renewal that was answered and made nothing longer."""
    monkeypatch.setattr("devos_sdk._leases._NEWS_SECONDS", 0.1)
    agent = Agent("tester", lease=timedelta(seconds=2))
    devos.renewed_below = 0
    left: list[float] = []

    @agent.task("long")
    async def long(_ctx: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append(task.lease_ends - time.monotonic())

    task = devos.add("long")
    async with at_work(agent, devos):
        await until(lambda: left)
        devos.renewed_below = 1
    assert left[0] > 0
    assert len(devos.calls(RENEW)) >= 3


async def test_a_lost_lease_stops_the_handler_and_nothing_more_is_said(
    agent: Agent, devos: FakeDevos
) -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    @agent.task("long")
    async def long(_ctx: Context) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = devos.add("long")
    async with at_work(agent, devos):
        await started.wait()
        with devos.lock:
            devos.take_lease_away(task)
        await asyncio.wait_for(stopped.wait(), 10)
    assert [attempt["outcome"] for attempt in task.attempts] == ["lease_expired"]
    results = [
        s.body[verb]
        for s in devos.calls("/api/agents/exchange")
        for verb in ("completions", "failures", "releases")
    ]
    assert not any(results)


async def test_a_call_that_is_refused_for_its_lease_stops_the_handler(agent: Agent, devos: FakeDevos) -> None:
    went_on: list[str] = []

    @agent.task("long")
    async def long(ctx: Context) -> None:
        with devos.lock:
            devos.take_lease_away(task)
        try:
            await ctx.progress(0.5)
        finally:
            went_on.append("told")
        went_on.append("and worked on")

    task = devos.add("long")
    async with at_work(agent, devos):
        await until(lambda: went_on)
    assert went_on == ["told"]
    assert task.progress == 0


async def test_a_cancelled_task_stops_its_handler(agent: Agent, devos: FakeDevos) -> None:
    started = asyncio.Event()

    @agent.task("long")
    async def long(_ctx: Context) -> None:
        started.set()
        await asyncio.Event().wait()

    task = devos.add("long")
    async with at_work(agent, devos):
        await started.wait()
        task.cancel_requested_at = "now"
        await until(lambda: task.state == "cancelled")
    assert [attempt["outcome"] for attempt in task.attempts] == ["cancelled"]


async def test_a_cancellation_is_known_within_seconds_however_long_the_lease(
    devos: FakeDevos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devos_sdk._leases._NEWS_SECONDS", 0.2)
    agent, started = Agent("tester", lease=timedelta(hours=1)), asyncio.Event()

    @agent.task("long")
    async def long(_ctx: Context) -> None:
        started.set()
        await asyncio.Event().wait()

    task = devos.add("long")
    async with at_work(agent, devos):
        await started.wait()
        task.cancel_requested_at = "now"
        await until(lambda: task.state == "cancelled", 10)


async def test_a_cancelled_handler_may_clean_up_longer_than_one_that_is_told_to_hurry(
    devos: FakeDevos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devos_sdk._attempt.STOP_GRACE", timedelta(seconds=0.05))
    agent, cleaned = Agent("tester", concurrency=2, lease=timedelta(seconds=1)), asyncio.Event()
    cleaning, ended = asyncio.Event(), []

    @agent.task("long")
    async def long(ctx: Context) -> None:
        try:
            ctx.log("at work")
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await cleaned.wait()
            ended.append(ctx.task.id)

    first, second = devos.add("long"), devos.add("long")
    async with at_work(agent, devos):
        await until(lambda: first.logs and second.logs)
        first.cancel_requested_at = second.cancel_requested_at = "now"
        await cleaning.wait()
        renewals = len(devos.calls(RENEW))
        # Meanwhile its lease lives on, until the server takes it.
        await until(lambda: len(devos.calls(RENEW)) >= renewals + 2)
        with devos.lock:
            devos.take_lease_away(second)
        await until(lambda: len(devos.calls(RENEW)[-1].body["leases"]) == 1)
        cleaned.set()
        await until(lambda: first.state == "cancelled")
    assert first.id in ended
    assert [attempt["outcome"] for attempt in second.attempts] == ["lease_expired"]


async def test_a_cancelled_task_is_known_when_its_log_is_sent(devos: FakeDevos) -> None:
    agent = Agent("tester", lease=timedelta(hours=1))

    @agent.task("long")
    async def long(ctx: Context) -> None:
        task.cancel_requested_at = "now"
        ctx.log("still here")
        await asyncio.Event().wait()

    task = devos.add("long")
    async with at_work(agent, devos):
        await until(lambda: task.state == "cancelled", 4)


async def test_a_cancelled_task_is_known_at_the_next_report_too(devos: FakeDevos) -> None:
    agent, seen = Agent("tester", lease=timedelta(hours=1)), []

    @agent.task("long")
    async def long(ctx: Context) -> None:
        task.cancel_requested_at = "now"
        try:
            await ctx.checkpoint({"page": 3})
            await asyncio.Event().wait()
        finally:
            seen.append(ctx.cancelled)

    task = devos.add("long")
    async with at_work(agent, devos):
        await until(lambda: task.state == "cancelled")
    assert seen == [True]


async def test_sync_handlers_run_side_by_side_while_their_leases_are_renewed(
    agent: Agent, devos: FakeDevos
) -> None:
    together = threading.Barrier(2)

    @agent.task("blocking")
    def blocking(ctx: SyncContext) -> str:
        together.wait(10)
        renewals = len(devos.calls(RENEW))
        deadline = time.monotonic() + 15
        while len(devos.calls(RENEW)) < renewals + 4:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        ctx.progress(1.0, "done")
        return threading.current_thread().name

    tasks = [devos.add("blocking"), devos.add("blocking")]
    async with at_work(agent, devos):
        await until(lambda: all(task.state == "completed" for task in tasks))
    assert [task.output for task in tasks] == [{"result": "devos-handler"}] * 2
    assert [(task.progress, task.progress_note) for task in tasks] == [(1.0, "done")] * 2
    assert [len(task.attempts) for task in tasks] == [1, 1]


async def test_a_sync_handler_is_told_to_stop_at_its_next_call(agent: Agent, devos: FakeDevos) -> None:
    started = threading.Event()

    @agent.task("blocking")
    def blocking(ctx: SyncContext) -> None:
        started.set()
        deadline = time.monotonic() + 10
        while not ctx.cancelled:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        with pytest.raises(Cancelled):
            ctx.progress(0.5)
        ctx.checkpoint({"never": "saved"})

    task = devos.add("blocking")
    async with at_work(agent, devos):
        await until(started.is_set)
        task.cancel_requested_at = "now"
        await until(lambda: task.state == "cancelled")
    assert task.checkpoint is None


async def test_a_sync_handler_that_waits_for_the_server_is_reached_too(
    agent: Agent, devos: FakeDevos
) -> None:
    ended: list[str] = []

    @agent.task("blocking")
    def blocking(ctx: SyncContext) -> None:
        try:
            ctx.checkpoint({"page": 1})
        except Cancelled as exc:
            ended.append(str(exc))
            raise

    task = devos.add("blocking")
    devos.faults.hang_on |= {RENEW, f"/api/tasks/{task.id}/checkpoint"}
    async with at_work(agent, devos):
        await until(lambda: ended)
        devos.faults.hang_on.clear()
    assert ended[0] == "lease_unrenewed"
