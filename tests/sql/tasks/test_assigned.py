"""A task for one named agent: that agent claims it, and nobody else."""

from __future__ import annotations

from uuid import uuid4

from tests.sql.acting import KIND, complete, stored_task
from tests.sql.agents.registering import lanes_of
from tests.support.world import Actor, World, refused


async def test_an_assigned_task_is_claimed_by_its_agent_alone(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    made = await world.task(assigned_agent_id=str(as_other_agent.id))
    assert made["assigned_agent_id"] == str(as_other_agent.id)
    assert await as_agent.call("claim_tasks", kinds=KIND, limit=10) == []
    (claimed,) = await as_other_agent.call("claim_tasks", kinds=KIND, limit=10)
    assert claimed["id"] == made["id"]
    assert await complete(as_other_agent, claimed) == ["completed"]


async def test_an_assigned_task_stays_with_its_agent_when_it_is_given_back(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    held = await world.claimed(by=as_other_agent, assigned_agent_id=str(as_other_agent.id))
    await world.expire(held["id"])
    await world.worker.call("reap_expired_leases")
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
    (again,) = await as_other_agent.call("claim_tasks", kinds=KIND)
    assert (again["id"], again["attempt"]) == (held["id"], 2)


async def test_assigned_and_free_tasks_are_claimed_by_priority_and_age(world: World, as_agent: Actor) -> None:
    mine = str(as_agent.id)
    made = [
        await world.task(priority=3),
        await world.task(priority=2, assigned_agent_id=mine),
        await world.task(priority=1),
    ]
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=10)
    assert [task["id"] for task in claimed] == [made[2]["id"], made[1]["id"], made[0]["id"]]


async def test_each_named_agent_has_a_lane_of_its_own(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    for agent in (None, as_agent, as_other_agent, as_agent, None):
        await world.task(assigned_agent_id=str(agent.id) if agent else None)
    assert await world.owner.value("select count(*) from public.lanes") == 3
    assert await lanes_of(world, as_agent.id) == [("code_review", "")] * 2


async def test_an_agent_that_can_not_is_refused(world: World, as_agent: Actor, as_supervisor: Actor) -> None:
    mine = str(as_agent.id)
    await world.task(assigned_agent_id=mine, required_capabilities=["code-review"])
    wrong = [
        {"assigned_agent_id": mine, "required_capabilities": ["code-review", "cobol"]},
        {"assigned_agent_id": str(world.stranger_agent.id)},
        {"assigned_agent_id": str(uuid4())},
    ]
    for fields in wrong:
        with refused("PT422", "agent_not_suitable"):
            await world.task(**fields)
    await as_supervisor.call("set_agent_activation", agent_id=as_agent.id, is_active=False)
    with refused("PT422", "agent_not_suitable"):
        await world.task(assigned_agent_id=mine)
    assert await world.owner.value("select count(*) from public.tasks") == 1


async def test_one_unsuitable_agent_refuses_the_whole_list(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review"}
    items = [item, {**item, "assigned_agent_id": str(world.stranger_agent.id)}]
    with refused("PT422", "agent_not_suitable"):
        await as_supervisor.call("create_tasks", items=items)
    assert await world.owner.value("select count(*) from public.tasks") == 0


async def test_an_agent_that_loses_what_its_task_needs_does_not_get_it(
    world: World, as_agent: Actor, as_other_agent: Actor, as_supervisor: Actor
) -> None:
    made = await world.task(assigned_agent_id=str(as_agent.id), required_capabilities=["code-review"])
    change = {"agent_id": as_agent.id, "name": "agent", "labels": {}}
    await as_supervisor.call("update_agent", **change, capabilities=[])
    for agent in (as_agent, as_other_agent):
        assert await agent.call("claim_tasks", kinds=KIND) == []
    assert (await stored_task(world, made))["state"] == "pending"
    await as_supervisor.call("update_agent", **change, capabilities=["code-review"])
    assert len(await as_agent.call("claim_tasks", kinds=KIND)) == 1
