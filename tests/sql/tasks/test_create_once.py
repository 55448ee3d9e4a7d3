"""Creation in one trip: as the caller of the claims, at most once under a key."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from control_plane.domains.tasks.models import Task
from tests.support.world import Actor, World, refused

BODY, OTHER_BODY = b"\1" * 32, b"\2" * 32


async def once(world: World, who: Actor, *titles: str, key: str | None = "k", body: bytes = BODY) -> Any:
    """Create tasks with these titles, as the API does it."""
    assert who.caller is not None
    items = [{"project_id": str(world.project), "kind": "code_review", "title": title} for title in titles]
    return await world.login.twin().call(
        "private.create_tasks_once",
        claims=who.caller.claims,
        caller=who.caller.key,
        route="createTask ",
        key=key,
        body_digest=body,
        items=items,
    )


async def count(world: World, table: str) -> int:
    return await world.owner.value(f"select count(*) from {table}")


async def test_a_key_makes_once_and_answers_the_same(world: World, as_supervisor: Actor) -> None:
    first = await once(world, as_supervisor, "a", "b")
    assert [task["title"] for task in first] == ["a", "b"]
    assert await once(world, as_supervisor, "a", "b") == first
    assert await count(world, "public.tasks") == 2


async def test_the_same_key_at_once_makes_once(world: World, as_supervisor: Actor) -> None:
    answers = await asyncio.gather(*(once(world, as_supervisor, "a") for _ in range(8)))
    assert answers == [answers[0]] * 8
    assert await count(world, "public.tasks") == 1


async def test_another_body_under_the_key_is_refused(world: World, as_supervisor: Actor) -> None:
    await once(world, as_supervisor, "a")
    with refused("PT409", "idempotency_key_reused"):
        await once(world, as_supervisor, "b", body=OTHER_BODY)


async def test_without_a_key_nothing_is_kept(world: World, as_supervisor: Actor) -> None:
    for _ in range(2):
        await once(world, as_supervisor, "a", key=None)
    assert (await count(world, "public.tasks"), await count(world, "private.idempotency_keys")) == (2, 0)


async def test_a_refused_creation_leaves_the_key_free(world: World, as_supervisor: Actor) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await once(world, as_supervisor, "a", "")
    assert [task["title"] for task in await once(world, as_supervisor, "a")] == ["a"]


async def test_it_is_done_as_the_caller(world: World, as_viewer: Actor, as_stranger: Actor) -> None:
    with refused("PT403", "role_required"):
        await once(world, as_viewer, "a")
    with refused("PT404", "project_not_found"):
        await once(world, as_stranger, "a")


async def test_only_a_person_creates(world: World, as_agent: Actor) -> None:
    for nobody in (as_agent, world.webhook, world.anon):
        with pytest.raises(asyncpg.PostgresError) as caught:
            await once(world, nobody, "a")
        assert caught.value.sqlstate == "42501"


async def test_the_claims_end_with_the_call(world: World, as_supervisor: Actor) -> None:
    login = world.login.twin()
    world.login.twin = lambda: login  # pyright: ignore[reportAttributeAccessIssue]
    await once(world, as_supervisor, "a")
    assert await login.value("select coalesce(current_setting('request.jwt.claims', true), '')") == ""


async def test_the_answer_is_the_task_as_the_api_shows_it(world: World, as_supervisor: Actor) -> None:
    (made,) = await once(world, as_supervisor, "a")
    stored = await as_supervisor.call("read_task", task_id=made["id"])
    assert set(made) == set(Task.model_fields)
    assert Task.model_validate(made) == Task.model_validate(stored)
