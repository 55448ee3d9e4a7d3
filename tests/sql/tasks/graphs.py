"""Tasks that wait for each other, in few words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.sql.acting import complete, fail
from tests.support.world import Actor, World

KINDS = ["dag"]


def item(world: World, name: str, *waits_for: Any, **fields: Any) -> dict[str, Any]:
    """A task of a list, by the ref `name`; what it waits for are refs, tasks or whole dependencies."""
    waits = [
        {"ref": other} if isinstance(other, str) else {"task_id": other["id"]} if "id" in other else other
        for other in waits_for
    ]
    return {
        "project_id": str(world.project),
        "kind": "dag",
        "title": name,
        "ref": name,
        "depends_on": waits,
        **fields,
    }


async def graph(world: World, *items: dict[str, Any]) -> dict[str, Any]:
    """Create these tasks together; by their names."""
    made = await world.supervisor.call("create_tasks", items=list(items))
    return {task["title"]: task for task in (made if isinstance(made, list) else [made])}


async def chain(world: World, on_failure: str = "fail") -> dict[str, Any]:
    """first ← second ← third."""
    return await graph(
        world,
        item(world, "first"),
        item(world, "second", {"ref": "first", "on_failure": on_failure}),
        item(world, "third", "second"),
    )


async def claim(agent: Actor, limit: int = 10) -> dict[str, Any]:
    """Claim what is ready; by name."""
    claimed = await agent.call("claim_tasks", kinds=KINDS, limit=limit)
    return {task["title"]: task for task in claimed}


async def finish(agent: Actor, *names: str, well: bool = True) -> None:
    """Claim what is ready, which must be exactly these, and complete them; or fail them for good."""
    claimed = await claim(agent)
    assert sorted(claimed) == sorted(names)
    for name in names:
        if well:
            await complete(agent, claimed[name])
        else:
            await fail(agent, claimed[name], retryable=False)


async def states(world: World) -> dict[str, str]:
    """The state of every task, by name."""
    rows = await world.owner.fetch("select title, state::text from public.tasks")
    return dict(tuple(row) for row in rows)


async def consistent(world: World) -> None:
    """Every count of open dependencies is the number of edges that are not settled."""
    wrong = await world.owner.fetch(
        """select t.title, t.open_dependencies from public.tasks t
            where t.open_dependencies <> (select count(*) from public.task_dependencies d
                                           where d.task_id = t.id and d.settled_at is null)"""
    )
    assert [tuple(row) for row in wrong] == []


def id_of(task: Any) -> UUID:
    return UUID(task["id"])
