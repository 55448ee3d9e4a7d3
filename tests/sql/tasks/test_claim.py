"""Claiming: one holder, priority then age, only what the agent may take."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

from tests.sql.acting import KIND, events, promptly, stored_task
from tests.support.world import Actor, World, refused


async def test_a_task_is_claimed_by_one_agent_only(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    for _ in range(10):
        task = await world.task()
        first, second = await asyncio.gather(
            as_agent.call("claim_tasks", kinds=KIND), as_other_agent.call("claim_tasks", kinds=KIND)
        )
        assert sorted([len(first), len(second)]) == [0, 1]
        assert (await stored_task(world, task))["attempt"] == 1


async def test_many_claimers_share_the_tasks_without_one_twice(world: World, as_supervisor: Actor) -> None:
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review"}
    await as_supervisor.call("create_tasks", items=[item] * 60)
    twins = [agent.twin() for agent in [world.agent, world.other_agent] for _ in range(3)]

    async def drain(agent: Actor) -> list[str]:
        mine: list[str] = []
        while claimed := await agent.call("claim_tasks", kinds=KIND, limit=3):
            mine += [task["id"] for task in claimed]
        return mine

    shares = await asyncio.gather(*(drain(twin) for twin in twins))
    times = Counter(task for share in shares for task in share)
    assert (len(times), max(times.values())) == (60, 1)


async def test_a_claim_passes_over_what_another_is_claiming(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    first, second = await world.task(), await world.task()
    holder = await as_agent.connection()
    async with holder.transaction():
        assert as_agent.caller is not None
        await holder.execute(as_agent.caller.begin.removeprefix("begin; "))
        held = await holder.fetchval("select public.claim_tasks($1)", KIND)
        (other,) = await promptly(as_other_agent.call("claim_tasks", kinds=KIND))
    assert [held[0]["id"], other["id"]] == [first["id"], second["id"]]


async def test_a_running_task_is_not_claimed_again(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed()
    assert await as_agent.call("claim_tasks", kinds=KIND, limit=10) == []
    assert await as_other_agent.call("claim_tasks", kinds=KIND, limit=10) == []
    assert (await stored_task(world, task))["lease_token"] == task["lease_token"]


async def test_a_claim_leases_the_task_and_says_so(world: World, as_agent: Actor) -> None:
    made = await world.task(
        input={"number": 7},
        description="Look.",
        timeout_seconds=600,
        tags=["urgent"],
        resource_requirements={"gpu": 1},
        expected_artifacts=[{"name": "a.txt"}],
        acceptance=["It works."],
    )
    (claimed,) = await as_agent.call("claim_tasks", kinds=KIND, lease_seconds=90)
    row = await stored_task(world, made)
    assert row["state"] == "running"
    assert row["agent_id"] == str(as_agent.id)
    told = {
        "id": made["id"],
        "project_id": str(world.project),
        "kind": "code_review",
        "title": "Review",
        "description": "Look.",
        "priority": "MEDIUM",
        "input": {"number": 7},
        "attempt": 1,
        "retry_count": 0,
        "checkpoint": None,
        "lease_token": row["lease_token"],
        "lease_expires_at": row["lease_expires_at"],
        "lease_seconds": 90,
        "timeout_seconds": 600,
        "tags": ["urgent"],
        "resource_requirements": {"gpu": 1},
        "expected_artifacts": [{"name": "a.txt"}],
        "acceptance": ["It works."],
    }
    assert claimed == told
    assert await events(world, made["id"]) == ["task.created", "task.claimed"]


async def test_the_lease_runs_on_the_database_clock(world: World) -> None:
    task = await world.claimed(lease_seconds=90)
    left = await world.owner.value(
        "select extract(epoch from lease_expires_at - started_at) from public.tasks where id = $1",
        UUID(task["id"]),
    )
    assert left == 90


async def test_priority_comes_before_age(world: World, as_agent: Actor) -> None:
    for title, priority in [("low", 4), ("medium", 3), ("critical", 1), ("high", 2), ("medium too", 3)]:
        await world.task(title=title, priority=priority)
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=10)
    assert [task["title"] for task in claimed] == ["critical", "high", "medium", "medium too", "low"]


async def test_priority_holds_across_lanes(world: World, as_agent: Actor) -> None:
    await world.task(title="low", priority=4)
    await world.task(title="critical", priority=1, required_capabilities=["code-review"])
    (claimed,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert claimed["title"] == "critical"


async def test_an_agent_claims_only_what_it_is_capable_of(world: World, as_agent: Actor) -> None:
    await world.task(required_capabilities=["code-review", "cobol"])
    able = await world.task(required_capabilities=["code-review"])
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=10)
    assert [task["id"] for task in claimed] == [able["id"]]


async def test_an_agent_claims_only_the_kinds_it_names(world: World, as_agent: Actor) -> None:
    await world.task(kind="ci")
    assert await as_agent.call("claim_tasks", kinds=KIND, limit=10) == []
    assert await as_agent.call("claim_tasks", kinds=[], limit=10) == []
    assert len(await as_agent.call("claim_tasks", kinds=["code_review", "ci"], limit=10)) == 1


async def test_an_agent_of_another_project_finds_nothing(world: World, as_stranger_agent: Actor) -> None:
    await world.task()
    assert await as_stranger_agent.call("claim_tasks", kinds=KIND, limit=10) == []


async def test_a_task_that_is_not_due_waits(world: World, as_agent: Actor) -> None:
    await world.task(run_at="2199-01-01T00:00:00Z")
    assert await as_agent.call("claim_tasks", kinds=KIND) == []


async def test_each_claim_gets_a_greater_lease_token(world: World) -> None:
    first, second = await world.claimed(), await world.claimed()
    assert second["lease_token"] > first["lease_token"]


async def test_no_more_is_claimed_than_was_asked_for(world: World, as_agent: Actor) -> None:
    for _ in range(3):
        await world.task()
    sizes = [len(await as_agent.call("claim_tasks", kinds=KIND, limit=limit)) for limit in (0, 2, 5)]
    assert sizes == [0, 2, 1]


async def test_a_claim_has_a_limit(world: World, as_agent: Actor) -> None:
    task = await world.task()
    for limit in (-1, 201, None):
        with refused("PT422", "invalid_claim"):
            await as_agent.call("claim_tasks", kinds=KIND, limit=limit)
    assert (await stored_task(world, task))["state"] == "pending"


async def test_a_lease_lasts_a_second_to_an_hour(as_agent: Actor) -> None:
    for seconds in (0, -1, 3601, None):
        for function in ("claim_tasks", "claim_next_task"):
            with refused("PT422", "invalid_claim"):
                await as_agent.call(function, kinds=KIND, lease_seconds=seconds)


async def test_the_next_task_is_one_task_or_null(world: World, as_agent: Actor) -> None:
    made = await world.task()
    assert (await as_agent.call("claim_next_task", kinds=KIND))["id"] == made["id"]
    assert await as_agent.call("claim_next_task", kinds=KIND) is None


async def test_a_deactivated_agent_claims_nothing(world: World, as_agent: Actor) -> None:
    task = await world.task()
    await world.owner.fetch("update public.agents set is_active = false where id = $1", as_agent.id)
    with refused("PT403", "agent_required"):
        await as_agent.call("claim_tasks", kinds=KIND)
    assert (await stored_task(world, task))["state"] == "pending"


async def test_only_agents_claim(world: World) -> None:
    task = await world.task()
    for actor in (world.admin, world.supervisor, world.anon, world.webhook, world.login, world.worker):
        for function in ("claim_tasks", "claim_next_task"):
            with refused("42501"):
                await actor.call(function, kinds=KIND)
    assert (await stored_task(world, task))["state"] == "pending"
