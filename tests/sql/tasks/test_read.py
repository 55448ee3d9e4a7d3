"""Reading tasks: members see their project's, an agent what it holds, a stranger not even that they exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tests.sql.acting import KIND, complete, fail, lease
from tests.support.world import Actor, World, refused

READS = ["read_task", "list_attempts", "list_task_logs", "list_task_charges"]


async def read(actor: Actor, task: Any, function: str = "read_task") -> Any:
    return await actor.call(function, task_id=UUID(task["id"]))


async def test_every_member_reads_the_task(world: World) -> None:
    task = await world.task()
    for person in (world.supervisor, world.viewer, world.admin):
        assert await read(person, task) == task


async def test_a_stranger_cannot_tell_that_the_task_exists(world: World, as_stranger: Actor) -> None:
    task = await world.task()
    for function in READS:
        for asked in (task, {"id": str(uuid4())}):
            with refused("PT404", "task_not_found"):
                await read(as_stranger, asked, function)
    assert await as_stranger.call("list_tasks") == []
    assert await as_stranger.call("list_tasks", project_id=world.project) == []


async def test_an_agent_reads_what_it_holds_and_nothing_else(
    world: World, as_agent: Actor, as_other_agent: Actor, as_stranger_agent: Actor
) -> None:
    task = await world.claimed()
    assert (await read(as_agent, task))["id"] == task["id"]
    assert (await as_agent.call("list_tasks"))["id"] == task["id"]
    for agent in (as_other_agent, as_stranger_agent):
        assert await agent.call("list_tasks") == []
        for function in READS:
            with refused("PT404", "task_not_found"):
                await read(agent, task, function)
    await complete(as_agent, task)
    with refused("PT404", "task_not_found"):
        await read(as_agent, task)


async def test_tasks_are_listed_newest_first_page_by_page(world: World, as_viewer: Actor) -> None:
    made = [(await world.task(title=str(nr)))["id"] for nr in range(5)]
    first = await as_viewer.call("list_tasks", limit=3)
    assert [task["id"] for task in first] == made[:1:-1]
    rest = await as_viewer.call("list_tasks", limit=3, after=UUID(first[-1]["id"]))
    assert [task["id"] for task in rest] == made[1::-1]


async def test_a_list_is_narrowed_by_project_state_and_kind(world: World, as_admin: Actor) -> None:
    running, pending = await world.claimed(), await world.task(kind="ci")
    by = [
        ({"states": ["running"]}, running),
        ({"kinds": ["ci"]}, pending),
        ({"project_id": world.project, "states": ["pending"]}, pending),
    ]
    for fields, expected in by:
        assert (await as_admin.call("list_tasks", **fields))["id"] == expected["id"]
    assert await as_admin.call("list_tasks", project_id=world.stranger_project) == []
    assert await as_admin.call("list_tasks", kinds=["ci"], states=["running"]) == []


async def test_a_page_is_never_larger_than_a_thousand_and_one(world: World, as_supervisor: Actor) -> None:
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review"}
    for _ in range(2):
        await as_supervisor.call("create_tasks", items=[item] * 600)
    assert len(await as_supervisor.call("list_tasks", limit=100_000)) == 1001


async def test_attempts_are_listed_in_order(world: World, as_agent: Actor, as_viewer: Actor) -> None:
    task = await world.claimed()
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    await complete(as_agent, again)
    told = await as_viewer.call("list_attempts", task_id=UUID(task["id"]))
    assert [(row["attempt"], row["outcome"]) for row in told] == [(1, "retried"), (2, "completed")]
    after = await as_viewer.call("list_attempts", task_id=UUID(task["id"]), after=1)
    assert (after["attempt"], after["agent_id"]) == (2, str(as_agent.id))


async def test_logs_are_listed_in_order_page_by_page(
    world: World, as_agent: Actor, as_viewer: Actor, as_other_agent: Actor
) -> None:
    task, other = await world.claimed(), await world.claimed(by=as_other_agent)
    for agent, held in [(as_agent, task), (as_other_agent, other)]:
        lines = [{"level": "info", "message": str(nr)} for nr in range(4)]
        arguments = lease(held) | {"task_id": UUID(held["id"])}
        await agent.call("write_task_logs", **arguments, lines=lines)
    first = await as_viewer.call("list_task_logs", task_id=UUID(task["id"]), limit=3)
    assert [line["message"] for line in first] == ["0", "1", "2"]
    rest = await as_agent.call("list_task_logs", task_id=UUID(task["id"]), after=first[-1]["id"])
    assert rest["message"] == "3"
