"""Reading logs over HTTP: followed, searched, from the end, and of a whole project."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.api import client, give_key, problem, running, settings_for
from tests.support.world import World


@pytest.fixture
async def task(world: World) -> Any:
    return await world.claimed()


async def log(agent: httpx.AsyncClient, task: Any, *messages: str, level: str = "info") -> Any:
    lines = [{"level": level, "message": message} for message in messages]
    body = {"lease_token": task["lease_token"], "lines": lines}
    answer = await agent.post(f"/api/tasks/{task['id']}/logs", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(person: httpx.AsyncClient, task: Any, **asked: Any) -> list[Any]:
    answer = await person.get(f"/api/tasks/{task['id']}/logs", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def messages(person: httpx.AsyncClient, task: Any, **asked: Any) -> list[str]:
    return [line["message"] for line in await read(person, task, **asked)]


async def test_a_log_is_followed_by_the_id_of_the_last_line(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    await log(agent, task, "one", "two")
    seen = await read(viewer, task)
    await log(agent, task, "three")
    assert await messages(viewer, task, after=seen[-1]["id"]) == ["three"]
    assert await messages(viewer, task, order="desc", limit=2) == ["three", "two"]


async def test_a_tail_is_paged_backwards(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    await log(agent, task, *"abcde")
    walked, cursor = "", None
    while True:
        asked = {"order": "desc", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await viewer.get(f"/api/tasks/{task['id']}/logs", params=asked)).json()
        walked += "".join(line["message"] for line in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == "edcba"


async def test_a_level_means_that_one_and_above(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, task: Any
) -> None:
    for level in ("debug", "info", "warning", "error"):
        await log(agent, task, level, level=level)
    assert await messages(viewer, task, level="warning") == ["warning", "error"]
    assert await messages(viewer, task, level="debug", search="O") == ["info", "error"]
    assert await messages(viewer, task, attempt=2) == []


async def test_the_limit_of_a_log_is_a_setting(world: World, task: Any) -> None:
    key = await give_key(world.agent, world.owner)
    settings = settings_for(world.database, task_log_limit_lines=2)
    async with running(settings) as app, client(app, Authorization=f"Bearer {key}") as agent:
        told = await log(agent, task, "1", "2", "3")
        assert told == {"stored": 2, "dropped": 1, "cancel_requested": False}
        assert (await messages(agent, task))[-1] == "log limit reached: 1 more line was not kept"


async def test_lines_of_a_project_are_listed_with_their_task(
    agent: httpx.AsyncClient, viewer: httpx.AsyncClient, stranger: httpx.AsyncClient, world: World, task: Any
) -> None:
    await log(agent, task, "fine")
    await log(agent, task, "broke", level="error")
    query = f"/api/logs?project_id={world.project}"

    async def listed(more: str = "", who: httpx.AsyncClient = viewer) -> list[str]:
        answer = await who.get(query + more)
        assert answer.status_code == 200, answer.text
        assert all(line["task_id"] == task["id"] for line in answer.json()["items"])
        return [line["message"] for line in answer.json()["items"]]

    assert await listed() == ["broke", "fine"]
    assert await listed("&level=error") == ["broke"]
    assert await listed("&since=0001-01-01T00:00:00") == ["broke", "fine"]
    assert await listed("&until=9999-12-31T23:59:59-12:00&since=2026-01-01T00:00:00%2B02:00") == [
        "broke",
        "fine",
    ]
    assert await listed("&since=9999-12-31T23:59:59Z") == []
    assert await listed(who=stranger) == []


@pytest.mark.parametrize(
    "asked", ["level=loud", "attempt=0", "search=", f"search={'x' * 201}", "order=up", "after=-1", "cursor=x"]
)
async def test_what_cannot_be_asked_is_refused(viewer: httpx.AsyncClient, task: Any, asked: str) -> None:
    problem(await viewer.get(f"/api/tasks/{task['id']}/logs?{asked}"), 422, "invalid_request")
