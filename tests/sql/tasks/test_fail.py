"""Failure: retried after a back-off while retries are left, then a dead letter; blocked for people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.sql.acting import KIND, attempts, events, fail, release, stored_task
from tests.support.world import Actor, World


async def wait_of(world: World, task: Any) -> float:
    """Seconds from the end of the last attempt until the task is due again."""
    seconds = await world.owner.value(
        """select extract(epoch from t.run_at - max(a.ended_at)) from public.tasks t
             join public.task_attempts a on a.task_id = t.id where t.id = $1 group by t.run_at""",
        UUID(task["id"]),
    )
    return float(seconds)


async def due_again(world: World, agent: Actor, task: Any) -> Any:
    """Let the back-off pass, as time would, and claim the task again."""
    await world.owner.fetch("update public.tasks set run_at = now() where id = $1", UUID(task["id"]))
    (again,) = await agent.call("claim_tasks", kinds=KIND)
    return again


async def test_a_failed_task_is_retried(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    assert await fail(as_agent, task) == "retried"
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"], row["last_error"]["code"]) == ("pending", 1, "boom")
    assert row["finished_at"] is None
    assert await attempts(world, task) == ["retried"]
    assert (await events(world, task["id"]))[-1] == "task.retried"


async def test_a_retry_waits_and_is_then_a_new_attempt(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    await fail(as_agent, task)
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    again = await due_again(world, as_agent, task)
    assert (again["attempt"], again["lease_token"] > task["lease_token"]) == (2, True)


async def test_the_back_off_doubles_up_to_a_cap_with_half_of_it_random(world: World, as_agent: Actor) -> None:
    task = await world.claimed(max_retries=100)
    for retry in range(12):
        await fail(as_agent, task)
        step = min(2 * 2**retry, 600)
        assert step / 2 <= await wait_of(world, task) <= step
        task = await due_again(world, as_agent, task)


async def test_back_off_is_random_and_stays_within_its_bounds(world: World) -> None:
    rows = await world.owner.fetch(
        """select extract(epoch from private.back_off(n, 2, 600, null))::float as wait,
                  least(600, 2 * 2 ^ n) as step
             from generate_series(0, 60) n, generate_series(1, 20)"""
    )
    assert all(row["step"] / 2 <= row["wait"] <= row["step"] for row in rows)
    assert len({row["wait"] for row in rows}) > 1000


@pytest.mark.parametrize(("asked", "waits"), [(0, 0), (90, 90), (10**9, 86_400)])
async def test_the_handler_may_ask_for_a_wait_of_a_day_at_the_most(
    world: World, as_agent: Actor, asked: int, waits: int
) -> None:
    task = await world.claimed()
    await fail(as_agent, task, retry_after_seconds=asked)
    assert await wait_of(world, task) == waits


async def test_a_terminal_failure_is_not_retried(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    assert await fail(as_agent, task, retryable=False) == "failed"
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"]) == ("failed", 0)
    assert row["finished_at"] is not None
    assert await attempts(world, task) == ["failed"]


async def test_a_task_out_of_retries_is_a_dead_letter(world: World, as_agent: Actor) -> None:
    task = await world.claimed(max_retries=1)
    assert await fail(as_agent, task) == "retried"
    again = await due_again(world, as_agent, task)
    assert await fail(as_agent, again) == "failed"
    assert (await stored_task(world, task))["state"] == "failed"
    assert await attempts(world, task) == ["retried", "failed"]


async def test_a_blocked_task_waits_for_a_person_and_burns_no_retry(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    assert await fail(as_agent, task, blocked_reason="policy") == "blocked"
    row = await stored_task(world, task)
    assert (row["state"], row["blocked_reason"], row["retry_count"]) == ("blocked", "policy", 0)
    assert row["finished_at"] is None
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    assert await attempts(world, task) == ["blocked"]


async def test_a_cancelled_task_that_fails_is_cancelled(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    for fields in ({}, {"retryable": False}, {"blocked_reason": "ci"}):
        task = await world.claimed()
        await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
        assert await fail(as_agent, task, **fields) == "cancelled"
        row = await stored_task(world, task)
        assert (row["state"], row["blocked_reason"]) == ("cancelled", None)


async def test_a_passed_lease_fails_nothing(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    task = await world.claimed()
    assert await fail(as_other_agent, task) == "lease_lost"
    await world.expire(task["id"])
    before = await stored_task(world, task)
    assert await fail(as_agent, task) == "lease_lost"
    assert await stored_task(world, task) == before


async def test_a_released_task_is_free_at_once_and_burns_no_retry(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed(max_retries=0)
    assert await release(as_agent, task) == "released"
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"], row["last_error"]) == ("pending", 0, None)
    (again,) = await as_other_agent.call("claim_tasks", kinds=KIND)
    assert (again["id"], again["attempt"]) == (task["id"], 2)
    assert await attempts(world, task) == ["released"]


async def test_a_released_task_that_was_cancelled_does_not_come_back(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=UUID(task["id"]))
    assert await release(as_agent, task) == "cancelled"
    assert await as_agent.call("claim_tasks", kinds=KIND) == []


async def test_a_passed_lease_releases_nothing(world: World, as_agent: Actor, as_other_agent: Actor) -> None:
    task = await world.claimed()
    assert await release(as_other_agent, task) == "lease_lost"
    await world.expire(task["id"])
    assert await release(as_agent, task) == "lease_lost"
    assert (await stored_task(world, task))["state"] == "running"


async def test_later_burns_no_retry_and_waits_as_long_as_asked(world: World, as_agent: Actor) -> None:
    task = await world.claimed(max_retries=0)
    assert await fail(as_agent, task, later=True, retry_after_seconds=90) == "retried"
    row = await stored_task(world, task)
    assert (row["state"], row["retry_count"], row["postponed"]) == ("pending", 0, 1)
    assert await wait_of(world, task) == pytest.approx(90, abs=0.01)
    assert (await due_again(world, as_agent, task))["retry_count"] == 0


async def test_nobody_asks_for_later_for_ever(world: World, as_agent: Actor) -> None:
    task = await world.claimed(max_retries=1)
    await world.owner.fetch("update public.tasks set postponed = 100")
    assert await fail(as_agent, task, later=True, retry_after_seconds=0) == "retried"
    row = await stored_task(world, task)
    assert (row["retry_count"], row["postponed"]) == (1, 100)
    again = await due_again(world, as_agent, task)
    assert await fail(as_agent, again, later=True) == "failed"


async def test_a_task_waits_by_its_own_policy(world: World, as_agent: Actor) -> None:
    task = await world.claimed(retry_base_seconds=60, retry_cap_seconds=90)
    await fail(as_agent, task)
    assert 30 <= await wait_of(world, task) <= 60
    await fail(as_agent, await due_again(world, as_agent, task))
    assert 45 <= await wait_of(world, task) <= 90
