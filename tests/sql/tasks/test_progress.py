"""What the holder of a lease may write while it works: progress, log lines, a checkpoint."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import complete, events, stored_task
from tests.support.world import Actor, World, refused

WRITES: list[tuple[str, dict[str, Any]]] = [
    ("write_progress", {"progress": Decimal("0.5")}),
    ("save_checkpoint", {"checkpoint": {"step": 2}}),
    ("write_task_logs", {"lines": [{"level": "info", "message": "half"}]}),
]
each_write = pytest.mark.parametrize(("function", "arguments"), WRITES, ids=[write[0] for write in WRITES])


async def write(agent: Actor, task: Any, function: str, arguments: dict[str, Any]) -> Any:
    return await agent.call(function, task_id=UUID(task["id"]), lease_token=task["lease_token"], **arguments)


async def logged(world: World) -> list[tuple[int, str, str]]:
    rows = await world.owner.fetch("select attempt, level, message from public.task_logs order by id")
    return [tuple(row) for row in rows]


async def test_progress_is_kept(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    told = await write(as_agent, task, "write_progress", {"progress": Decimal("0.25"), "note": "tests run"})
    assert told == {"cancel_requested": False}
    row = await stored_task(world, task)
    assert (row["progress"], row["progress_note"]) == (Decimal("0.250"), "tests run")


async def test_progress_is_told_by_an_event_every_five_seconds_at_the_most(
    world: World, as_agent: Actor
) -> None:
    task = await world.claimed()
    for progress in ("0.1", "0.2"):
        note = {"progress": Decimal(progress), "note": f"at {progress}"}
        await write(as_agent, task, "write_progress", note)
    earlier = "update public.tasks set progress_told_at = now() - interval '5 seconds' where id = $1"
    await world.owner.fetch(earlier, UUID(task["id"]))
    for progress in ("0.3", "0.4"):
        await write(as_agent, task, "write_progress", {"progress": Decimal(progress)})
    told = await world.owner.fetch(
        "select data::text from public.events where type = 'task.progress' and subject_id = $1"
        " order by xid, id",
        UUID(task["id"]),
    )
    assert [json.loads(row[0]) for row in told] == [
        {"attempt": 1, "progress": 0.1, "note": "at 0.1"},
        {"attempt": 1, "progress": 0.3},
    ]
    assert (await stored_task(world, task))["progress"] == Decimal("0.400")


async def test_a_checkpoint_reaches_the_next_attempt(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed()
    assert await write(as_agent, task, "save_checkpoint", {"checkpoint": {"step": 2}}) == {
        "cancel_requested": False
    }
    await world.expire(task["id"])
    await world.worker.call("reap_expired_leases")
    (again,) = await as_other_agent.call("claim_tasks", kinds=["code_review"])
    assert (again["attempt"], again["checkpoint"]) == (2, {"step": 2})
    assert "task.checkpointed" in await events(world, task["id"])


async def test_log_lines_are_appended_in_order_with_their_attempt(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    lines = [{"level": "info", "message": "one"}, {"level": "error", "message": "two"}]
    assert await write(as_agent, task, "write_task_logs", {"lines": lines}) == {
        "stored": 2,
        "dropped": 0,
        "cancel_requested": False,
    }
    assert await logged(world) == [(1, "info", "one"), (1, "error", "two")]


@each_write
async def test_a_cancelled_task_is_told(
    world: World, as_agent: Actor, as_supervisor: Actor, function: str, arguments: dict[str, Any]
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
    told = await write(as_agent, task, function, arguments)
    assert told["cancel_requested"] is True


@each_write
async def test_a_zombie_writes_nothing(
    world: World, as_agent: Actor, function: str, arguments: dict[str, Any]
) -> None:
    task = await world.claimed()
    await world.expire(task["id"])
    before = await stored_task(world, task)
    with refused("PT409", "lease_lost"):
        await write(as_agent, task, function, arguments)
    assert await stored_task(world, task) == before
    assert await logged(world) == []


@each_write
async def test_nothing_is_written_after_the_end(
    world: World, as_agent: Actor, function: str, arguments: dict[str, Any]
) -> None:
    task = await world.claimed()
    await complete(as_agent, task)
    before = await stored_task(world, task)
    with refused("PT409", "lease_lost"):
        await write(as_agent, task, function, arguments)
    assert await stored_task(world, task) == before


@each_write
async def test_a_token_that_is_not_the_leases_is_refused(
    world: World, as_agent: Actor, function: str, arguments: dict[str, Any]
) -> None:
    task = await world.claimed()
    for token in (task["lease_token"] + 1000, None):
        with refused("PT409", "lease_lost"):
            await write(as_agent, {**task, "lease_token": token}, function, arguments)


@each_write
async def test_a_stranger_cannot_tell_that_the_task_exists(
    world: World, as_other_agent: Actor, as_stranger_agent: Actor, function: str, arguments: dict[str, Any]
) -> None:
    task = await world.claimed()
    absent = {**task, "id": str(uuid4())}
    for agent, told in [(as_other_agent, task), (as_stranger_agent, task), (world.agent, absent)]:
        with refused("PT404", "task_not_found"):
            await write(agent, told, function, arguments)
    assert (await stored_task(world, task))["progress"] == 0


@each_write
async def test_people_write_nothing_for_an_agent(
    world: World, as_admin: Actor, function: str, arguments: dict[str, Any]
) -> None:
    task = await world.claimed()
    with refused("42501"):
        await write(as_admin, task, function, arguments)


async def test_progress_goes_from_nothing_to_all(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    for progress in ("-0.001", "1.001", "NaN"):
        with pytest.raises(asyncpg.CheckViolationError, match="tasks_progress_range"):
            await write(as_agent, task, "write_progress", {"progress": Decimal(progress)})
    assert (await stored_task(world, task))["progress"] == 0


async def test_a_checkpoint_holds_64_kb_and_not_a_byte_more(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    envelope = len('{"a": ""}')
    await write(as_agent, task, "save_checkpoint", {"checkpoint": {"a": "x" * (65_536 - envelope)}})
    with pytest.raises(Exception, match="tasks_checkpoint_size"):
        await write(as_agent, task, "save_checkpoint", {"checkpoint": {"a": "x" * (65_537 - envelope)}})
    assert len((await stored_task(world, task))["checkpoint"]["a"]) == 65_536 - envelope


async def test_one_bad_line_stores_none(world: World, as_agent: Actor) -> None:
    task, fine = await world.claimed(), {"level": "info", "message": "fine"}
    wrong: list[dict[str, Any]] = [
        {"level": "fatal"},
        {"message": "x" * 16_385},
        {"level": None},
        {"message": None},
    ]
    for line in wrong:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=r"level|message"):
            await write(as_agent, task, "write_task_logs", {"lines": [fine, fine | line]})
    assert await logged(world) == []
