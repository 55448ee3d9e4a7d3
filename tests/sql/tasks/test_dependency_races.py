"""What happens at once: ends, new edges, circles, cancellations."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.sql.acting import blocked, complete, fail, lease
from tests.sql.tasks.graphs import claim, consistent, graph, id_of, item, states
from tests.support.world import Actor, World, refused

ROUNDS = 10


async def retried(call: Any) -> Any:
    """The answer of a call, tried again after a deadlock as the pool does."""
    while True:
        try:
            return await call()
        except asyncpg.DeadlockDetectedError:
            continue


async def test_two_predecessors_that_end_at_once_free_their_dependents(world: World, as_agent: Actor) -> None:
    for number in range(ROUNDS):
        names = [f"{name}{number}" for name in "abcd"]
        await graph(
            world,
            *(item(world, name) for name in names),
            *(item(world, f"{side}{number}", *names) for side in ("left", "right")),
        )
        claimed = await claim(as_agent)
        await asyncio.gather(*(complete(as_agent.twin(), claimed[name]) for name in names))
        freed = await claim(as_agent)
        assert sorted(freed) == [f"left{number}", f"right{number}"]
        await complete(as_agent, *freed.values())
    await consistent(world)


@pytest.mark.parametrize("well", [True, False], ids=["completed", "failed"])
async def test_an_edge_that_is_added_while_its_predecessor_ends_is_settled(
    world: World, as_supervisor: Actor, as_agent: Actor, well: bool
) -> None:
    made = await graph(world, item(world, "a"), item(world, "b", kind="later"))
    claimed = (await claim(as_agent))["a"]
    held = await world.database.connect()
    plot = held.transaction()
    await plot.start()
    assert as_agent.caller is not None
    await held.execute("set role devos_login")
    await held.execute(as_agent.caller.begin.removeprefix("begin; "))
    error = {"code": "boom", "message": ""}
    call = "complete_tasks" if well else "fail_tasks"
    await held.fetchval(
        f"select public.{call}(p_items => $1)", [lease(claimed, error=error, retryable=False)]
    )
    waits = [{"task_id": made["a"]["id"]}]
    adding = asyncio.create_task(
        as_supervisor.call("add_task_dependencies", task_id=id_of(made["b"]), depends_on=waits)
    )
    waiting = asyncio.create_task(blocked(world.database))
    await asyncio.wait({adding, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert not adding.done(), "it did not wait for the end of the predecessor"
    await plot.commit()
    await waiting
    told = await adding
    assert (told["state"], told["open_dependencies"]) == (("pending", 0) if well else ("failed", 1))
    await consistent(world)


async def test_two_edges_that_close_a_circle_together_are_not_both_added(
    world: World, as_supervisor: Actor
) -> None:
    # No task is in both edges: the locks of tasks alone would let them pass each other.
    made = await graph(
        world, item(world, "a"), item(world, "b", "a"), item(world, "c"), item(world, "d", "c")
    )
    held = await world.database.connect("devos_login")
    plot = held.transaction()
    await plot.start()
    assert as_supervisor.caller is not None
    await held.execute(as_supervisor.caller.begin.removeprefix("begin; "))
    await held.fetchval(
        "select to_jsonb(public.add_task_dependencies($1, $2))",
        id_of(made["c"]),
        [{"task_id": made["b"]["id"]}],
    )
    waits = [{"task_id": made["d"]["id"]}]
    closing = asyncio.create_task(
        as_supervisor.call("add_task_dependencies", task_id=id_of(made["a"]), depends_on=waits)
    )
    waiting = asyncio.create_task(blocked(world.database))
    await asyncio.wait({closing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert not closing.done(), "it did not wait for the other edge"
    await plot.commit()
    await waiting
    with refused("PT409", "dependency_cycle"):
        await closing


async def test_ends_and_new_edges_at_once_leave_nothing_waiting(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    for number in range(ROUNDS):
        names = [f"{name}{number}" for name in "abcd"]
        made = await graph(
            world, *(item(world, name) for name in names), item(world, f"last{number}", kind="later")
        )
        claimed = await claim(as_agent)
        last = made[f"last{number}"]

        async def add(name: str, made: Any = made, last: Any = last) -> Any:
            person, waits = as_supervisor.twin(), [{"task_id": made[name]["id"]}]
            return await retried(
                lambda: person.call("add_task_dependencies", task_id=id_of(last), depends_on=waits)
            )

        await asyncio.gather(
            *(add(name) for name in names),
            *(retried(lambda task=claimed[name]: complete(as_agent.twin(), task)) for name in names),
        )
        assert len(await as_agent.call("claim_tasks", kinds=["later"])) == 1
    await consistent(world)


async def test_a_cancellation_and_an_end_at_once_are_one_of_them(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    for number in range(ROUNDS):
        made = await graph(
            world, item(world, f"a{number}"), item(world, f"b{number}", f"a{number}", kind="later")
        )
        claimed = (await claim(as_agent))[f"a{number}"]
        await asyncio.gather(
            as_supervisor.twin().call("cancel_task", task_id=id_of(made[f"a{number}"]), cascade="dependents"),
            complete(as_agent.twin(), claimed),
            return_exceptions=True,
        )
        told = await states(world)
        pair = (told[f"a{number}"], told[f"b{number}"])
        # Asked first: both are cancelled. Completed first: that is refused, and the other goes on.
        assert pair in {("cancelled", "cancelled"), ("completed", "pending")}
        await as_agent.call("claim_tasks", kinds=["later"])
    await consistent(world)


async def test_failures_at_once_of_what_shares_dependents_end_them_once(
    world: World, as_agent: Actor
) -> None:
    for number in range(ROUNDS):
        names = [f"{name}{number}" for name in "ab"]
        ends = [f"{side}{number}" for side in ("left", "right")]
        made = await graph(
            world, *(item(world, name) for name in names), *(item(world, end, *names) for end in ends)
        )
        claimed = await claim(as_agent)
        await asyncio.gather(*(fail(as_agent.twin(), claimed[name], retryable=False) for name in names))
        for end in ends:
            count = await world.owner.value(
                "select count(*) from public.events where subject_id = $1 and type = 'task.failed'",
                id_of(made[end]),
            )
            assert count == 1
    assert {*(await states(world)).values()} == {"failed"}
