"""What the relay tells the broker: which hints, where, when, and who of several workers."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

import pytest

from control_plane.broker.names import DEFAULT, lane_queue
from control_plane.platform.errors import DomainError
from control_plane.platform.settings import Settings
from tests.broker.conftest import relaying
from tests.support.broker import Broker, make_fleet, queue_of
from tests.support.folders import enterable_folder
from tests.support.servers import worker_process
from tests.support.world import World
from tests.worker.conftest import at_work, eventually


@pytest.mark.usefixtures("worker")
async def test_a_new_task_is_told_in_its_lane(world: World, broker: Broker) -> None:
    await make_fleet(world, world.agent)
    task = await world.task(priority=2)
    queue = await queue_of(world, task)
    told = await eventually(lambda: broker.take(queue))
    assert told == {"task_id": task["id"], "lane": int(queue.rpartition(".")[2]), "priority": 2}
    assert await broker.take(queue) is None, "one hint for one task"


@pytest.mark.usefixtures("worker")
async def test_a_lane_that_nobody_may_read_is_told_in_the_default_lane(world: World, broker: Broker) -> None:
    task = await world.task()
    told = await eventually(lambda: broker.take(DEFAULT))
    assert told["task_id"] == task["id"]
    assert await broker.waiting(await queue_of(world, task)) is None, "a queue that nobody reads"


async def test_the_most_urgent_hint_comes_first(world: World, broker: Broker, settings: Settings) -> None:
    await make_fleet(world, world.agent)
    late, urgent = await world.task(priority=4), await world.task(priority=1)
    queue = await queue_of(world, late)
    async with at_work(settings):

        async def both_are_told() -> bool:
            return await broker.waiting(queue) == 2

        await eventually(both_are_told)
    first, second = await broker.take(queue), await broker.take(queue)
    assert first is not None
    assert second is not None
    assert [first["task_id"], second["task_id"]] == [urgent["id"], late["id"]]


async def test_a_task_that_waits_for_its_retry_is_told_when_it_is_due(
    world: World, broker: Broker, settings: Settings
) -> None:
    await make_fleet(world, world.agent)
    claimed = await world.claimed()
    queue = await queue_of(world, claimed)
    failure = {"task_id": claimed["id"], "lease_token": claimed["lease_token"], "error": {"message": "no"}}
    await world.agent.call("fail_tasks", items=[{**failure, "retry_after_seconds": 6}])
    async with at_work(settings):
        told = await eventually(lambda: broker.take(queue), seconds=20)
    assert told["task_id"] == claimed["id"]
    assert await world.owner.value("select run_at <= now() from public.tasks"), "told before it was due"


async def test_what_could_not_be_read_is_told_as_soon_as_it_can(
    world: World, broker: Broker, settings: Settings
) -> None:
    may_read = "execute on function private.list_hints"
    async with relaying(settings, broker) as relay:
        await relay.run_once()
        await world.owner.fetch(f"revoke {may_read} from devos_worker")
        task = await world.task()
        relay.hear([task["kind"]])
        with pytest.raises(DomainError):
            await relay.run_once()
        await world.owner.fetch(f"grant {may_read} to devos_worker")
        await relay.run_once()
    told = await broker.take(DEFAULT)
    assert told is not None, "the hint is lost"
    assert told["task_id"] == task["id"]


@pytest.mark.usefixtures("worker")
async def test_a_deleted_queue_is_made_again_for_the_next_hint(world: World, broker: Broker) -> None:
    await make_fleet(world, world.agent)
    queue = await queue_of(world, await world.task())
    assert await eventually(lambda: broker.take(queue))
    async with broker.channel() as channel:
        await channel.queue_delete(queue)
    task = await world.task()
    told = await eventually(lambda: broker.take(queue), seconds=5)
    assert told["task_id"] == task["id"]


@pytest.mark.usefixtures("worker")
async def test_what_nobody_was_told_of_is_told_by_the_sweep(world: World, broker: Broker) -> None:
    await make_fleet(world, world.agent)
    seen = await world.task()
    queue = await queue_of(world, seen)
    assert await eventually(lambda: broker.take(queue))
    # As after the death of a relay that had taken the row from the outbox and told nobody yet.
    lost = await _untold(world, seen, waiting="31 seconds")
    told = await eventually(lambda: broker.take(queue), seconds=15)
    assert told["task_id"] == str(lost)


@pytest.mark.usefixtures("worker")
async def test_what_a_copy_of_the_api_tells_the_others_is_told_at_once(world: World, broker: Broker) -> None:
    await make_fleet(world, world.agent)
    seen = await world.task()
    queue = await queue_of(world, seen)
    assert await eventually(lambda: broker.take(queue))
    made = await _untold(world, seen, waiting="0 seconds")
    await world.owner.value("select pg_notify('devos_tasks_ready', 'another-copy:code_review')")
    # Its outbox is empty, and the sweep repeats only what has waited for half a minute.
    told = await eventually(lambda: broker.take(queue), seconds=10)
    assert told["task_id"] == str(made)


async def _untold(world: World, like: dict[str, Any], *, waiting: str) -> UUID:
    """A task like this one that no outbox knows of."""
    owner = await world.database.connect()
    return await owner.fetchval(
        "insert into public.tasks (id, project_id, lane_id, kind, title, run_at)"
        " select gen_random_uuid(), project_id, lane_id, kind, 'untold', now() - $2::text::interval"
        " from public.tasks where id = $1 returning id",
        UUID(like["id"]),
        waiting,
    )


async def test_only_the_worker_that_leads_tells(world: World, broker: Broker, settings: Settings) -> None:
    await make_fleet(world, world.agent)
    async with at_work(settings), at_work(settings):
        tasks = [await world.task() for _ in range(5)]
        queue = await queue_of(world, tasks[0])
        told: list[Any] = []

        async def all_are_told() -> bool:
            told.extend(filter(None, [await broker.take(queue)]))
            return len(told) >= 5

        await eventually(all_are_told)
        # What a second one told would be there by now: it reads the same outbox as often.
        await asyncio.sleep(1)
        assert await broker.take(queue) is None
        assert {hint["task_id"] for hint in told} == {task["id"] for task in tasks}


async def test_another_worker_tells_within_five_seconds_of_the_death_of_the_first(
    world: World, broker: Broker, settings: Settings
) -> None:
    await make_fleet(world, world.agent)
    with enterable_folder() as folder, worker_process(settings, folder, "first") as first:
        queue = await queue_of(world, await world.task())
        assert await eventually(lambda: broker.take(queue), seconds=60)
        with worker_process(settings, folder, "second"):

            async def stands_by() -> bool:
                return "is running" in (folder / "second.log").read_text()

            await eventually(stands_by, seconds=60)
            first.kill()
            died = time.monotonic()
            task = await world.task()

            async def is_told() -> bool:
                # The new leader does not know what the old one has told, and says that again.
                told = await broker.take(queue)
                return told is not None and told["task_id"] == task["id"]

            await eventually(is_told)
            assert time.monotonic() - died <= 5


@pytest.mark.usefixtures("worker")
async def test_nothing_piles_up_in_a_queue_that_is_not_read(world: World, broker: Broker) -> None:
    await make_fleet(world, world.agent)
    queue = await queue_of(world, await world.task())
    await eventually(lambda: broker.waiting(queue))
    found = broker.manage("GET", f"/queues/{broker.virtual_host}/{queue}").json()["arguments"]
    assert (found["x-max-length"], found["x-overflow"]) == (1000, "reject-publish")
    assert found["x-expires"] == 3_600_000
    assert lane_queue(int(queue.rpartition(".")[2])) == queue
