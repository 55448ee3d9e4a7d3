"""What becomes of a task: results, failures, outages."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from fake_devos import FakeDevos
from fake_store import Refusal
from pydantic import BaseModel
from running import at_work, until

import devos_sdk._attempt
from devos_sdk import Agent, BudgetExhausted, Context, Retry, RetryLater, Terminal, Unauthorized


class Sum(BaseModel):
    a: int
    b: int


class Total(BaseModel):
    total: int


@pytest.fixture
def agent() -> Agent:
    return Agent("tester", concurrency=4)


async def test_the_answer_of_the_handler_becomes_the_output(agent: Agent, devos: FakeDevos) -> None:
    @agent.task("sum")
    async def add(ctx: Context, numbers: Sum) -> Total:
        assert ctx.input is numbers
        return Total(total=numbers.a + numbers.b)

    task = devos.add("sum", {"a": 2, "b": 3})
    async with at_work(agent, devos):
        await until(lambda: task.state == "completed")
    assert task.output == {"total": 5}


async def test_a_wrong_input_is_a_final_failure_that_does_not_repeat_the_input(
    agent: Agent, devos: FakeDevos
) -> None:
    ran: list[Sum] = []

    @agent.task("sum")
    async def add(_ctx: Context, numbers: Sum) -> None:
        ran.append(numbers)

    task = devos.add("sum", {"a": "a secret", "b": 3})
    async with at_work(agent, devos):
        await until(lambda: task.state == "failed")
    assert ran == []
    assert task.last_error is not None
    assert task.last_error["code"] == "invalid_input"
    assert "a: Input should be a valid integer" in task.last_error["message"]
    assert "secret" not in task.last_error["message"]


@pytest.mark.parametrize(
    ("error", "rule", "state", "code"),
    [
        (Terminal("no such branch"), Retry(), "failed", "terminal"),
        (RetryLater(timedelta(hours=1)), Retry(), "pending", "retry_later"),
        (KeyError("x"), Retry(max_attempts=1), "failed", "handler_error"),
        (BudgetExhausted("spent", code="budget_exhausted"), Retry(), "blocked", "budget_exhausted"),
    ],
)
async def test_the_handler_says_how_it_failed(
    agent: Agent, devos: FakeDevos, error: Exception, rule: Retry, state: str, code: str
) -> None:
    @agent.task("doomed", retry=rule)
    async def doomed(_ctx: Context) -> None:
        raise error

    task = devos.add("doomed")
    async with at_work(agent, devos):
        await until(lambda: task.attempts)
    assert task.state == state
    assert task.last_error is not None
    assert task.last_error["code"] == code
    assert task.blocked_reason == ("budget" if state == "blocked" else None)


async def test_what_is_put_off_burns_no_retry(agent: Agent, devos: FakeDevos) -> None:
    @agent.task("patient", retry=Retry(max_attempts=2))
    async def patient(ctx: Context) -> None:
        if ctx.attempt <= 3:
            raise RetryLater(timedelta(0))
        raise KeyError("x")

    task = devos.add("patient", max_retries=1)
    async with at_work(agent, devos):
        await until(lambda: task.state == "failed")
    assert (task.attempt, task.retry_count) == (5, 1)


async def test_a_failure_is_tried_again_and_the_handler_knows_its_attempt(
    agent: Agent, devos: FakeDevos
) -> None:
    @agent.task("shaky", retry=Retry(max_attempts=3))
    async def shaky(ctx: Context) -> dict[str, int]:
        if ctx.attempt < 3:
            raise OSError("not yet")
        return {"attempt": ctx.attempt}

    task = devos.add("shaky")
    async with at_work(agent, devos):
        await until(lambda: task.state == "completed")
    assert [attempt["outcome"] for attempt in task.attempts] == ["retried", "retried", "completed"]
    assert task.output == {"attempt": 3}


async def test_a_handler_out_of_time_is_stopped_and_the_task_tried_again(
    agent: Agent, devos: FakeDevos
) -> None:
    stopped: list[int] = []

    @agent.task("slow", timeout=timedelta(milliseconds=50))
    async def slow(ctx: Context) -> None:
        if ctx.attempt == 1:
            try:
                await asyncio.Event().wait()
            finally:
                stopped.append(ctx.attempt)

    task = devos.add("slow")
    async with at_work(agent, devos):
        await until(lambda: task.state == "completed")
    assert stopped == [1]
    assert [attempt["outcome"] for attempt in task.attempts] == ["retried", "completed"]
    assert task.last_error is not None
    assert task.last_error["code"] == "timeout"


async def test_a_handler_that_ignores_its_end_is_given_up(
    agent: Agent, devos: FakeDevos, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(devos_sdk._attempt, "STOP_GRACE", timedelta(milliseconds=50))
    let_go = asyncio.Event()

    @agent.task("stubborn", timeout=timedelta(milliseconds=20), retry=Retry(max_attempts=1))
    async def stubborn(_ctx: Context) -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    task = devos.add("stubborn")
    async with at_work(agent, devos):
        await until(lambda: task.state == "failed")
        let_go.set()
    assert "did not stop when told to (timeout)" in caplog.text


async def test_no_more_tasks_run_at_once_than_asked_for(devos: FakeDevos) -> None:
    agent, running, most, go_on = Agent("tester", concurrency=2), 0, 0, asyncio.Event()

    @agent.task("count")
    async def count(_ctx: Context) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go_on.wait()
        running -= 1

    tasks = [devos.add("count") for _ in range(5)]
    async with at_work(agent, devos):
        await until(lambda: running == 2)
        go_on.set()
        await until(lambda: all(task.state == "completed" for task in tasks))
    assert most == 2


async def test_a_result_outlives_an_outage_of_the_server(agent: Agent, devos: FakeDevos) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    @agent.task("work")
    async def work(_ctx: Context) -> dict[str, int]:
        started.set()
        await go_on.wait()
        return {"answer": 42}

    task = devos.add("work")
    async with at_work(agent, devos):
        await started.wait()
        devos.faults.down = True
        go_on.set()
        await until(
            lambda: [
                s for s in devos.calls("/api/agents/exchange") if s.status == 503 and s.body["completions"]
            ]
        )
        devos.faults.down = False
        await until(lambda: task.state == "completed")
    assert task.output == {"answer": 42}
    assert len(task.attempts) == 1


async def test_a_result_whose_answer_was_lost_is_sent_again_and_counts_once(
    agent: Agent, devos: FakeDevos, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "devos_sdk")

    @agent.task("work")
    async def work(_ctx: Context) -> None:
        devos.faults.lose_answers_to.add("/api/agents/exchange")

    task = devos.add("work")
    async with at_work(agent, devos):
        await until(lambda: f"task {task.id}: duplicate" in caplog.text)
    assert [attempt["outcome"] for attempt in task.attempts] == ["completed"]


async def test_a_result_the_server_refuses_holds_up_no_other(agent: Agent, devos: FakeDevos) -> None:
    together = asyncio.Barrier(2)

    @agent.task("poison")
    async def poison(_ctx: Context) -> dict[str, str]:
        await together.wait()
        return {"text": "a NUL: \0"}

    @agent.task("fine")
    async def fine(_ctx: Context) -> dict[str, str]:
        await together.wait()
        return {"text": "fine"}

    bad, good = devos.add("poison"), devos.add("fine")
    async with at_work(agent, devos):
        await until(lambda: (bad.state, good.state) == ("failed", "completed"))
    assert bad.last_error is not None
    assert bad.last_error["code"] == "invalid_output"


@pytest.mark.parametrize("answer", [float("nan"), "half a pair \ud800", object()])
async def test_an_answer_that_is_not_json_is_a_final_failure(
    agent: Agent, devos: FakeDevos, answer: object
) -> None:
    @agent.task("odd")
    async def odd(_ctx: Context) -> object:
        return {"answer": answer}

    task = devos.add("odd")
    async with at_work(agent, devos):
        await until(lambda: task.state == "failed")
    assert task.last_error is not None
    assert task.last_error["code"] == "invalid_output"


async def test_a_key_that_is_not_valid_ends_the_agent(agent: Agent, devos: FakeDevos) -> None:
    @agent.task("work")
    async def work(_ctx: Context) -> None: ...

    with pytest.raises(Unauthorized, match="The key is not valid") as caught:
        await agent.serve(url=devos.url, api_key="devos_k1_other")
    assert (caught.value.status, caught.value.code) == (401, "unauthorized")


async def test_the_agent_waits_out_an_error_of_the_server(agent: Agent, devos: FakeDevos) -> None:
    devos.faults.refuse_next["/api/agents/exchange"] = Refusal(500, "bug", "A bug.")

    @agent.task("work")
    async def work(_ctx: Context) -> None: ...

    task = devos.add("work")
    async with at_work(agent, devos):
        await until(lambda: task.state == "completed")
