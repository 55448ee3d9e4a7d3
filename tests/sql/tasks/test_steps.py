"""Remembered steps: written by the holder of the task, once each, and read by the next attempt."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sql.acting import complete, events, release
from tests.sql.tasks.graphs import id_of
from tests.support.world import Actor, World, refused


async def save(agent: Actor, task: Any, name: str = "fetch", output: Any = 1) -> Any:
    lease = {"task_id": id_of(task), "lease_token": task["lease_token"]}
    return await agent.call("save_step", **lease, name=name, output=output)


async def listed(actor: Actor, task: Any) -> list[tuple[str, Any, int]]:
    told = await actor.call("list_steps", task_id=id_of(task))
    rows = told if isinstance(told, list) else [told]
    return [(row["name"], row["output"], row["attempt"]) for row in rows]


async def test_the_next_attempt_reads_what_the_last_one_did(
    world: World, as_agent: Actor, as_other_agent: Actor, as_viewer: Actor
) -> None:
    task = await world.claimed()
    assert await save(as_agent, task, "fetch", {"files": ["a"]}) == {"cancel_requested": False}
    await save(as_agent, task, "nothing", None)
    await release(as_agent, task)
    (again,) = await as_other_agent.call("claim_tasks", kinds=["code_review"])
    await save(as_other_agent, again, "after", "text")
    steps = [("fetch", {"files": ["a"]}, 1), ("nothing", None, 1), ("after", "text", 2)]
    for reader in (as_other_agent, as_viewer):
        assert await listed(reader, task) == steps
    with refused("PT404", "task_not_found"):
        await listed(as_agent, task)


async def test_the_first_answer_stands(world: World, as_agent: Actor, as_viewer: Actor) -> None:
    task = await world.claimed()
    await save(as_agent, task, output="first")
    await save(as_agent, task, output="second")
    assert await listed(as_viewer, task) == [("fetch", "first", 1)]
    assert (await events(world, task["id"])).count("task.step_done") == 1


async def test_only_the_living_lease_writes(
    world: World, as_agent: Actor, as_other_agent: Actor, as_stranger: Actor
) -> None:
    task = await world.claimed()
    with refused("PT404", "task_not_found"):
        await save(as_other_agent, task)
    with refused("PT409", "lease_lost"):
        await save(as_agent, {**task, "lease_token": 0})
    await complete(as_agent, task)
    with refused("PT409", "lease_lost"):
        await save(as_agent, task)
    with refused("PT404", "task_not_found"):
        await listed(as_stranger, task)


async def test_the_answer_tells_of_a_cancellation(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    task = await world.claimed()
    await as_supervisor.call("cancel_task", task_id=id_of(task))
    assert await save(as_agent, task) == {"cancel_requested": True}


@pytest.mark.parametrize(
    ("name", "output"), [("", 1), ("x" * 201, 1), ("large", "x" * 262_200)], ids=["none", "long", "large"]
)
async def test_a_step_is_bounded(world: World, as_agent: Actor, name: str, output: Any) -> None:
    task = await world.claimed()
    with refused("23514"):
        await save(as_agent, task, name, output)


async def test_a_task_remembers_a_thousand_steps(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    await world.owner.fetch(
        """insert into public.task_steps (task_id, project_id, name, attempt, output)
           select $1, $2, n::text, 1, '1' from generate_series(1, 1000) n""",
        id_of(task),
        world.project,
    )
    with refused("PT409", "too_many_steps"):
        await save(as_agent, task, "one more")
    await save(as_agent, task, "1000")
