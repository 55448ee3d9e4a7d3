"""One worker leads; another takes over; leases come back and agents are woken."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from control_plane.platform.settings import Settings
from tests.support.folders import enterable_folder
from tests.support.servers import worker_process
from tests.support.world import Database, World
from tests.worker.conftest import at_work, eventually

_LEADERS = (
    "select l.pid from pg_locks l join pg_database d on d.oid = l.database"
    " where l.locktype = 'advisory' and l.granted and d.datname = current_database()"
    # The lock of whoever leads: jobs take others, for a moment each.
    " and (l.classid::bigint << 32) + l.objid::bigint = 0x6465766F7701"
)


async def test_one_worker_leads_and_the_other_takes_over(world: World, settings: Settings) -> None:
    async with at_work(settings), at_work(settings):
        (first,) = await eventually(lambda: world.owner.fetch(_LEADERS))
        await world.owner.fetch("select pg_terminate_backend($1)", first[0])

        async def another_leads() -> bool:
            leaders = await world.owner.fetch(_LEADERS)
            return len(leaders) == 1 and leaders[0][0] != first[0]

        await eventually(another_leads, seconds=5)
        task = await world.claimed()
        await world.expire(task["id"])
        await eventually(
            lambda: world.owner.fetch("select 1 from public.tasks where state = 'pending'"), seconds=5
        )


async def test_the_worker_survives_the_loss_of_every_connection(world: World, settings: Settings) -> None:
    async with at_work(settings) as running:
        await eventually(lambda: world.owner.fetch(_LEADERS))
        await world.owner.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'devos_worker'"
        )
        task = await world.claimed()
        await world.expire(task["id"])
        await eventually(
            lambda: world.owner.fetch("select 1 from public.tasks where state = 'pending'"), seconds=8
        )
        assert not running.done()


@pytest.mark.usefixtures("worker")
async def test_an_expired_lease_comes_back_within_two_seconds(world: World) -> None:
    claimed = await world.claimed(lease_seconds=1)
    await eventually(
        lambda: world.owner.fetch("select 1 from public.tasks where state = 'pending'"), seconds=5
    )
    late = await world.owner.value(
        "select extract(epoch from ended_at) - extract(epoch from started_at) - 1 from public.task_attempts"
        " where lease_token = $1",
        claimed["lease_token"],
    )
    assert late <= 2


@pytest.mark.usefixtures("worker")
async def test_a_cancelled_task_is_taken_from_an_agent_that_goes_on(world: World) -> None:
    config = {"project_id": world.project, "default_priority": 3, "default_max_retries": 3}
    await world.supervisor.call("configure_project", **config, cancel_grace_seconds=1)
    claimed = await world.claimed(lease_seconds=3600)
    await world.supervisor.call("cancel_task", task_id=UUID(claimed["id"]))
    await eventually(lambda: world.owner.fetch("select 1 from public.tasks where state = 'cancelled'"))
    late = await world.owner.value(
        "select extract(epoch from finished_at - cancel_requested_at) - 1 from public.tasks"
    )
    assert 0 <= late <= 2


@pytest.mark.usefixtures("worker")
async def test_new_work_is_told_to_every_listener_in_one_notification_per_batch(
    world: World, database: Database
) -> None:
    listener = await database.connect("devos_login")
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("devos_tasks_ready", lambda *told: heard.put_nowait(told[3]))
    items = [
        {"project_id": str(world.project), "kind": kind, "title": "t"}
        for kind in ("a", "b")
        for _ in range(50)
    ]
    await world.supervisor.call("create_tasks", items=items)
    async with asyncio.timeout(5):
        told = {*(await heard.get()).split(",")}
    assert told == {"a", "b"}
    assert await eventually(
        lambda: world.owner.fetch("select 1 where not exists (select from private.outbox)")
    )


async def test_another_process_takes_over_from_a_killed_one(world: World, settings: Settings) -> None:
    with enterable_folder() as folder, worker_process(settings, folder, "first") as first:
        (killed,) = await eventually(lambda: world.owner.fetch(_LEADERS))
        with worker_process(settings, folder, "second"):
            first.kill()

            async def another_leads() -> bool:
                leaders = await world.owner.fetch(_LEADERS)
                return bool(leaders) and leaders[0][0] != killed[0]

            await eventually(another_leads)
            task = await world.claimed()
            await world.expire(task["id"])
            await eventually(
                lambda: world.owner.fetch("select 1 from public.tasks where state = 'pending'"), seconds=5
            )
