"""More tasks than a project takes in a minute: refused with the time to come back, and nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.world import REVIEW, World


@pytest.fixture
def new(world: World) -> dict[str, Any]:
    return {"project_id": str(world.project), "kind": "code_review", "title": "Review", "input": REVIEW}


async def limit(supervisor: httpx.AsyncClient, world: World, most: int | None) -> Any:
    config = {"default_priority": "MEDIUM", "default_max_retries": 3, "creations_per_minute": most}
    return (await supervisor.put(f"/api/projects/{world.project}/config", json=config)).json()


async def test_what_is_over_the_rate_is_told_when_to_come_back(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    assert (await limit(supervisor, world, 6))["creations_per_minute"] == 6
    answers = await asyncio.gather(*(supervisor.post("/api/tasks", json=new) for _ in range(12)))
    assert Counter(answer.status_code for answer in answers) == {201: 6, 429: 6}
    refused = next(answer for answer in answers if answer.status_code == 429)
    told = problem(refused, 429, "creation_rate_exceeded")
    seconds = refused.headers.get("Retry-After")
    assert told["hint"] == f"Try again in {seconds} seconds."
    assert 1 <= int(seconds) <= 10
    too_many = await supervisor.post("/api/tasks", json=[new] * 7)
    problem(too_many, 422, "creation_too_large")
    assert "Retry-After" not in too_many.headers
    assert await world.owner.value("select count(*) from public.tasks") == 6


async def test_a_refusal_leaves_the_key_free_and_an_answer_that_is_known_costs_nothing(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    await limit(supervisor, world, 6)
    first = await supervisor.post("/api/tasks", json=[new] * 4, headers={"Idempotency-Key": "first"})
    second = {"json": [new] * 4, "headers": {"Idempotency-Key": "second"}}
    problem(await supervisor.post("/api/tasks", **second), 429, "creation_rate_exceeded")
    again = await supervisor.post("/api/tasks", json=[new] * 4, headers={"Idempotency-Key": "first"})
    assert again.json() == first.json()
    await world.owner.fetch("update private.rate_limits set full_at = full_at - interval '1 minute'")
    assert len((await supervisor.post("/api/tasks", **second)).json()) == 4


async def test_what_is_not_said_stays_and_zero_takes_the_limit_away(
    supervisor: httpx.AsyncClient, new: dict[str, Any], world: World
) -> None:
    await limit(supervisor, world, 6)
    assert (await limit(supervisor, world, None))["creations_per_minute"] == 6
    assert (await limit(supervisor, world, 0))["creations_per_minute"] is None
    assert (await supervisor.post("/api/tasks", json=[new] * 50)).status_code == 201
