"""What a handler can do through its context."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from fake_devos import FakeDevos
from fake_store import FakeTask, Refusal
from pydantic import BaseModel
from running import at_work, until

from devos_sdk import Agent, BudgetExhausted, Context, DevosError, NotFound, SyncContext, Terminal


class Diff(BaseModel):
    files: tuple[str, ...]


async def ends(devos: FakeDevos, handler: Callable[[Context], Awaitable[Any]], **more: Any) -> FakeTask:
    """Run one task of this handler to its end."""
    agent = Agent("tester")
    agent.task("work")(handler)
    task = devos.add("work", **more)
    async with at_work(agent, devos):
        await until(lambda: task.state in ("completed", "failed", "blocked"))
    return task


def service(
    devos: FakeDevos, name: str, limit: str, substitute: dict[str, Any] | None = None
) -> dict[str, Any]:
    made = {"id": f"id-of-{name}", "project_id": devos.project_id, "name": name, "state": "ACTIVE"}
    money = {"limit": Decimal(limit), "spent": Decimal(0)}
    devos.services[made["id"]] = {**made, **money, "substitute_id": substitute["id"] if substitute else None}
    return devos.services[made["id"]]


async def test_a_step_that_was_done_is_not_done_again(devos: FakeDevos) -> None:
    fetched: list[str] = []

    async def fetch(name: str) -> Diff:
        fetched.append(name)
        return Diff(files=("a.py", "b.py"))

    answers: list[Diff] = []

    async def work(ctx: Context) -> None:
        answers.append(await ctx.step("fetch", fetch, "main"))
        if ctx.attempt == 1:
            raise OSError("after the first step")

    task = await ends(devos, work)
    assert fetched == ["main"]
    assert answers == [Diff(files=("a.py", "b.py"))] * 2
    assert [attempt["outcome"] for attempt in task.attempts] == ["retried", "completed"]


async def test_a_step_answers_the_same_type_in_every_attempt(devos: FakeDevos) -> None:
    answers: list[Any] = []

    async def work(ctx: Context) -> None:
        answers.append(await ctx.step("pair", lambda: (1, 2)))
        if ctx.attempt == 1:
            raise OSError("again")

    await ends(devos, work)
    assert answers == [[1, 2], [1, 2]]


async def test_a_step_name_used_twice_is_refused(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        await ctx.step("lint", lambda: "a.py is clean")
        await ctx.step("lint", lambda: "b.py is not")

    task = await ends(devos, work, max_retries=0)
    assert task.last_error is not None
    assert "'lint' was named before" in task.last_error["message"]


async def test_a_step_that_failed_is_not_remembered(devos: FakeDevos) -> None:
    tries: list[int] = []

    def flaky() -> str:
        tries.append(len(tries))
        if len(tries) == 1:
            raise OSError("not yet")
        return "done"

    async def work(ctx: Context) -> str:
        with pytest.raises(OSError, match="not yet"):
            await ctx.step("fetch", flaky)
        return await ctx.step("fetch", flaky)

    task = await ends(devos, work)
    assert (task.output, [step["attempt"] for step in task.steps.values()]) == ({"result": "done"}, [1])


async def test_the_checkpoint_of_an_author_lives_beside_the_steps(devos: FakeDevos) -> None:
    seen: list[dict[str, Any]] = []

    async def work(ctx: Context) -> None:
        seen.append(ctx.checkpoint_data)
        await ctx.step("one", lambda: 1)
        await ctx.checkpoint({"page": 7})
        if ctx.attempt == 1:
            raise OSError("again")

    task = await ends(devos, work)
    assert seen == [{}, {"page": 7}]
    assert (task.checkpoint, task.steps["one"]["output"]) == ({"page": 7}, 1)


async def test_a_step_that_is_too_large_is_an_error_of_the_handler(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        with pytest.raises(DevosError) as caught:
            await ctx.step("large", lambda: "x" * 270_000)
        await ctx.step("small", lambda: "x")
        raise Terminal(caught.value.code)

    task = await ends(devos, work)
    assert task.last_error is not None
    assert task.last_error["message"] == "step_too_large"
    assert [*task.steps] == ["small"]


async def test_steps_side_by_side_are_all_remembered_and_read_once(devos: FakeDevos) -> None:
    names = [f"step {number}" for number in range(120)]
    done: list[str] = []

    async def work(ctx: Context) -> None:
        if ctx.attempt == 1:
            devos.faults.refuse_next[f"/api/tasks/{ctx.task.id}/steps"] = Refusal(503, "away", "Not now.")
        answers = await asyncio.gather(
            *(ctx.step(name, lambda name=name: done.append(name) or name) for name in names)
        )
        assert answers == names
        if ctx.attempt == 1:
            raise OSError("again")

    task = await ends(devos, work)
    assert task.state == "completed"
    assert sorted(done) == sorted([*task.steps]) == sorted(names)
    reads = [seen for seen in devos.calls(f"/api/tasks/{task.id}/steps") if seen.method == "GET"]
    assert [seen.query.get("cursor") for seen in reads] == [None, "100"]


async def test_a_handler_adds_a_successor_once_in_all_attempts(devos: FakeDevos) -> None:
    made: list[str] = []

    async def work(ctx: Context) -> None:
        devos.faults.lose_answers_to.add(f"/api/tasks/{ctx.task.id}/successor")
        after = await ctx.successor("Deploy", kind="deploy", input={"ref": "main"})
        made.append(after.id)
        if ctx.attempt == 1:
            raise OSError("again")
        await ctx.successor("Deploy", kind="deploy", input={"ref": "other"})
        await ctx.successor("Announce", kind="announce", key="announce")

    task = await ends(devos, work, priority="HIGH")
    assert made[0] == made[1]
    after = [(one.kind, one.priority, one.input) for one in devos.tasks.values() if one is not task]
    assert after == [
        ("deploy", "HIGH", {"ref": "main"}),
        ("deploy", "HIGH", {"ref": "other"}),
        ("announce", "HIGH", {}),
    ]


async def test_log_lines_arrive_in_order_in_few_calls_before_the_result(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        for number in range(2500):
            ctx.log(f"line {number}", level="debug")
        ctx.log("bytes \0 and half a pair \ud800")

    task = await ends(devos, work)
    assert [line["message"] for line in task.logs[:-1]] == [f"line {number}" for number in range(2500)]
    assert task.logs[-1]["message"] == "bytes \N{REPLACEMENT CHARACTER} and half a pair ?"
    assert len(devos.calls(f"/api/tasks/{task.id}/logs")) == 3


async def test_long_lines_travel_in_calls_that_the_server_takes(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        for number in range(200):
            ctx.log(f"{number} " + "\x01" * 7_000)

    task = await ends(devos, work)
    assert [line["message"].split()[0] for line in task.logs] == [str(number) for number in range(200)]
    sizes = [len(json.dumps(call.body)) for call in devos.calls(f"/api/tasks/{task.id}/logs")]
    assert len(sizes) == 3
    assert max(sizes) < 4 * 1024 * 1024


async def test_lines_arrive_within_a_second_while_the_handler_works(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        began = time.monotonic()
        ctx.log("working")
        while not devos.tasks[ctx.task.id].logs:
            await asyncio.sleep(0.01)
        ctx.log(str(time.monotonic() - began))

    task = await ends(devos, work)
    assert float(task.logs[-1]["message"]) < 1


async def test_when_lines_come_faster_than_they_leave_the_oldest_go_with_a_note(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        devos.faults.hang_on.add(f"/api/tasks/{ctx.task.id}/logs")
        for number in range(6000):
            ctx.log(f"line {number}")
        devos.faults.hang_on.clear()

    task = await ends(devos, work)
    assert task.logs[0]["message"] == "1000 lines were dropped here"
    assert [line["message"] for line in task.logs[1:]] == [f"line {number}" for number in range(1000, 6000)]


async def test_a_batch_of_lines_whose_answer_was_lost_is_stored_once(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        devos.faults.lose_answers_to.add(f"/api/tasks/{ctx.task.id}/logs")
        ctx.log("once")

    task = await ends(devos, work)
    assert [line["message"] for line in task.logs] == ["once"]
    assert len(devos.calls(f"/api/tasks/{task.id}/logs")) == 2


async def test_what_a_handler_raised_is_in_its_log(devos: FakeDevos) -> None:
    async def work(_ctx: Context) -> None:
        raise Terminal("no such branch")

    task = await ends(devos, work)
    assert [(line["level"], line["message"]) for line in task.logs] == [("error", "Terminal: no such branch")]


async def test_a_charge_goes_to_the_substitute_when_the_budget_is_used_up(devos: FakeDevos) -> None:
    first = service(devos, "first", "0.10", service(devos, "second", "1.00"))
    used: list[tuple[str, str | None]] = []

    async def work(ctx: Context) -> None:
        for number in range(3):
            charge = await ctx.charge("first", Decimal("0.05"), key=f"step {number}")
            used.append((charge.service_used.name, charge.delegated_from and charge.delegated_from.name))
        advice = await ctx.dispatch("first")
        assert advice.service_used is not None
        used.append((advice.service_used.name, advice.service_asked.name))

    task = await ends(devos, work)
    assert used == [("first", None), ("first", None), ("second", "first"), ("second", "first")]
    assert first["state"] == "SUSPENDED"
    assert [str(charge["amount"]) for charge in task.charges] == ["0.05"] * 3
    assert len(devos.calls("/api/services")) == 1


async def test_a_charge_whose_answer_was_lost_is_booked_once(devos: FakeDevos) -> None:
    made = service(devos, "first", "1.00")

    async def work(ctx: Context) -> None:
        devos.faults.lose_answers_to.add(f"/api/services/{made['id']}/charge")
        await ctx.charge("first", "0.05")

    task = await ends(devos, work)
    assert [str(charge["amount"]) for charge in task.charges] == ["0.05"]


async def test_a_used_up_budget_blocks_the_task(devos: FakeDevos) -> None:
    service(devos, "first", "0.01")

    async def work(ctx: Context) -> None:
        with pytest.raises(BudgetExhausted):
            await ctx.charge("first", "0.05")
        await ctx.charge("first", "0.04")

    task = await ends(devos, work)
    assert (task.state, task.blocked_reason) == ("blocked", "budget")


async def test_an_unknown_service_is_named(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        with pytest.raises(NotFound, match="no service named 'other'"):
            await ctx.charge("other", "0.05")

    assert (await ends(devos, work)).state == "completed"


async def test_feedback_with_one_key_is_one_record(devos: FakeDevos) -> None:
    async def work(ctx: Context) -> None:
        one = await ctx.github.comment("o/r", 7, "Looks good", key="review")
        two = await ctx.github.comment("o/r", 7, "Looks good, again", key="review")
        assert one == two
        await ctx.github.comment("o/r", 7, "Something else")
        await ctx.github.status("o/r", 7, sha="a" * 40, state="success", description="clean")

    assert (await ends(devos, work)).state == "completed"
    posted = [
        (item["kind"], item.get("body"), item.get("context"))
        for item in (sent["asked"] for sent in devos.feedback.values())
    ]
    assert posted == [
        ("comment", "Looks good", None),
        ("comment", "Something else", None),
        ("status", None, "devos"),
    ]


async def test_a_sync_handler_has_the_same_verbs(devos: FakeDevos) -> None:
    service(devos, "first", "1.00")
    agent = Agent("tester")

    @agent.task("work")
    def work(ctx: SyncContext, value: dict[str, int]) -> dict[str, Any]:
        ctx.log(f"attempt {ctx.attempt}")
        diff = ctx.step("fetch", Diff, files=("a.py",))
        charge = ctx.charge("first", "0.05")
        feedback = ctx.github.comment("o/r", value["number"], "hello")
        ctx.checkpoint({"page": 1})
        return {"files": diff.files, "paid by": charge.service_used.name, "feedback": feedback.state}

    task = devos.add("work", {"number": 7})
    async with at_work(agent, devos):
        await until(lambda: task.state == "completed")
    assert task.output == {"files": ["a.py"], "paid by": "first", "feedback": "queued"}
    assert (task.checkpoint, [*task.steps]) == ({"page": 1}, ["fetch"])
