"""The log of a task: kept in order, found again, and limited with a line that says so."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.sql.acting import KIND, complete, fail
from tests.sql.logs.lines import line, log, read
from tests.support.world import Actor, World


async def test_a_full_log_ends_in_one_line_that_counts_what_was_not_kept(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    task = await world.claimed()
    assert (await log(as_agent, task, "1", "2", lines=3))["stored"] == 2
    assert await log(as_agent, task, "3", "4", lines=3) == {
        "stored": 1,
        "dropped": 1,
        "cancel_requested": False,
    }
    assert await read(as_viewer, task) == ["1", "2", "3", "log limit reached: 1 more line was not kept"]
    assert (await log(as_agent, task, "5", "6", lines=3))["dropped"] == 2
    mark = "log limit reached: 3 more lines were not kept"
    assert await read(as_viewer, task) == ["1", "2", "3", mark]
    assert await read(as_viewer, task, newest_first=True) == [mark, "3", "2", "1"]
    told = await as_viewer.call("list_task_logs", task_id=UUID(task["id"]))
    assert (told[-1]["level"], told[-1]["attempt"]) == ("warning", 1)


async def test_a_log_is_limited_in_bytes_too_and_has_one_end(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    task = await world.claimed()
    await log(as_agent, task, "äää", "12345", "x", bytes=10)
    # What would fit after the first that did not would leave a hole that nobody sees.
    await log(as_agent, task, "y", bytes=10)
    assert await read(as_viewer, task) == ["äää", "log limit reached: 3 more lines were not kept"]


async def test_the_line_at_the_end_is_paged_like_the_others(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    task = await world.claimed()
    await log(as_agent, task, "1", "2", "3", lines=2)
    for newest_first, bound in ((False, "after"), (True, "before")):
        whole = await as_viewer.call("list_task_logs", task_id=UUID(task["id"]), newest_first=newest_first)
        walked: list[Any] = []
        while len(walked) < len(whole):
            place = {bound: walked[-1]["id"]} if walked else {}
            one = await as_viewer.call(
                "list_task_logs", task_id=UUID(task["id"]), limit=1, newest_first=newest_first, **place
            )
            walked.append(one)
        assert walked == whole
        assert len(whole) == 3
        assert await read(as_viewer, task, newest_first=newest_first, **{bound: walked[-1]["id"]}) == []


async def test_a_limit_is_a_tasks_own_and_holds_over_its_attempts(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    task, other = await world.claimed(), await world.claimed()
    await log(as_agent, task, "1", "2", lines=2)
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    await log(as_agent, again, "3", lines=2)
    await log(as_agent, other, "own", lines=2)
    assert await read(as_viewer, task) == ["1", "2", "log limit reached: 1 more line was not kept"]
    assert await read(as_viewer, other) == ["own"]


async def test_a_refused_batch_counts_for_nothing(world: World, as_agent: Actor, as_viewer: Actor) -> None:
    task = await world.claimed()
    held = {"task_id": UUID(task["id"]), "lease_token": task["lease_token"]}
    with pytest.raises(asyncpg.CheckViolationError, match="task_logs_level"):
        await as_agent.call("write_task_logs", **held, lines=[line("1"), line("2", "fatal")])
    await log(as_agent, task, "1", lines=1)
    assert await read(as_viewer, task) == ["1"]


async def test_a_log_is_found_by_level_attempt_and_text(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    task = await world.claimed()
    await log(as_agent, task, "cloning 100%", "Tests FAILED_once")
    await log(as_agent, task, "boom", level="error")
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    await log(as_agent, again, "cloning again")
    assert await read(as_viewer, task, levels=["warning", "error"]) == ["boom"]
    assert await read(as_viewer, task, attempt=2) == ["cloning again"]
    assert await read(as_viewer, task, search="CLONING") == ["cloning 100%", "cloning again"]
    # Text, and no pattern.
    assert await read(as_viewer, task, search="%") == ["cloning 100%"]
    assert await read(as_viewer, task, search="failed_ONCE") == ["Tests FAILED_once"]
    assert await read(as_viewer, task, search=".") == []
    assert await read(as_viewer, task, newest_first=True, limit=1) == ["cloning again"]


async def test_a_log_is_read_after_the_end(world: World, as_agent: Actor, as_viewer: Actor) -> None:
    task = await world.claimed()
    await log(as_agent, task, "done")
    await complete(as_agent, task)
    assert await read(as_viewer, task) == ["done"]


async def test_a_follower_misses_no_line_of_writers_at_once(
    world: World, as_agent: Actor, as_viewer: Actor
) -> None:
    """Ids are given under the lock of the task: none appears below one that was seen."""
    task = await world.claimed()
    writers = [as_agent.twin() for _ in range(4)]

    async def write(nr: int, writer: Actor) -> None:
        for batch in range(15):
            await log(writer, task, *(f"{nr}.{batch}.{part}" for part in range(3)))

    everything = asyncio.gather(*(write(nr, writer) for nr, writer in enumerate(writers)))
    seen: list[str] = []
    after, last = 0, False
    while True:
        told = await as_viewer.call("list_task_logs", task_id=UUID(task["id"]), after=after, limit=1000)
        rows = told if isinstance(told, list) else [told]
        seen += [row["message"] for row in rows]
        after = rows[-1]["id"] if rows else after
        if last:
            break
        last = everything.done()
    await everything
    assert len(seen) == len(set(seen)) == 4 * 15 * 3


async def test_a_project_s_lines_are_listed_newest_first(
    world: World, as_agent: Actor, as_viewer: Actor, as_stranger: Actor, as_admin: Actor
) -> None:
    first, second = await world.claimed(), await world.claimed()
    await log(as_agent, first, "one")
    await log(as_agent, second, "two", level="error")
    rows = await as_viewer.call("list_logs", project_id=world.project)
    assert [(row["task_id"], row["message"]) for row in rows] == [(second["id"], "two"), (first["id"], "one")]
    narrowed = await as_viewer.call("list_logs", project_id=world.project, levels=["error"])
    assert narrowed["message"] == "two"
    moments = {"since": datetime.fromisoformat(rows[1]["at"]), "until": datetime.fromisoformat(rows[0]["at"])}
    between = await as_viewer.call("list_logs", project_id=world.project, **moments)
    assert between["message"] == "one"
    before = await as_viewer.call("list_logs", project_id=world.project, before=rows[0]["id"])
    assert before["message"] == "one"
    assert await as_stranger.call("list_logs", project_id=world.project) == []
    assert len(await as_admin.call("list_logs", project_id=world.project)) == 2
