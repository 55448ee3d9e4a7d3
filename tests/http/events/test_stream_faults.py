"""The event stream while processes end, the database restarts, and somebody does not read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from control_plane.db.migrate import migrate
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.http.events.following import Message, bearer, cursors, following, heard, parsed
from tests.support.api import settings_for
from tests.support.folders import enterable_folder
from tests.support.servers import api_process
from tests.support.world import Actor, Database, World, build_world

MANY = 60_000


@asynccontextmanager
async def client(url: str) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as opened:
        yield opened


async def direct(person: Actor) -> list[str]:
    rows = await person.fetch("select xid || '.' || id from public.events order by xid, id")
    return [row[0] for row in rows]


async def test_a_follower_goes_on_at_another_process(world: World, tmp_path: Path) -> None:
    """Back and forth while work is made, and then one of them is killed."""
    settings, headers = settings_for(world.database), await bearer(world.viewer)
    with api_process(settings, tmp_path) as (first, program), api_process(settings, tmp_path) as (second, _):
        before = await direct(world.viewer)
        async with client(first) as one, client(second) as other:
            told: list[str] = []
            last = before[-1]
            making = asyncio.create_task(make(world, 150))
            for turn in range(30):
                async with following((one, other)[turn % 2], headers, last) as messages:
                    while not (found := cursors([await anext(messages)])):
                        pass
                    told += found
                    last = told[-1]
            await making
            async with following(one, headers, last) as messages:
                program.kill()
                with suppress(httpx.TransportError):
                    told += cursors([message async for message in messages])
            last = told[-1]
            await world.claimed(kind="last")
            async with following(other, headers, last) as messages:
                told += cursors(await heard(messages, "task.claimed"))
    assert told == (await direct(world.viewer))[len(before) :]
    assert len(told) > 150


async def make(world: World, count: int) -> None:
    for _ in range(count):
        await world.task()


async def test_a_stream_outlives_a_restart_of_the_database(tmp_path: Path) -> None:
    quick = {"fsync": "off"}
    with enterable_folder() as folder, EmbeddedPostgres(folder / "data", options=quick) as postgres:
        database = Database(postgres, "postgres")
        await migrate(database.dsn(), sql=sql_dir())
        world = await build_world(database)
        headers = await bearer(world.viewer)
        with api_process(settings_for(database), tmp_path) as (url, _):
            async with client(url) as web, following(web, headers) as messages:
                await world.task(title="before")
                told = await heard(messages, "task.created")
                await database.close()
                postgres.stop()
                postgres.start()
                again = Database(postgres, "postgres")
                for actor in (world.supervisor, world.agent):
                    actor.database, actor._connection = again, None  # pyright: ignore[reportPrivateUsage]
                await world.claimed(title="after", kind="last")
                told += await heard(messages, "task.claimed")
                await again.close()
    assert [message["event"] for message in told] == ["task.created", "task.created", "task.claimed"]


async def test_streams_end_at_once_with_the_process(world: World, tmp_path: Path) -> None:
    headers = await bearer(world.viewer)
    with api_process(settings_for(world.database), tmp_path) as (url, program):
        async with client(url) as web, following(web, headers) as messages:
            begun = time.monotonic()
            program.process.terminate()
            rest: list[Message] = []
            with suppress(httpx.TransportError):
                rest = [message async for message in messages]
            await asyncio.to_thread(program.process.wait, 10)
        # Requests that do not end are cut off after ten seconds.
        assert time.monotonic() - begun < 8
        assert cursors(rest) == []
        assert program.process.returncode == 0
        log = next(tmp_path.glob("api-*.log")).read_text()
        assert "Traceback" not in log, log
        assert "panicked" not in log, log


async def test_who_does_not_read_is_told_to_come_again_and_has_then_missed_nothing(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    headers = await bearer(as_viewer)
    quick = asyncio.create_task(count_until_last(web, headers))
    async with web.stream("GET", "/api/stream", headers=headers) as answer:
        messages = parsed(answer)
        last = (await anext(messages))["id"]
        before = len(await direct(as_viewer))
        # More than the sockets in between hold, and than what waits for one follower.
        await world.owner.fetch(
            "insert into public.events (type, project_id, actor_kind, data)"
            " select 'task.many', $1, 'system', jsonb_build_object('text', repeat('x', 400))"
            "   from generate_series(1, $2)",
            world.project,
            MANY,
        )
        await world.claimed(kind="last")
        assert await quick >= MANY
        told = await heard(messages, "end", 60)
    assert told[-1]["data"] == {"code": "too_slow"}
    seen = cursors(told)
    assert 0 < len(seen) < MANY
    last = seen[-1]
    async with following(web, headers, last) as messages:
        seen += cursors(await heard(messages, "task.claimed", 60))
    assert seen == (await direct(as_viewer))[before:]


async def count_until_last(web: httpx.AsyncClient, headers: dict[str, str]) -> int:
    """Somebody who reads as fast as it comes."""
    async with following(web, headers) as messages:
        return len(await heard(messages, "task.claimed", 60))


async def test_nothing_is_read_while_nobody_follows(
    web: httpx.AsyncClient, world: World, as_viewer: Actor
) -> None:
    last_read = (
        "select max(query_start) from pg_stat_activity"
        " where datname = current_database() and query like '%private.read_feed%' and pid <> pg_backend_pid()"
    )
    async with following(web, await bearer(as_viewer)) as messages:
        await world.task()
        await heard(messages, "task.created")
        first = await world.owner.value(last_read)
        async with asyncio.timeout(10):
            while await world.owner.value(last_read) == first:
                await asyncio.sleep(0.02)
    async with asyncio.timeout(10):
        seen, quiet = None, 0
        while quiet < 20:
            now = await world.owner.value(last_read)
            quiet, seen = (quiet + 1 if now == seen else 0), now
            await asyncio.sleep(0.02)


async def test_a_filtered_follower_comes_back_where_it_was_and_not_where_its_last_event_was(
    web: httpx.AsyncClient, world: World, as_stranger: Actor
) -> None:
    """What others did in between is not read again."""
    async with following(web, await bearer(as_stranger)) as messages:
        await world.task()
        async with asyncio.timeout(20):
            while (last := (await anext(messages))["id"]) != (await direct(world.viewer))[-1]:
                pass
    assert last not in await direct(as_stranger)
