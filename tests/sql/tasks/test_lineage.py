"""Parents and children, and what a task comes from and leads to."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.sql.tasks.graphs import graph, id_of, item
from tests.support.world import Actor, World, refused


async def lineage(actor: Actor, task: Any) -> dict[tuple[str, str], tuple[int, str | None]]:
    told = await actor.call("read_lineage", task_id=id_of(task))
    rows = told if isinstance(told, list) else [told]
    names = {row["id"]: row["title"] for row in rows}
    return {(row["relation"], row["title"]): (row["depth"], names.get(row["via_id"])) for row in rows}


async def test_a_child_takes_the_priority_of_its_parent_unless_it_has_one(world: World) -> None:
    parent = await world.task(priority=1)
    assert parent["parent_task_id"] is None
    child = await world.task(parent_task_id=parent["id"])
    own = await world.task(parent_task_id=parent["id"], priority=4)
    assert [(task["parent_task_id"], task["priority"]) for task in (child, own)] == [
        (parent["id"], 1),
        (parent["id"], 4),
    ]


async def test_children_stay_when_their_parent_goes(world: World, as_supervisor: Actor) -> None:
    parent = await world.task()
    child = await world.task(parent_task_id=parent["id"])
    await as_supervisor.call("delete_task", task_id=id_of(parent))
    told = await as_supervisor.call("read_task", task_id=id_of(child))
    assert told["parent_task_id"] is None


async def test_a_parent_of_another_project_is_as_absent(world: World, as_stranger: Actor) -> None:
    theirs = await as_stranger.call(
        "create_tasks", items=[{"project_id": str(world.stranger_project), "kind": "x", "title": "Theirs"}]
    )
    for absent in (theirs["id"], str(uuid4())):
        with refused("PT404", "task_not_found"):
            await world.task(parent_task_id=absent)


async def test_a_lineage_goes_up_and_down_and_along_what_waits(
    world: World, as_viewer: Actor, as_stranger: Actor
) -> None:
    top = await world.task(title="top")
    made = await graph(
        world,
        item(world, "before"),
        item(world, "self", "before", parent_task_id=top["id"]),
        item(world, "left", "self"),
        item(world, "right", "self", "before"),
        item(world, "join", "left", "right", "self"),
        item(world, "end", "join"),
    )
    child = await world.task(title="child", parent_task_id=made["self"]["id"])
    await world.task(title="grandchild", parent_task_id=child["id"])
    assert await lineage(as_viewer, made["self"]) == {
        ("self", "self"): (0, None),
        ("ancestor", "top"): (1, "self"),
        ("descendant", "child"): (1, "self"),
        ("descendant", "grandchild"): (2, "child"),
        ("predecessor", "before"): (1, "self"),
        ("successor", "left"): (1, "self"),
        ("successor", "right"): (1, "self"),
        ("successor", "join"): (1, "self"),
        ("successor", "end"): (2, "join"),
    }
    with refused("PT404", "task_not_found"):
        await lineage(as_stranger, made["self"])


async def test_a_lineage_of_many_ways_has_an_end(world: World, as_viewer: Actor) -> None:
    layers = [
        [
            item(world, f"{depth}.{number}", *([f"{depth - 1}.{n}" for n in range(10)] if depth else []))
            for number in range(10)
        ]
        for depth in range(12)
    ]
    made = await graph(world, *(one for layer in layers for one in layer))
    found = await lineage(as_viewer, made["0.0"])
    assert len(found) == 1 + 11 * 10
