"""Creation: all or none, in the order sent, once per dedupe key."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import KIND, events
from tests.support.world import Actor, World, refused


def item(world: World, **fields: Any) -> dict[str, Any]:
    return {"project_id": str(world.project), "kind": "code_review", "title": "Review", **fields}


async def test_a_new_task_waits_with_the_defaults(world: World) -> None:
    task = await world.task()
    told = {key: task[key] for key in ("state", "priority", "max_retries", "attempt", "retry_count", "input")}
    assert told == {
        "state": "pending",
        "priority": 3,
        "max_retries": 3,
        "attempt": 0,
        "retry_count": 0,
        "input": {},
    }
    assert task["description"] == ""
    assert task["lease_token"] is None


async def test_what_is_sent_is_kept(world: World) -> None:
    sent: dict[str, Any] = {
        "title": "Review 7",
        "description": "Look at the tests.",
        "priority": 1,
        "input": {"number": 7, "nested": {"a": [1, "ü"]}},
        "max_retries": 0,
        "required_capabilities": ["rust", "code-review", "rust"],
    }
    task = await world.task(**sent)
    kept = {**sent, "required_capabilities": ["code-review", "rust"]}
    assert {key: task[key] for key in kept} == kept


async def test_a_thousand_tasks_come_back_and_are_claimed_in_the_order_sent(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    sent = [item(world, title=str(nr)) for nr in range(1000)]
    made = await as_supervisor.call("create_tasks", items=sent)
    assert [task["title"] for task in made] == [str(nr) for nr in range(1000)]
    claimed = await as_agent.call("claim_tasks", kinds=KIND, limit=100)
    assert [task["title"] for task in claimed] == [str(nr) for nr in range(100)]


async def test_each_task_has_an_event_and_each_kind_one_hint(world: World, as_supervisor: Actor) -> None:
    made = await as_supervisor.call("create_tasks", items=[item(world), item(world), item(world, kind="ci")])
    assert [await events(world, task["id"]) for task in made] == [["task.created"]] * 3
    hints = await world.owner.fetch(
        "select payload ->> 'kind' from private.outbox where topic = 'tasks.ready'"
    )
    assert sorted(row[0] for row in hints) == ["ci", "code_review"]


async def test_one_bad_item_creates_none(world: World, as_supervisor: Actor) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"kind": "Code Review"}, "23514"),
        ({"kind": None}, "23502"),
        ({"title": ""}, "23514"),
        ({"title": None}, "23502"),
        ({"title": "x" * 501}, "23514"),
        ({"description": "x" * 65_537}, "23514"),
        ({"priority": 0}, "23514"),
        ({"priority": 5}, "23514"),
        ({"max_retries": -1}, "23514"),
        ({"max_retries": 101}, "23514"),
        ({"input": [1]}, "23514"),
        ({"required_capabilities": [str(nr) for nr in range(101)]}, "23514"),
        ({"title": "\0"}, "22P05"),
    ]
    for fields, sqlstate in wrong:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await as_supervisor.call("create_tasks", items=[item(world), item(world, **fields)])
        assert (fields, caught.value.sqlstate) == (fields, sqlstate)
    assert await world.owner.value("select count(*) from public.tasks") == 0
    assert await world.owner.value("select count(*) from private.outbox") == 0


async def test_a_list_of_one_to_a_thousand_is_demanded(as_supervisor: Actor) -> None:
    wrong: list[Any] = [[], {}, None, "task", [{}] * 1001]
    for items in wrong:
        with refused("PT422", "invalid_tasks"):
            await as_supervisor.call("create_tasks", items=items)


async def test_a_foreign_project_answers_as_an_absent_one(
    world: World, as_stranger: Actor, as_supervisor: Actor
) -> None:
    for person, project in [(as_stranger, world.project), (as_supervisor, uuid4()), (as_supervisor, None)]:
        with refused("PT404", "project_not_found"):
            await person.call("create_tasks", items=[item(world, project_id=project and str(project))])


async def test_one_foreign_project_among_ours_creates_none(world: World, as_supervisor: Actor) -> None:
    items = [item(world), item(world, project_id=str(world.stranger_project))]
    with refused("PT404", "project_not_found"):
        await as_supervisor.call("create_tasks", items=items)
    assert await world.owner.value("select count(*) from public.tasks") == 0


async def test_a_viewer_creates_nothing(world: World, as_viewer: Actor) -> None:
    with refused("PT403", "role_required"):
        await as_viewer.call("create_tasks", items=[item(world)])


async def test_only_people_create(world: World) -> None:
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await actor.call("create_tasks", items=[item(world)])


async def test_a_dedupe_key_makes_one_task(world: World, as_supervisor: Actor) -> None:
    first = await as_supervisor.call("create_tasks", items=[item(world, dedupe_key="7")])
    again = await as_supervisor.call(
        "create_tasks",
        items=[item(world, dedupe_key="7"), item(world, title="new"), item(world, dedupe_key="7")],
    )
    assert again["title"] == "new"
    assert await world.owner.value("select count(*) from public.tasks where dedupe_key = '7'") == 1
    assert await events(world, first["id"]) == ["task.created"]


async def test_a_ref_to_an_item_that_made_no_task_is_the_task_there_is(
    world: World, as_supervisor: Actor
) -> None:
    known = await as_supervisor.call("create_tasks", items=[item(world, dedupe_key="7")])
    (after, _) = await as_supervisor.call(
        "create_tasks",
        items=[
            item(world, dedupe_key="7", ref="a"),
            item(world, title="after", depends_on=[{"ref": "a"}]),
            item(world, dedupe_key="8", ref="b", depends_on=[{"ref": "a"}]),
            # The first of a list that names a key is the one that it stands for.
            item(world, dedupe_key="8", ref="again"),
        ],
    )
    edges = "select depends_on_id from public.task_dependencies where task_id = $1"
    assert await world.owner.value(edges, UUID(after["id"])) == UUID(known["id"])
    late = await as_supervisor.call(
        "create_tasks",
        items=[
            item(world, dedupe_key="8", ref="again", depends_on=[{"task_id": after["id"]}]),
            item(world, title="late", depends_on=[{"ref": "again"}, {"task_id": known["id"]}]),
        ],
    )
    eight = await world.owner.value("select id from public.tasks where dedupe_key = '8'")
    rows = await world.owner.fetch(edges, UUID(late["id"]))
    assert {row[0] for row in rows} == {eight, UUID(known["id"])}
    # What is there already waits for nothing more.
    assert await world.owner.value(edges, eight) == UUID(known["id"])


async def test_a_dedupe_key_holds_inside_its_project_only(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    await as_supervisor.call("create_tasks", items=[item(world, dedupe_key="7")])
    theirs = item(world, dedupe_key="7", project_id=str(world.stranger_project))
    assert (await as_stranger.call("create_tasks", items=[theirs]))["state"] == "pending"


async def test_one_dedupe_key_in_parallel_makes_one_task(world: World, as_supervisor: Actor) -> None:
    twins = [as_supervisor.twin() for _ in range(8)]
    made = await asyncio.gather(
        *(twin.call("create_tasks", items=[item(world, dedupe_key="7")]) for twin in twins)
    )
    assert len([answer for answer in made if answer]) == 1
    assert await world.owner.value("select count(*) from public.tasks") == 1


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"run_at": "infinity"}, "tasks_run_at_range"),
        ({"run_at": "0001-01-01T00:00:00+15:00"}, "tasks_run_at_range"),
        ({"run_at": "9999-12-31T23:59:59-15:00"}, "tasks_run_at_range"),
        ({"input": {"x": "y" * 262144}}, "tasks_input_size"),
    ],
)
async def test_what_no_reader_could_take_is_not_stored(
    world: World, fields: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await world.task(**fields)


async def test_what_an_agent_reports_stays_readable(world: World, as_agent: Actor) -> None:
    task = await world.claimed()
    lease = {"task_id": task["id"], "lease_token": task["lease_token"]}
    with pytest.raises(asyncpg.CheckViolationError, match="tasks_checkpoint_is_object"):
        await as_agent.call(
            "save_checkpoint", task_id=UUID(task["id"]), lease_token=task["lease_token"], checkpoint=[1, 2]
        )
    for report, constraint in [
        ({"error": "boom"}, "tasks_last_error_is_object"),
        ({"error": {}, "blocked_reason": "xxx"}, "tasks_blocked_reason"),
        ({"error": {"message": "x" * 65536}}, "tasks_last_error_size"),
    ]:
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await as_agent.call("fail_tasks", items=[{**lease, **report}])
