"""How the queue stands: what is counted, for whom, and what it costs when much waits."""

from __future__ import annotations

from uuid import UUID

from tests.sql.acting import KIND, complete, fail
from tests.support.world import Actor, World, refused


async def test_every_place_of_a_task_is_counted(world: World, as_agent: Actor, as_supervisor: Actor) -> None:
    first = await world.task(title="due")
    await world.task(title="delayed", run_at="2199-01-01T00:00:00Z")
    await world.task(title="waiting", depends_on=[first["id"]])
    completed = await world.claimed(priority=1)
    await complete(as_agent, completed)
    blocked = await world.claimed(priority=1)
    await fail(as_agent, blocked, blocked_reason="ci")
    failed = await world.claimed(priority=1)
    await fail(as_agent, failed, retryable=False)
    await world.claimed(priority=1)
    silent = await world.claimed(priority=1)
    await world.expire(silent["id"])
    queue = await as_supervisor.call("read_queue")
    places = {
        "due": 1,
        "delayed": 1,
        "waiting": 1,
        "running": 1,
        "expired": 1,
        "blocked": 1,
        "failed": 1,
    }
    assert {place: queue[place] for place in places} == places
    assert (queue["needs_qa"], queue["blocked_by"], queue["exact"]) == (0, {"ci": 1}, True)
    assert 0 <= queue["oldest_due_seconds"] < 60
    (kind,) = queue["kinds"]
    assert kind["kind"] == "code_review"
    assert {place: kind[place] for place in places} == places
    ended = {"completed": 1, "blocked": 1, "failed": 1}
    assert (queue["last_minute"], queue["last_hour"]) == (ended, ended)
    # Making its projects' agents known is no sign of life; claiming is.
    assert queue["agents"] == {"busy": 1, "offline": 1}


async def test_an_empty_queue_is_all_zeros(as_viewer: Actor) -> None:
    queue = await as_viewer.call("read_queue")
    assert (queue["due"], queue["running"], queue["kinds"], queue["last_hour"]) == (0, 0, [], {})
    assert (queue["oldest_due_seconds"], queue["exact"]) == (None, True)


async def test_a_stranger_sees_nothing_of_the_queue(world: World, as_stranger: Actor) -> None:
    await world.claimed()
    queue = await as_stranger.call("read_queue")
    assert (queue["running"], queue["kinds"], queue["agents"]) == (0, [], {"offline": 1})
    with refused("PT404", "project_not_found"):
        await as_stranger.call("read_queue", project_id=world.project)


async def test_admins_see_how_the_installation_fares_and_nobody_else(
    world: World, as_admin: Actor, as_supervisor: Actor
) -> None:
    silent = await world.claimed()
    await world.owner.fetch(
        "update public.tasks set lease_expires_at = now() - interval '6 seconds' where id = $1",
        UUID(silent["id"]),
    )
    queue = await as_admin.call("read_queue")
    assert queue["stuck"] == 1
    assert queue["outbox"]["waiting"] > 0
    assert queue["outbox"]["gave_up"] == 0
    assert {"tasks", "outbox"} <= {table["name"] for table in queue["tables"]}
    mine = await as_supervisor.call("read_queue")
    assert [mine[name] for name in ("stuck", "outbox", "tables")] == [None, None, None]


async def test_what_is_too_many_is_not_counted_to_the_end(world: World, as_supervisor: Actor) -> None:
    await world.task()
    await world.owner.fetch(
        "insert into public.tasks (id, project_id, lane_id, kind, title)"
        " select gen_random_uuid(), project_id, id, kind, 't' from public.lanes, generate_series(1, 5500)"
    )
    queue = await as_supervisor.call("read_queue", project_id=world.project)
    assert (queue["due"], queue["exact"]) == (5000, False)


async def test_an_agent_does_not_read_the_queue(as_agent: Actor) -> None:
    with refused("42501"):
        await as_agent.call("read_queue")
    assert await as_agent.call("claim_tasks", kinds=KIND) == []
