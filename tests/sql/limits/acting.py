"""What the tests of limits do, in one line each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.support.world import Actor, World

ALL = ["code_review", "deploy", "lint"]


async def limit(world: World, name: str = "some", **said: Any) -> Any:
    """A new limit of the project."""
    return await world.supervisor.call(
        "create_limit", project_id=world.project, limit={"name": name, "scope": "project", **said}
    )


async def change(world: World, made: Any, **changes: Any) -> Any:
    """Change a limit."""
    return await world.supervisor.call("update_limit", limit_id=UUID(made["id"]), changes=changes)


async def tasks(world: World, count: int, *, by: Actor | None = None, **fields: Any) -> list[Any]:
    """So many tasks, of the first project unless told otherwise."""
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review", **fields}
    made = await (by or world.supervisor).call("create_tasks", items=[item] * count)
    return made if count > 1 else [made]


async def claim(agent: Actor, wanted: int = 100, kinds: list[str] = ALL) -> list[Any]:
    """What an agent gets."""
    return await agent.call("claim_tasks", kinds=kinds, limit=wanted)


async def end(agent: Actor, claimed: list[Any], how: str = "complete_tasks", **said: Any) -> None:
    """Complete what is held, unless told otherwise."""
    items = [{"task_id": task["id"], "lease_token": task["lease_token"], **said} for task in claimed]
    if items:
        await agent.call(how, items=items)


async def running(world: World) -> int:
    """How many tasks run."""
    return await world.owner.value("select count(*) from public.tasks where state = 'running'")


async def let_pass(world: World, seconds: float) -> None:
    """Let what rates remember become older, as time would."""
    await world.owner.fetch(
        """update private.limit_rooms
              set starts = array(select s - $1 * interval '1 second' from unnest(starts) s order by s)""",
        seconds,
    )
