"""How many tasks run at once: of a project, of a kind, of each key; and whatever ends a lease makes room."""

from __future__ import annotations

import hashlib
from collections import Counter
from uuid import UUID

import pytest

from tests.sql.limits.acting import ALL, change, claim, end, limit, running, tasks
from tests.support.world import Actor, World

HINTS = "select distinct payload ->> 'kind' from private.outbox where topic = 'tasks.ready'"


async def test_a_project_runs_no_more_than_its_limit(world: World, as_agent: Actor) -> None:
    await limit(world, max_running=3)
    await tasks(world, 5)
    await tasks(world, 5, kind="deploy")
    claimed = await claim(as_agent)
    assert (len(claimed), await claim(as_agent)) == (3, [])
    await end(as_agent, claimed[:2])
    assert len(await claim(as_agent)) == 2


async def test_a_kind_runs_no_more_than_its_limit_and_the_others_as_they_like(
    world: World, as_agent: Actor
) -> None:
    await limit(world, scope="kind", kind="deploy", max_running=1)
    await tasks(world, 3, kind="deploy")
    await tasks(world, 3)
    claimed = await claim(as_agent)
    assert Counter(task["kind"] for task in claimed) == {"deploy": 1, "code_review": 3}
    assert await claim(as_agent) == []


async def test_each_key_has_room_of_its_own(world: World, as_agent: Actor) -> None:
    await limit(world, scope="key", max_running=2)
    for key in ("acme/web", "acme/api", None):
        await tasks(world, 4, concurrency_key=key)
        await claim(as_agent)
    rows = await world.owner.fetch(
        "select concurrency_key, count(*) from public.tasks where state = 'running' group by 1"
    )
    assert {row[0]: row[1] for row in rows} == {"acme/web": 2, "acme/api": 2, None: 4}


async def test_a_key_is_counted_over_all_kinds_or_in_one(world: World, as_agent: Actor) -> None:
    made = await limit(world, scope="key", max_running=1)
    for kind in ("deploy", "lint"):
        await tasks(world, 2, kind=kind, concurrency_key="shop")
    first = await claim(as_agent)
    assert len(first) == 1
    await change(world, made, kind="lint")
    more = await claim(as_agent)
    assert Counter(task["kind"] for task in first + more) == {"deploy": 2, "lint": 1}


async def test_the_narrowest_of_several_limits_counts(world: World, as_agent: Actor) -> None:
    await limit(world, "all", max_running=4)
    await limit(world, "deploys", scope="kind", kind="deploy", max_running=3)
    await limit(world, "one at a time", scope="key", max_running=1)
    for key in ("a", "b", "c", "d"):
        await tasks(world, 2, kind="deploy", concurrency_key=key)
    await tasks(world, 9)
    claimed = await claim(as_agent)
    kinds = Counter(task["kind"] for task in claimed)
    assert (len(claimed), kinds["deploy"] <= 3, await claim(as_agent)) == (4, True, [])


async def test_a_limit_of_another_project_counts_nothing_here(
    world: World, as_agent: Actor, as_stranger: Actor, as_stranger_agent: Actor
) -> None:
    await as_stranger.call(
        "create_limit",
        project_id=world.stranger_project,
        limit={"name": "none", "scope": "project", "max_running": 0},
    )
    await limit(world, max_running=100)
    await tasks(world, 3)
    await tasks(world, 3, by=as_stranger, project_id=str(world.stranger_project))
    assert (len(await claim(as_agent)), await claim(as_stranger_agent)) == (3, [])


async def test_what_waits_for_no_room_is_not_in_the_way(world: World, as_agent: Actor) -> None:
    await limit(world, scope="key", max_running=1)
    await tasks(world, 50, priority=1, concurrency_key="full")
    await claim(as_agent, 1)
    (urgent,) = await tasks(world, 1, priority=4)
    (other,) = await tasks(world, 1, priority=4, concurrency_key="free")
    assert {task["id"] for task in await claim(as_agent, 2)} == {urgent["id"], other["id"]}


async def test_age_is_exact_under_a_key_and_priority_comes_first(world: World, as_agent: Actor) -> None:
    await limit(world, scope="key", max_running=2)
    made = [(await tasks(world, 1, title=title, concurrency_key="k"))[0] for title in "abc"]
    await tasks(world, 1, title="urgent", priority=1, concurrency_key="k")
    assert [task["title"] for task in await claim(as_agent)] == ["urgent", "a"]
    assert len(made) == 3


async def test_room_given_back_by_every_end_of_a_lease(world: World, as_agent: Actor) -> None:
    await limit(world, max_running=1)
    error = {"error": {"code": "x", "message": "x"}}
    for how, said in [
        ("complete_tasks", {}),
        ("release_tasks", {}),
        ("fail_tasks", {**error, "retryable": False}),
        ("fail_tasks", {**error, "retry_after_seconds": 3600}),
        ("fail_tasks", {**error, "blocked_reason": "ci"}),
    ]:
        await tasks(world, 2)
        claimed = await claim(as_agent)
        assert (len(claimed), await claim(as_agent)) == (1, []), how
        await end(as_agent, claimed, how, **said)
        (again,) = await claim(as_agent)
        await end(as_agent, [again])


async def test_a_cancelled_task_keeps_its_room_until_its_lease_ends(
    world: World, as_agent: Actor, as_supervisor: Actor, as_worker: Actor
) -> None:
    await limit(world, max_running=1)
    await tasks(world, 2)
    (held,) = await claim(as_agent)
    await as_supervisor.call("cancel_task", task_id=UUID(held["id"]))
    assert await claim(as_agent) == []
    long_ago = "update public.tasks set cancel_requested_at = now() - interval '1 day'"
    await world.owner.fetch(f"{long_ago} where state = 'running'")
    assert await as_worker.call("private.end_cancelled_leases") == 1
    assert len(await claim(as_agent)) == 1


async def test_a_silent_agent_gives_its_room_back_without_the_worker(
    world: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    await limit(world, max_running=1)
    await tasks(world, 2)
    (held,) = await claim(as_agent)
    await world.expire(held["id"])
    again = await claim(as_other_agent)
    assert ([task["id"] for task in again], await running(world)) == ([held["id"]], 1)


async def test_a_limit_changes_while_work_goes_on(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    await tasks(world, 20)
    held = await claim(as_agent, 5)
    made = await limit(world, max_running=3)
    assert (await claim(as_agent), await running(world)) == ([], 5)
    await end(as_agent, held[:2])
    assert await claim(as_agent) == []
    await change(world, made, max_running=6)
    held = held[2:] + await claim(as_agent)
    assert len(held) == 6
    await change(world, made, max_running=0)
    await end(as_agent, held)
    assert await claim(as_agent) == []
    await as_supervisor.call("delete_limit", limit_id=UUID(made["id"]))
    assert len(await claim(as_agent)) == 12


async def test_a_limit_moves_from_kind_to_kind(world: World, as_agent: Actor) -> None:
    made = await limit(world, scope="kind", kind="lint", max_running=0)
    await tasks(world, 1)
    await tasks(world, 1, kind="lint")
    assert [task["kind"] for task in await claim(as_agent)] == ["code_review"]
    await tasks(world, 1)
    await change(world, made, kind="code_review")
    assert await claim(as_agent, kinds=["code_review"]) == []
    assert [task["kind"] for task in await claim(as_agent)] == ["lint"]


async def test_lanes_and_agents_that_come_later_are_limited_too(world: World, as_supervisor: Actor) -> None:
    await limit(world, scope="kind", kind="deploy", max_running=1)
    await tasks(world, 3, kind="deploy")
    await tasks(world, 3, kind="deploy", required_capabilities=["code-review"])
    rows = await world.owner.fetch("select distinct is_limited from public.agent_lanes")
    assert [row[0] for row in rows] == [True]
    claimed = await claim(world.agent)
    assert (len(claimed), await claim(world.other_agent)) == (1, [])


async def test_who_has_no_limits_looks_for_none(world: World, as_agent: Actor) -> None:
    await limit(world, scope="kind", kind="deploy", max_running=1)
    await tasks(world, 2)
    await claim(as_agent, kinds=["code_review"])
    assert await world.owner.value("select count(*) from private.limit_rooms") == 0
    assert not await world.owner.value("select bool_or(is_limited) from public.tasks")


async def test_an_exchange_ends_and_claims_in_one_room(world: World) -> None:
    await limit(world, max_running=2)
    await tasks(world, 6)
    key = world.agent_key
    items: list[dict[str, object]] = []
    done = []
    for _ in range(3):
        answer = await world.login.call(
            "agent_exchange",
            key_id=key.split("_")[1],
            key_hash=hashlib.sha256(key.encode()).digest(),
            items=items,
            kinds=ALL,
            wanted=10,
            lease_seconds=60,
        )
        assert len(answer["tasks"]) == 2
        done += answer["tasks"]
        items = [
            {"action": "complete", "task_id": task["id"], "lease_token": task["lease_token"]}
            for task in answer["tasks"]
        ]
    assert len({task["id"] for task in done}) == 6


@pytest.mark.parametrize("wanted", [1, 7, 200])
async def test_no_batch_is_larger_than_the_room(world: World, as_agent: Actor, wanted: int) -> None:
    await limit(world, max_running=10)
    for kind in ALL:
        await tasks(world, 10, kind=kind, priority=2)
        await tasks(world, 10, kind=kind)
    held = 0
    while claimed := await claim(as_agent, wanted):
        held += len(claimed)
    assert held == await running(world) == 10


async def test_those_who_wait_for_room_are_told(world: World, as_agent: Actor) -> None:
    await limit(world, scope="kind", kind="deploy", max_running=1)
    await tasks(world, 2, kind="deploy")
    await tasks(world, 1)
    deploy = await claim(as_agent, kinds=["deploy"])
    review = await claim(as_agent, kinds=["code_review"])
    for held, told in ((review, 0), (deploy, 1)):
        await world.owner.fetch("delete from private.outbox")
        await end(as_agent, held)
        hints = await world.owner.fetch(HINTS)
        assert [row[0] for row in hints] == ["deploy"] * told


async def test_where_a_project_is_full_every_kind_is_told(
    world: World, as_agent: Actor, as_worker: Actor
) -> None:
    await limit(world, max_running=1)
    await tasks(world, 1, kind="deploy", priority=1)
    await tasks(world, 1)
    for let_end in ("complete", "silence"):
        held = await claim(as_agent)
        await world.owner.fetch("delete from private.outbox")
        if let_end == "complete":
            await end(as_agent, held)
        else:
            await world.expire(held[0]["id"])
            await as_worker.call("reap_expired_leases")
        rows = await world.owner.fetch(HINTS)
        assert {row[0] for row in rows} == {"deploy", "code_review"}
