"""Lanes of keys are born with a task, and swept when none is open; no task is ever without its lane."""

from __future__ import annotations

import asyncio
from uuid import UUID

from tests.sql.acting import promptly, stored_task
from tests.sql.limits.acting import change, claim, end, limit, tasks
from tests.support.world import Actor, World

KEYS = """
    select coalesce(array_agg(concurrency_key::text order by concurrency_key), '{}')
      from public.lanes where concurrency_key is not null"""


async def test_a_lane_for_each_key(world: World) -> None:
    for key in ("b", "a", "a", None):
        await tasks(world, 1, concurrency_key=key)
    assert await world.owner.value(KEYS) == ["a", "b"]
    assert await world.owner.value("select count(*) from public.agent_lanes") == 6


async def test_lanes_that_no_open_task_uses_are_swept(
    world: World, as_agent: Actor, as_worker: Actor
) -> None:
    for key in ("done", "failed", "held", "waits", "blocked"):
        await tasks(world, 1, concurrency_key=key, title=key)
    claimed = {task["title"]: task for task in await claim(as_agent)}
    error = {"error": {"code": "x", "message": "x"}}
    await end(as_agent, [claimed["done"]])
    await end(as_agent, [claimed["failed"]], "fail_tasks", retryable=False, **error)
    await end(as_agent, [claimed["waits"]], "release_tasks")
    await end(as_agent, [claimed["blocked"]], "fail_tasks", blocked_reason="ci", **error)
    assert await as_worker.call("private.sweep_lanes") == 2
    assert await world.owner.value(KEYS) == ["blocked", "held", "waits"]
    assert await as_worker.call("private.sweep_lanes") == 0


async def test_a_lane_without_a_key_stays(world: World, as_agent: Actor, as_worker: Actor) -> None:
    await tasks(world, 1)
    await end(as_agent, await claim(as_agent))
    assert await as_worker.call("private.sweep_lanes") == 0


async def test_a_key_comes_back_after_its_lane_was_swept(
    world: World, as_agent: Actor, as_worker: Actor
) -> None:
    await limit(world, scope="key", max_running=1)
    for _ in range(2):
        await tasks(world, 2, concurrency_key="again")
        for _ in range(2):
            held = await claim(as_agent)
            assert len(held) == 1
            await end(as_agent, held)
        assert await as_worker.call("private.sweep_lanes") == 1


async def test_what_failed_gets_its_lane_again(
    world: World, as_agent: Actor, as_worker: Actor, as_supervisor: Actor
) -> None:
    (made,) = await tasks(world, 1, concurrency_key="k")
    await end(
        as_agent, await claim(as_agent), "fail_tasks", retryable=False, error={"code": "x", "message": "x"}
    )
    assert await as_worker.call("private.sweep_lanes") == 1
    await as_supervisor.call("requeue_task", task_id=UUID(made["id"]))
    assert [task["id"] for task in await claim(as_agent)] == [made["id"]]


async def test_an_edit_moves_a_task_to_the_lane_of_its_key(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    await limit(world, scope="key", max_running=0)
    (made,) = await tasks(world, 1, concurrency_key="k")
    assert await claim(as_agent) == []
    for key, got in (("other", 0), (None, 1)):
        changes = {"concurrency_key": key}
        await as_supervisor.call("update_task", task_id=UUID(made["id"]), changes=changes)
        assert (await stored_task(world, made))["concurrency_key"] == key
        assert len(await claim(as_agent)) == got


async def test_a_successor_has_a_key(world: World, as_agent: Actor) -> None:
    held = await world.claimed()
    made = await as_agent.call(
        "create_successor",
        task_id=UUID(held["id"]),
        lease_token=held["lease_token"],
        item={"kind": "deploy", "title": "Next", "concurrency_key": "shop"},
    )
    assert made["concurrency_key"] == "shop"


async def test_a_kind_gives_its_tasks_a_key(world: World, as_supervisor: Actor) -> None:
    said = {"defaults": {"concurrency_key": "one by one"}}
    await as_supervisor.call("set_kind", project_id=world.project, name="deploy", kind=said)
    (silent,) = await tasks(world, 1, kind="deploy")
    (own,) = await tasks(world, 1, kind="deploy", concurrency_key="own")
    assert (silent["concurrency_key"], own["concurrency_key"]) == ("one by one", "own")


async def test_no_lane_is_swept_under_a_task_that_is_being_created(
    world: World, as_agent: Actor, as_worker: Actor, as_supervisor: Actor
) -> None:
    await tasks(world, 1, concurrency_key="k")
    await end(as_agent, await claim(as_agent))
    creator = await as_supervisor.connection()
    async with creator.transaction():
        assert as_supervisor.caller is not None
        await creator.execute(as_supervisor.caller.begin.removeprefix("begin; "))
        item = {"project_id": str(world.project), "kind": "code_review", "title": "t", "concurrency_key": "k"}
        await creator.fetch("select count(*) from public.create_tasks($1)", [item])
        assert await promptly(as_worker.call("private.sweep_lanes")) == 0
    assert len(await claim(as_agent)) == 1


async def test_creation_and_sweeping_in_parallel_lose_no_task(
    world: World, as_agent: Actor, as_worker: Actor, as_supervisor: Actor
) -> None:
    done = asyncio.Event()

    async def sweep() -> None:
        while not done.is_set():
            await as_worker.call("private.sweep_lanes")

    async def work(nr: int) -> None:
        person, agent = as_supervisor.twin(), as_agent.twin()
        for _ in range(20):
            await tasks(world, 1, by=person, concurrency_key=f"k{nr % 2}")
            await end(agent, await claim(agent))

    sweeping = asyncio.ensure_future(sweep())
    await asyncio.gather(*(work(nr) for nr in range(4)))
    done.set()
    await sweeping
    await end(as_agent, await claim(as_agent))
    assert await world.owner.value("select count(*) from public.tasks where state <> 'completed'") == 0


async def test_rooms_of_forgotten_keys_and_limits_are_swept(
    world: World, as_agent: Actor, as_worker: Actor, as_supervisor: Actor
) -> None:
    made = await limit(world, scope="key", max_running=1, rate_count=5, rate_seconds=60)
    await limit(world, "all", max_running=5)
    await tasks(world, 1, concurrency_key="k")
    await end(as_agent, await claim(as_agent))
    rooms = "select count(*) from private.limit_rooms"
    await as_worker.call("private.sweep_lanes")
    assert await world.owner.value(rooms) == 2, "a window that is not over was forgotten"
    await world.owner.fetch("update private.limit_rooms set starts = '{}'")
    await as_worker.call("private.sweep_lanes")
    assert await world.owner.value(rooms) == 1
    for listed in await as_supervisor.call("list_limits"):
        await as_supervisor.call("delete_limit", limit_id=UUID(listed["id"]))
    await as_worker.call("private.sweep_lanes")
    assert (await world.owner.value(rooms), made["version"]) == (0, 1)


async def test_rooms_of_keys_go_with_the_keys_also_after_the_limit_counts_something_else(
    world: World, as_agent: Actor, as_worker: Actor
) -> None:
    made = await limit(world, scope="key", max_running=1)
    for key in ("a", "b"):
        await tasks(world, 1, concurrency_key=key)
    await end(as_agent, await claim(as_agent))
    await change(world, made, scope="project")
    await tasks(world, 1)
    await end(as_agent, await claim(as_agent))
    await as_worker.call("private.sweep_lanes")
    rooms = await world.owner.fetch("select concurrency_key from private.limit_rooms")
    assert [room[0] for room in rooms] == [""]
