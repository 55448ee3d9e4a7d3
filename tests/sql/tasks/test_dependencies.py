"""Tasks wait for others: claimed when all of those are done; failed, blocked or freed when one fails."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import complete, events, fail, stored_task
from tests.sql.tasks.graphs import chain, claim, consistent, finish, graph, id_of, item, states
from tests.support.world import Actor, World, refused


async def add(person: Actor, task: Any, *waits_for: Any) -> Any:
    waits = [waited if "task_id" in waited else {"task_id": waited["id"]} for waited in waits_for]
    return await person.call("add_task_dependencies", task_id=id_of(task), depends_on=waits)


async def remove(person: Actor, task: Any, waited: Any) -> None:
    await person.call("remove_task_dependency", task_id=id_of(task), depends_on_id=id_of(waited))


async def test_a_task_is_claimed_when_all_it_waits_for_is_completed(world: World, as_agent: Actor) -> None:
    made = await graph(
        world, item(world, "a"), item(world, "b"), item(world, "both", "a", "b"), item(world, "last", "both")
    )
    assert {name: task["open_dependencies"] for name, task in made.items()} == {
        "a": 0,
        "b": 0,
        "both": 2,
        "last": 1,
    }
    claimed = await claim(as_agent)
    assert sorted(claimed) == ["a", "b"]
    await complete(as_agent, claimed["a"])
    assert await claim(as_agent) == {}
    await complete(as_agent, claimed["b"])
    await consistent(world)
    await finish(as_agent, "both")
    await finish(as_agent, "last")


async def test_agents_that_wait_are_told_when_a_task_is_freed(world: World, as_agent: Actor) -> None:
    await graph(world, item(world, "a"), item(world, "b", "a"))
    await world.owner.fetch("delete from private.outbox")
    await finish(as_agent, "a")
    hints = await world.owner.fetch("select payload from private.outbox where topic = 'tasks.ready'")
    assert [row[0] for row in hints] == [{"kind": "dag"}]


async def test_a_task_waits_for_one_that_is_there_already(world: World, as_agent: Actor) -> None:
    done = await world.claimed(kind="done")
    await complete(as_agent, done)
    waiting = await world.task(kind="other")
    made = await graph(world, item(world, "a", done), item(world, "b", done, waiting, waiting))
    assert (made["a"]["open_dependencies"], made["b"]["open_dependencies"]) == (0, 1)
    assert sorted(await claim(as_agent)) == ["a"]


async def test_an_attempt_that_is_tried_again_settles_nothing(world: World, as_agent: Actor) -> None:
    await chain(world)
    first = (await claim(as_agent))["first"]
    await fail(as_agent, first)
    assert await states(world) == dict.fromkeys(("first", "second", "third"), "pending")


@pytest.mark.parametrize(
    ("on_failure", "second", "third"),
    [("fail", "failed", "failed"), ("block", "blocked", "pending"), ("ignore", "pending", "pending")],
)
async def test_what_waits_for_a_failed_task_does_as_it_said(
    world: World, as_agent: Actor, on_failure: str, second: str, third: str
) -> None:
    made = await chain(world, on_failure)
    await finish(as_agent, "first", well=False)
    assert await states(world) == {"first": "failed", "second": second, "third": third}
    await consistent(world)
    told = await stored_task(world, made["second"])
    if on_failure == "ignore":
        await finish(as_agent, "second")
        return
    assert (told["last_error"]["code"], told["last_error"]["task_id"]) == (
        "predecessor_failed",
        made["first"]["id"],
    )
    assert told["blocked_reason"] == ("predecessor" if on_failure == "block" else None)
    assert (told["finished_at"] is None) == (on_failure == "block")
    assert (await events(world, made["second"]["id"]))[-1] == f"task.{second}"


@pytest.mark.parametrize("how", ["cancelled", "reaped"])
async def test_an_end_is_an_end_however_it_came(
    world: World, as_supervisor: Actor, as_agent: Actor, how: str
) -> None:
    made = await graph(world, item(world, "first", max_retries=0), item(world, "second", "first"))
    if how == "cancelled":
        await as_supervisor.call("cancel_task", task_id=id_of(made["first"]))
    else:
        await world.expire((await claim(as_agent))["first"]["id"])
        await world.worker.call("reap_expired_leases")
    assert (await states(world))["second"] == "failed"


@pytest.mark.parametrize("on_failure", ["fail", "block", "ignore"])
async def test_what_has_failed_already_counts_as_what_fails_later(
    world: World, as_supervisor: Actor, as_agent: Actor, on_failure: str
) -> None:
    failed = await world.claimed(kind="other")
    await fail(as_agent, failed, retryable=False)
    by_policy = {"fail": "failed", "block": "blocked", "ignore": "pending"}[on_failure]
    edge = {"task_id": failed["id"], "on_failure": on_failure}
    made = await graph(world, item(world, "a", edge), item(world, "b", "a"), item(world, "late"))
    assert made["a"]["state"] == by_policy
    assert (await add(as_supervisor, made["late"], edge))["state"] == by_policy
    assert (await states(world))["b"] == ("failed" if on_failure == "fail" else "pending")
    await consistent(world)


async def test_a_blocked_task_goes_on_when_its_predecessor_was_done_after_all(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await chain(world, "block")
    await finish(as_agent, "first", well=False)
    await as_supervisor.call("requeue_tasks", task_ids=[id_of(made["first"])])
    await finish(as_agent, "first")
    assert (await states(world))["second"] == "pending"
    assert (await events(world, made["second"]["id"]))[-1] == "task.resumed"
    await finish(as_agent, "second")


async def test_a_requeued_task_goes_on_waiting(world: World, as_supervisor: Actor, as_agent: Actor) -> None:
    made = await chain(world)
    await finish(as_agent, "first", well=False)
    await as_supervisor.call("requeue_tasks", task_ids=[id_of(made[name]) for name in ("second", "third")])
    assert await claim(as_agent) == {}
    await as_supervisor.call("requeue_tasks", task_ids=[id_of(made["first"])])
    for name in ("first", "second", "third"):
        await finish(as_agent, name)


@pytest.mark.parametrize("on_failure", ["fail", "block"])
async def test_a_task_is_not_requeued_to_wait_for_one_that_was_cancelled(
    world: World, as_supervisor: Actor, as_agent: Actor, on_failure: str
) -> None:
    made = await graph(world, item(world, "a"), item(world, "b", {"ref": "a", "on_failure": on_failure}))
    await as_supervisor.call("cancel_task", task_id=id_of(made["a"]))
    before = await states(world)
    with refused("PT409", "predecessor_cancelled"):
        await as_supervisor.call("requeue_task", task_id=id_of(made["b"]))
    with refused("PT409", "predecessor_cancelled"):
        await as_supervisor.call("requeue_tasks", task_ids=[id_of(made["b"])])
    told = await as_supervisor.call("requeue_tasks", filter={"project_id": str(world.project)})
    assert told == {"requeued": 0, "task_ids": [], "more": False}
    assert await states(world) == before
    await remove(as_supervisor, made["b"], made["a"])
    if on_failure == "fail":
        await as_supervisor.call("requeue_task", task_id=id_of(made["b"]))
    assert sorted(await claim(as_agent)) == ["b"]
    await consistent(world)


async def test_a_cascade_leaves_out_what_waits_for_one_that_was_cancelled(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await graph(
        world, item(world, "a"), item(world, "x"), item(world, "b", "a"), item(world, "both", "a", "x")
    )
    held = await claim(as_agent)
    await fail(as_agent, held["a"], retryable=False)
    await fail(as_agent, held["x"], retryable=True, retry_after_seconds=3600)
    await as_supervisor.call("cancel_task", task_id=id_of(made["x"]))
    await as_supervisor.call("requeue_task", task_id=id_of(made["a"]), cascade=True)
    assert await states(world) == {"a": "pending", "b": "pending", "both": "failed", "x": "cancelled"}


async def test_what_failed_with_a_task_goes_back_with_it_when_that_is_asked(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await chain(world)
    blocked = {"task_id": made["first"]["id"], "on_failure": "block"}
    await graph(world, item(world, "blocked", blocked), item(world, "own", kind="own", max_retries=0))
    (own,) = await as_agent.call("claim_tasks", kinds=["own"])
    await fail(as_agent, own)
    await finish(as_agent, "first", well=False)
    await as_supervisor.call("requeue_task", task_id=id_of(made["first"]), cascade=True)
    assert await states(world) == {
        **dict.fromkeys(("first", "second", "third", "blocked"), "pending"),
        "own": "failed",
    }
    await finish(as_agent, "first")
    await finish(as_agent, "second", "blocked")
    await finish(as_agent, "third")


async def test_a_dependency_is_added_and_taken_away_while_a_task_waits(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await graph(world, item(world, "a"), item(world, "b"))
    told = await add(as_supervisor, made["b"], made["a"])
    assert (told["open_dependencies"], told["state"]) == (1, "pending")
    assert (await add(as_supervisor, made["b"], made["a"]))["open_dependencies"] == 1
    await remove(as_supervisor, made["b"], made["a"])
    assert sorted(await claim(as_agent)) == ["a", "b"]
    with refused("PT404", "dependency_not_found"):
        await remove(as_supervisor, await world.task(kind="c"), made["a"])
    assert await events(world, made["b"]["id"]) == [
        "task.created",
        "task.dependencies_added",
        "task.dependencies_added",
        "task.dependency_removed",
        "task.claimed",
    ]


async def test_a_blocked_task_goes_on_without_what_blocked_it(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await chain(world, "block")
    await finish(as_agent, "first", well=False)
    await remove(as_supervisor, made["second"], made["first"])
    await finish(as_agent, "second")


async def test_what_runs_or_has_ended_waits_for_nothing_more(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    made = await graph(world, item(world, "a"), item(world, "b"))
    other = await world.task(kind="other")
    await complete(as_agent, (await claim(as_agent))["a"])
    for name in ("a", "b"):
        with refused("PT409", "task_not_editable"):
            await add(as_supervisor, made[name], other)
        with refused("PT409", "task_not_editable"):
            await remove(as_supervisor, made[name], other)
    await consistent(world)


async def test_no_task_waits_in_a_circle(world: World, as_supervisor: Actor) -> None:
    made = await chain(world)
    for last in ("second", "third"):
        with refused("PT409", "dependency_cycle"):
            await add(as_supervisor, made["first"], made[last])
    with refused("23514"):
        await add(as_supervisor, made["first"], made["first"])
    await consistent(world)


@pytest.mark.parametrize(
    ("waits_for", "code"),
    [
        (["later"], "dependency_cycle"),
        (["itself"], "dependency_cycle"),
        (["nobody"], "unknown_ref"),
        ([{}], "invalid_dependency"),
        ([{"ref": "before", "task_id": str(UUID(int=1))}], "invalid_dependency"),
    ],
    ids=["forward", "itself", "unknown", "nothing", "both"],
)
async def test_a_list_names_what_stands_before(world: World, waits_for: list[Any], code: str) -> None:
    with refused("PT422", code):
        await graph(world, item(world, "before"), item(world, "itself", *waits_for), item(world, "later"))
    assert await states(world) == {}


async def test_a_ref_names_one_item(world: World) -> None:
    with refused("PT422", "duplicate_ref"):
        await graph(world, item(world, "a"), item(world, "a"), item(world, "b", "a"))


async def test_a_foreign_task_is_waited_for_no_more_than_an_absent_one(
    world: World, as_stranger: Actor, as_supervisor: Actor, as_viewer: Actor
) -> None:
    ours, other = await world.task(), await world.task()
    theirs = await as_stranger.call(
        "create_tasks", items=[{"project_id": str(world.stranger_project), "kind": "dag", "title": "Theirs"}]
    )
    for absent in (theirs, {"id": str(uuid4())}):
        with refused("PT404", "task_not_found"):
            await graph(world, item(world, "a", absent))
        with refused("PT404", "task_not_found"):
            await add(as_supervisor, ours, absent)
        with refused("PT404", "task_not_found"):
            await add(as_stranger, ours, absent)
    with refused("PT404", "task_not_found"):
        await remove(as_stranger, ours, other)
    for call in (add, remove):
        with refused("PT403", "role_required"):
            await call(as_viewer, ours, other)
    assert await world.owner.value("select count(*) from public.task_dependencies") == 0


async def test_whoever_sees_two_projects_joins_nothing_across_them(world: World, as_admin: Actor) -> None:
    ours = await world.task()
    theirs = await as_admin.call(
        "create_tasks", items=[{"project_id": str(world.stranger_project), "kind": "dag", "title": "Theirs"}]
    )
    with refused("PT404", "task_not_found"):
        await add(as_admin, ours, theirs)
    for across in ({"depends_on": [theirs["id"]]}, {"parent_task_id": theirs["id"]}):
        with refused("PT404", "task_not_found"):
            await as_admin.call("create_tasks", items=[{**item(world, "a"), **across}])


async def test_a_task_that_others_wait_for_is_not_deleted(world: World, as_supervisor: Actor) -> None:
    made = await chain(world)
    with refused("PT409", "task_has_dependents"):
        await as_supervisor.call("delete_task", task_id=id_of(made["first"]))
    await as_supervisor.call("delete_task", task_id=id_of(made["third"]))
    await as_supervisor.call("delete_task", task_id=id_of(made["second"]))
    await as_supervisor.call("delete_task", task_id=id_of(made["first"]))


async def test_both_sides_of_a_task_are_listed(world: World, as_viewer: Actor, as_stranger: Actor) -> None:
    made = await chain(world)
    told = await as_viewer.call("list_dependencies", task_id=id_of(made["second"]))
    assert [(one["relation"], one["task_id"], one["on_failure"]) for one in told] == [
        ("predecessor", made["first"]["id"], "fail"),
        ("dependent", made["third"]["id"], "fail"),
    ]
    with refused("PT404", "task_not_found"):
        await as_stranger.call("list_dependencies", task_id=id_of(made["second"]))


async def test_many_tasks_wait_for_one_and_one_for_many(world: World, as_agent: Actor) -> None:
    middle = [item(world, f"m{number}", "first") for number in range(300)]
    await graph(world, item(world, "first"), *middle, item(world, "last", *(m["ref"] for m in middle)))
    await finish(as_agent, "first")
    for _ in range(3):
        claimed = await claim(as_agent, 100)
        assert "last" not in claimed
        await complete(as_agent, *claimed.values())
    await finish(as_agent, "last")
    await consistent(world)
