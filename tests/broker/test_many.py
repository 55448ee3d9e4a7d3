"""What grows without bound, as backlogs and keys do, overwhelms neither the relay nor the broker."""

from __future__ import annotations

from structlog.testing import capture_logs

from control_plane.broker.names import lane_queue
from control_plane.platform.settings import Settings
from tests.broker.conftest import relaying
from tests.support.broker import Broker, make_fleet, queue_of
from tests.support.world import World
from tests.worker.conftest import at_work, eventually

_BACKLOG = """
with born as (
    insert into public.lanes (project_id, kind) select $1, 'k' || nr from generate_series(1, $2) nr
    returning id, kind
)
insert into public.tasks
    (id, project_id, lane_id, kind, title, priority, queue_priority, required_capabilities, run_at)
select gen_random_uuid(), $1, b.id, b.kind, 'Waits', 3, 3, '{}', now() from born b, generate_series(1, $3)
"""
_MANY_LANES = """
with born as (
    insert into public.lanes (project_id, kind) select $1, 'k' || nr from generate_series(1, 5000) nr
    returning id, kind
)
insert into public.agent_lanes (agent_id, lane_id, kind, project_id) select $2, b.id, b.kind, $1 from born b
"""
_MADE = "select count(*) from private.broker_users where lanes is not null"


async def test_a_great_backlog_is_told_to_its_end(world: World, broker: Broker, settings: Settings) -> None:
    await world.owner.fetch(_BACKLOG, world.project, 400, 100)
    async with relaying(settings, broker) as relay:
        with capture_logs() as told:
            await relay.run_once()
    assert told == [], "the broker was too slow for all of it at once"


async def test_an_agent_of_too_many_lanes_keeps_no_other_from_the_broker(
    world: World, broker: Broker, settings: Settings
) -> None:
    await world.owner.fetch(_MANY_LANES, world.project, world.agent.id)
    for agent in (world.agent, world.other_agent):
        await make_fleet(world, agent)

    async def both_are_made() -> bool:
        return await world.owner.value(_MADE) == 2

    async with at_work(settings):
        await eventually(both_are_made, seconds=120)


async def test_keys_are_told_in_the_lane_without_one(
    world: World, broker: Broker, settings: Settings
) -> None:
    await make_fleet(world, world.agent)
    async with at_work(settings):
        first = await world.task(concurrency_key="a")
        plain = await world.owner.value("select id from public.lanes where concurrency_key is null")
        told = await eventually(lambda: broker.take(lane_queue(plain)))
        assert (told["task_id"], told["lane"]) == (first["id"], plain)
        assert await broker.waiting(await queue_of(world, first)) is None, "a queue for each key"
        user = "select lanes from private.broker_users"
        assert await eventually(lambda: world.owner.value(user)) == [plain]
        await world.task(concurrency_key="b")
        assert await eventually(lambda: broker.take(lane_queue(plain)))
        # A user that changes with every key is made anew, and cut off when the key is swept.
        assert await world.worker.call("private.list_broker_users") == []
