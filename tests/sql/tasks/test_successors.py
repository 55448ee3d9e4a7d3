"""Successors: what comes after a task, by people and by the agent that holds it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.sql.acting import complete, events, fail, stored_task
from tests.sql.tasks.graphs import id_of
from tests.support.world import Actor, World, refused

NEXT = {"kind": "next", "title": "Next"}


async def follow(actor: Actor, task: Any, **more: Any) -> Any:
    lease = {"lease_token": task["lease_token"]} if "lease_token" in task and actor.login else {}
    return await actor.call("create_successor", **{"task_id": id_of(task), "item": NEXT, **lease, **more})


async def test_a_successor_waits_for_the_task_and_takes_after_it(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    parent = await world.task()
    task = await world.task(parent_task_id=parent["id"], priority=1, kind="ci")
    made = await as_supervisor.call("create_successor", task_id=id_of(task), item=NEXT)
    assert (made["project_id"], made["parent_task_id"]) == (task["project_id"], parent["id"])
    assert (made["priority"], made["open_dependencies"]) == (1, 1)
    assert await events(world, made["id"]) == ["task.created"]
    (claimed,) = await as_agent.call("claim_tasks", kinds=["ci"])
    assert await as_agent.call("claim_tasks", kinds=["next"]) == []
    await complete(as_agent, claimed)
    assert len(await as_agent.call("claim_tasks", kinds=["next"])) == 1


async def test_an_agent_adds_successors_to_the_task_it_holds(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    task = await world.claimed(priority=2)
    made = await follow(as_agent, task)
    assert (made["priority"], made["open_dependencies"]) == (2, 1)
    created = await world.owner.fetch(
        "select actor_kind, actor_id from public.events where subject_id = $1", id_of(made)
    )
    assert [tuple(row) for row in created] == [("agent", as_agent.id)]
    await complete(as_agent, task)
    # The lane was born of an agent's task, and the others serve it too.
    (claimed,) = await as_other_agent.call("claim_tasks", kinds=["next"])
    assert claimed["id"] == made["id"]


async def test_a_key_makes_one_successor_in_all_attempts(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    first = await follow(as_agent, task, key="tests")
    assert await follow(as_agent, task, key="tests") == first
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=["code_review"])
    assert (await follow(as_agent, again, key="tests"))["id"] == first["id"]
    assert (await follow(as_agent, again, key="docs"))["id"] != first["id"]
    assert await world.owner.value("select count(*) from public.tasks where kind = 'next'") == 2


async def test_what_an_agent_adds_is_bounded(world: World, as_agent: Actor) -> None:
    task = await world.claimed(priority=3)
    with refused("PT422", "priority_too_high"):
        await follow(as_agent, task, item={**NEXT, "priority": 2})
    for number in range(100):
        await follow(as_agent, task, key=str(number))
    with refused("PT409", "too_many_successors"):
        await follow(as_agent, task, key="one more")
    assert (await follow(as_agent, task, key="7"))["kind"] == "next"


async def test_an_agent_says_neither_project_nor_parent_nor_what_it_waits_for(
    world: World, as_agent: Actor
) -> None:
    task, other = await world.claimed(), await world.task(kind="other")
    foreign = {
        "project_id": str(world.stranger_project),
        "parent_task_id": other["id"],
        "depends_on": [],
        "dedupe_key": "taken",
    }
    made = await follow(as_agent, task, item={**NEXT, **foreign})
    assert (made["project_id"], made["parent_task_id"]) == (str(world.project), None)
    assert (made["open_dependencies"], made["dedupe_key"]) == (1, None)


async def test_only_the_holder_and_people_of_the_project_add_successors(
    world: World, as_agent: Actor, as_other_agent: Actor, as_stranger: Actor, as_viewer: Actor
) -> None:
    task = await world.claimed()
    for stranger in (as_other_agent, world.stranger_agent, as_stranger):
        with refused("PT404", "task_not_found"):
            await follow(stranger, task)
    with refused("PT404", "task_not_found"):
        await follow(as_agent, {**task, "id": str(uuid4())})
    with refused("PT403", "role_required"):
        await follow(as_viewer, task)
    await complete(as_agent, task)
    with refused("PT409", "lease_lost"):
        await follow(as_agent, task)
    with refused("PT409", "lease_lost"):
        await follow(as_agent, task, lease_token=None)


async def test_a_successor_of_a_failed_task_fails_or_goes_ahead(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task = await world.claimed()
    await fail(as_agent, task, retryable=False)
    ended = {"task_id": id_of(task), "item": NEXT}
    assert (await as_supervisor.call("create_successor", **ended))["state"] == "failed"
    made = await as_supervisor.call("create_successor", **ended, on_failure="ignore")
    assert await stored_task(world, made) == made
    assert (made["state"], made["open_dependencies"]) == ("pending", 0)
