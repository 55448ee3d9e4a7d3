"""Large artifacts through a real API: in bounded memory, and gone without a trace when it is killed."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from control_plane.platform.settings import Settings
from tests.support.api import give_key, problem, settings_for
from tests.support.folders import enterable_folder
from tests.support.processes import eventually
from tests.support.servers import Program, api_process
from tests.support.world import World
from tests.worker.conftest import at_work
from tests.worker.conftest import eventually as in_time

MEGABYTE = 1024 * 1024
SIZE = 50 * MEGABYTE


@pytest.fixture
def folder() -> Iterator[Path]:
    with enterable_folder() as made:
        yield made


@pytest.fixture
def settings(world: World, folder: Path) -> Settings:
    return settings_for(world.database, artifact_store=f"file://{folder}/artifacts")


async def lease_of(world: World) -> tuple[Any, dict[str, str]]:
    task = await world.claimed(lease_seconds=600)
    key = await give_key(world.agent, world.owner)
    return task, {"Authorization": f"Bearer {key}", "X-Lease-Token": str(task["lease_token"])}


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "artifacts").rglob("*") if path.is_file()]


async def test_fifty_megabytes_pass_in_bounded_memory(world: World, settings: Settings, folder: Path) -> None:
    task, headers = await lease_of(world)
    part = bytes(range(256)) * 4096

    def use(url: str, program: Program) -> tuple[str, str, int]:
        """Send it and fetch it, watching the memory of the server: both digests, and what it grew by."""
        api = psutil.Process(program.process.pid)
        with httpx.Client(base_url=url, headers=headers, timeout=60) as agent:
            agent.put(f"/api/tasks/{task['id']}/artifacts/warm", content=part[:1000]).raise_for_status()
            before = highest = api.memory_info().rss
            sent, got = hashlib.sha256(), hashlib.sha256()

            def parts() -> Iterator[bytes]:
                nonlocal highest
                for _ in range(SIZE // len(part)):
                    highest = max(highest, api.memory_info().rss)
                    sent.update(part)
                    yield part

            made = agent.put(f"/api/tasks/{task['id']}/artifacts/large", content=parts())
            assert made.status_code == 200, made.text
            assert made.json()["size_bytes"] == SIZE
            with agent.stream("GET", f"/api/artifacts/{made.json()['id']}/content") as answer:
                for chunk in answer.iter_bytes():
                    highest = max(highest, api.memory_info().rss)
                    got.update(chunk)
        return sent.hexdigest(), got.hexdigest(), highest - before

    with api_process(settings, folder) as (url, program):
        sent, got, grown = await asyncio.to_thread(use, url, program)
    assert sent == got
    print(f"grown by {grown / MEGABYTE:.1f} MB")
    assert grown < 25 * MEGABYTE


async def test_a_refusal_is_heard_while_the_bytes_still_come(
    world: World, settings: Settings, folder: Path
) -> None:
    task, headers = await lease_of(world)
    headers["X-Lease-Token"] = "4711"
    with api_process(settings, folder) as (url, _):
        address = f"{url}/api/tasks/{task['id']}/artifacts/late"
        async with httpx.AsyncClient(headers=headers, timeout=60) as agent:
            answer = await agent.put(address, content=bytes(20 * MEGABYTE))
    problem(answer, 409, "lease_lost")
    assert files(folder) == []


async def test_an_api_that_is_killed_in_the_middle_leaves_no_row_and_in_the_end_no_byte(
    world: World, settings: Settings, folder: Path
) -> None:
    task, headers = await lease_of(world)
    with api_process(settings, folder) as (url, program):
        stop = threading.Event()

        def endless() -> Iterator[bytes]:
            while not stop.is_set():
                yield bytes(MEGABYTE)
                stop.wait(0.02)

        def send() -> None:
            with pytest.raises(httpx.HTTPError):
                httpx.put(
                    f"{url}/api/tasks/{task['id']}/artifacts/half",
                    content=endless(),
                    headers=headers,
                    timeout=20,
                )

        sending = threading.Thread(target=send)
        sending.start()
        await asyncio.to_thread(
            eventually, lambda: any(path.stat().st_size > MEGABYTE for path in files(folder))
        )
        program.kill()
        stop.set()
        await asyncio.to_thread(sending.join)
    assert await world.owner.value("select count(*) from public.task_artifacts") == 0
    assert len(files(folder)) == 1
    await world.owner.fetch("update private.artifact_blobs set created_at = created_at - interval '3 hours'")

    async def swept() -> bool:
        blobs = await world.owner.value("select count(*) from private.artifact_blobs")
        return not files(folder) and not blobs

    async with at_work(settings):
        await in_time(swept)
