"""Projects take turns: a backlog of one keeps no other's task waiting. Counted in claims, not in seconds."""

from __future__ import annotations

import statistics
from typing import Any
from uuid import UUID

import pytest

from tests.sql.limits.acting import claim, end, limit, tasks
from tests.support.world import Actor, World

BACKLOG = 5000


async def second_project(world: World, agent: Actor) -> str:
    """Another project of the supervisor, that the agent works for, too."""
    # The lane of the first is the older one.
    await tasks(world, 1)
    await end(agent, await claim(agent))
    made = await world.supervisor.call("create_project", name="quiet")
    await world.supervisor.call("add_agent_to_project", project_id=UUID(made["id"]), agent_id=agent.id)
    return made["id"]


async def waits(world: World, agent: Actor, project: str, wanted: int, times: int = 100) -> list[int]:
    """How many claims pass until a task of the project is held, for one that it creates now and then."""
    counted = []
    for nr in range(times):
        (made,) = await tasks(world, 1, project_id=project)
        passed, held = 0, False
        while not held:
            passed += 1
            claimed = await claim(agent, wanted)
            held = made["id"] in {task["id"] for task in claimed}
            await end(agent, claimed)
        counted.append(passed)
        for _ in range(1 + nr % 3):
            await end(agent, await claim(agent, wanted))
    return counted


def p99(values: list[int]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(values, n=100, method="inclusive")[98]


async def backlog(world: World, count: int = BACKLOG) -> None:
    """Work of the first project, older than whatever the other creates."""
    for _ in range(count // 1000):
        await tasks(world, 1000)


@pytest.mark.parametrize("wanted", [1, 5])
async def test_a_noisy_project_does_not_keep_a_quiet_one_waiting(
    world: World, as_agent: Actor, wanted: int
) -> None:
    quiet = await second_project(world, as_agent)
    alone = p99(await waits(world, as_agent, quiet, wanted))
    await backlog(world)
    assert p99(await waits(world, as_agent, quiet, wanted)) <= 1.5 * alone


async def test_nor_where_limits_count(world: World, as_agent: Actor) -> None:
    quiet = await second_project(world, as_agent)
    await limit(world, max_running=50)
    alone = p99(await waits(world, as_agent, quiet, 1))
    await backlog(world)
    assert p99(await waits(world, as_agent, quiet, 1)) <= 1.5 * alone


async def test_those_who_all_have_much_get_as_much(world: World, as_agent: Actor) -> None:
    quiet = await second_project(world, as_agent)
    await tasks(world, 500)
    await tasks(world, 500, project_id=quiet)
    got: list[Any] = []
    for _ in range(40):
        got += await claim(as_agent, 10)
    share = sum(task["project_id"] == quiet for task in got)
    assert (len(got), share) == (400, 200)


async def test_a_connection_that_knows_nothing_draws_lots(world: World, as_agent: Actor) -> None:
    quiet = await second_project(world, as_agent)
    await tasks(world, 100)
    await tasks(world, 100, project_id=quiet)
    seen = set()
    for _ in range(60):
        connection = await as_agent.connection()
        await connection.execute("reset devos.served")
        (task,) = await claim(as_agent, 1)
        seen.add(task["project_id"])
    assert seen == {str(world.project), quiet}


async def test_urgent_work_comes_first_whoever_s_turn_it_is(world: World, as_agent: Actor) -> None:
    quiet = await second_project(world, as_agent)
    await tasks(world, 20, project_id=quiet)
    await tasks(world, 20, priority=1)
    claimed = await claim(as_agent, 20)
    assert {task["project_id"] for task in claimed} == {str(world.project)}


async def test_a_backlog_under_one_key_leaves_the_others_their_turn(world: World, as_agent: Actor) -> None:
    await tasks(world, 300, concurrency_key="noisy")
    (other,) = await tasks(world, 1, concurrency_key="quiet")
    for _ in range(64):
        if other["id"] in {task["id"] for task in await claim(as_agent, 1)}:
            return
    pytest.fail("the quiet key never had its turn")
