"""Waiting for work: woken at once, at nobody's cost, and never for somebody who has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from tests.support.api import give_key, give_password, settings_for, sign_in
from tests.support.folders import enterable_folder
from tests.support.servers import api_process, worker_process
from tests.support.world import REVIEW, World

KINDS = {"kinds": ["code_review"]}
# The API looks for its waiters once a second: an answer well before that was woken.
AT_ONCE = 0.6


async def wait_at(agent: httpx.AsyncClient, path: str, seconds: int = 20) -> list[Any]:
    wanted = {"wanted": 1} if path.endswith("exchange") else {}
    answer = await agent.post(path, json={**KINDS, **wanted, "wait_seconds": seconds})
    assert answer.status_code == 200, answer.text
    return answer.json()["tasks"]


async def latency(
    world: World, agent: httpx.AsyncClient, create: Callable[[], Awaitable[Any]]
) -> tuple[float, bool]:
    """How long a waiter waits after a task was made, and whether it got it."""
    loop = asyncio.get_running_loop()
    await world.owner.fetch("delete from public.agent_heartbeats")
    waiting = asyncio.create_task(wait_at(agent, "/api/agents/exchange"))
    # The heartbeat is written with the first look: from now on it waits.
    while not await world.owner.fetch("select from public.agent_heartbeats"):
        await asyncio.sleep(0.01)
    made = await create()
    start = loop.time()
    tasks = await waiting
    return loop.time() - start, [task["id"] for task in tasks] == [made["id"]]


async def test_a_waiter_is_woken_by_a_task_that_another_request_creates(
    supervisor: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    body = {"project_id": str(world.project), "kind": "code_review", "title": "t", "input": REVIEW}

    async def create() -> Any:
        return (await supervisor.post("/api/tasks", json=body)).json()

    told = [await latency(world, agent, create) for _ in range(3)]
    assert all(got_it for _, got_it in told)
    assert median(seconds for seconds, _ in told) < AT_ONCE


@pytest.mark.parametrize("path", ["/api/agents/exchange", "/api/tasks/claim"])
async def test_a_waiter_gets_what_is_there_and_else_nothing_in_time(
    path: str, agent: httpx.AsyncClient, world: World
) -> None:
    loop = asyncio.get_running_loop()
    task = await world.task()
    start = loop.time()
    assert [found["id"] for found in await wait_at(agent, path)] == [task["id"]]
    assert loop.time() - start < 5
    start = loop.time()
    assert await wait_at(agent, path, 1) == []
    assert 1 <= loop.time() - start < 5


async def test_results_are_told_at_once_even_by_who_would_wait(
    agent: httpx.AsyncClient, world: World
) -> None:
    task = await world.claimed()
    done = {"task_id": task["id"], "lease_token": task["lease_token"]}
    body = {**KINDS, "wanted": 1, "wait_seconds": 30, "completions": [done]}
    async with asyncio.timeout(5):
        answer = (await agent.post("/api/agents/exchange", json=body)).json()
    assert [result["outcome"] for result in answer["results"]] == ["completed"]


async def test_a_task_that_becomes_due_by_time_is_seen(agent: httpx.AsyncClient, world: World) -> None:
    due = await world.owner.value("select now() + interval '1.2 seconds'")
    task = await world.task(run_at=due.isoformat())
    assert [found["id"] for found in await wait_at(agent, "/api/tasks/claim", 10)] == [task["id"]]


async def test_fifty_waiters_hold_no_connection(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World
) -> None:
    waiters = [asyncio.create_task(wait_at(agent, "/api/agents/exchange")) for _ in range(50)]
    try:
        for _ in range(5):
            async with asyncio.timeout(5):
                assert (await supervisor.get("/api/tasks")).status_code == 200
        held = (
            "select count(*) from pg_stat_activity where usename = 'devos_login' and state like 'idle in %'"
        )
        assert await world.owner.value(held) == 0
    finally:
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)


async def test_of_twenty_waiters_one_gets_the_task(agent: httpx.AsyncClient, world: World) -> None:
    waiters = [asyncio.create_task(wait_at(agent, "/api/agents/exchange", 2)) for _ in range(20)]
    task = await world.task()
    got = [found["id"] for tasks in await asyncio.gather(*waiters) for found in tasks]
    assert got == [task["id"]]


async def test_a_key_that_is_revoked_meanwhile_claims_nothing(agent: httpx.AsyncClient, world: World) -> None:
    waiting = asyncio.create_task(
        agent.post("/api/agents/exchange", json={**KINDS, "wanted": 1, "wait_seconds": 20})
    )
    while not await world.owner.fetch("select from public.agent_heartbeats"):
        await asyncio.sleep(0.01)
    await world.owner.fetch("update private.agent_keys set revoked_at = now()")
    await world.task()
    assert (await waiting).status_code == 401
    assert await world.owner.value("select state::text from public.tasks") == "pending"


@pytest.fixture
def folder() -> Iterator[Path]:
    with enterable_folder() as made:
        yield made


async def test_a_waiter_is_woken_by_a_task_that_another_copy_creates(world: World, folder: Path) -> None:
    settings = settings_for(world.database)
    email, key = await give_password(world.supervisor, world.owner), await give_key(world.agent, world.owner)
    body = {"project_id": str(world.project), "kind": "code_review", "title": "t", "input": REVIEW}
    # Without a worker: the copies tell each other.
    with api_process(settings, folder) as (first, _), api_process(settings, folder) as (second, _):
        async with (
            httpx.AsyncClient(base_url=first, headers={"X-API-Key": key}, timeout=30) as agent,
            httpx.AsyncClient(base_url=second) as person,
        ):
            person.headers["Authorization"] = f"Bearer {await sign_in(person, email)}"

            async def create() -> Any:
                return (await person.post("/api/tasks", json=body)).json()

            told = [await latency(world, agent, create) for _ in range(5)]
    assert all(got_it for _, got_it in told)
    assert median(seconds for seconds, _ in told) < AT_ONCE


async def test_one_telling_that_fails_does_not_end_all_later_ones(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    body = {"project_id": str(world.project), "kind": "code_review", "title": "t", "input": REVIEW}
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await world.database.connect("devos_login")
    await listener.add_listener("devos_tasks_ready", lambda *told: heard.put_nowait(told[3]))
    tell = await world.owner.value("select pg_get_functiondef('private.tell_ready'::regproc)")
    # As Postgres refuses when somebody has long not read; the sequence goes on all the same.
    await world.owner.fetch(
        """create or replace function private.tell_ready(p_sender text, p_kinds text[]) returns void
           language plpgsql security definer as $$ begin
               perform nextval('private.lease_tokens');
               raise exception using errcode = '54000', message = 'too many notifications in the queue';
           end $$"""
    )
    tried = "select is_called from private.lease_tokens"
    assert (await supervisor.post("/api/tasks", json=body)).status_code == 201
    while not await world.owner.value(tried):
        await asyncio.sleep(0.01)
    await world.owner.fetch(tell)
    assert (await supervisor.post("/api/tasks", json=body)).status_code == 201
    try:
        told = await asyncio.wait_for(heard.get(), 5)
    except TimeoutError:
        told = "nothing"
    assert told.endswith(":code_review")


async def test_a_waiter_is_woken_by_a_task_that_was_made_without_the_api(world: World, folder: Path) -> None:
    settings = settings_for(world.database)
    headers = {"X-API-Key": await give_key(world.agent, world.owner)}
    with worker_process(settings, folder), api_process(settings, folder) as (url, _):
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as agent:
            told = [await latency(world, agent, world.task) for _ in range(5)]
    assert all(got_it for _, got_it in told)
    assert median(seconds for seconds, _ in told) < AT_ONCE


async def test_nothing_is_claimed_for_an_agent_that_has_gone(world: World, folder: Path) -> None:
    headers = {"X-API-Key": await give_key(world.agent, world.owner)}
    with api_process(settings_for(world.database), folder) as (url, _):
        async with httpx.AsyncClient(base_url=url, headers=headers) as agent:
            for path, wanted in (("/api/agents/exchange", "wanted"), ("/api/tasks/claim", "limit")):
                with pytest.raises(httpx.ReadTimeout):
                    await agent.post(path, json={**KINDS, wanted: 1, "wait_seconds": 20}, timeout=0.3)
            await world.task()
            # Longer than between two looks: by then it was woken, or has noticed.
            await asyncio.sleep(1.5)
            assert await world.owner.value("select state::text from public.tasks") == "pending"
            assert len(await wait_at(agent, "/api/agents/exchange", 0)) == 1
