"""Who says how much may run, what may be said, and what is told of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.sql.acting import events
from tests.sql.limits.acting import change, limit
from tests.support.world import Actor, World, refused


async def test_a_limit_says_what_it_was_told(world: World, as_viewer: Actor) -> None:
    made = await limit(
        world, "reviews", scope="key", kind="code_review", max_running=10, rate_count=30, rate_seconds=60
    )
    told = {"name": "reviews", "scope": "key", "kind": "code_review", "max_running": 10}
    assert {**made, **told, "rate_count": 30, "rate_seconds": 60, "version": 1} == made
    assert await as_viewer.call("read_limit", limit_id=UUID(made["id"])) == made
    assert await as_viewer.call("list_limits", project_id=world.project) == made


async def test_what_is_changed_changes_and_the_rest_stays(world: World) -> None:
    made = await limit(world, max_running=10, rate_count=30, rate_seconds=60)
    changed = await change(world, made, max_running=5, name="fewer")
    updated = {"max_running": 5, "name": "fewer", "version": 2, "updated_at": changed["updated_at"]}
    assert changed == {**made, **updated}
    changed = await change(world, made, rate_count=None, rate_seconds=None)
    assert (changed["rate_count"], changed["max_running"]) == (None, 5)


async def test_an_edit_from_an_older_version_is_refused(world: World, as_supervisor: Actor) -> None:
    made = await limit(world, max_running=10)
    await change(world, made, max_running=5)
    with refused("PT412", "version_changed"):
        await as_supervisor.call(
            "update_limit", limit_id=UUID(made["id"]), changes={"max_running": 7}, version=1
        )
    assert (await as_supervisor.call("read_limit", limit_id=UUID(made["id"])))["max_running"] == 5


@pytest.mark.parametrize(
    ("said", "constraint"),
    [
        ({}, "limits_limit_something"),
        ({"max_running": -1}, "limits_max_running_range"),
        ({"max_running": 10_001}, "limits_max_running_range"),
        ({"rate_count": 1}, "limits_rate_is_whole"),
        ({"rate_count": 0, "rate_seconds": 60}, "limits_rate_range"),
        ({"rate_count": 1001, "rate_seconds": 60}, "limits_rate_range"),
        ({"rate_count": 1, "rate_seconds": 86_401}, "limits_rate_range"),
        ({"max_running": 1, "kind": "deploy"}, "limits_scope"),
        ({"max_running": 1, "scope": "kind"}, "limits_scope"),
        ({"max_running": 1, "scope": "agent"}, "limits_scope"),
        ({"max_running": 1, "scope": "key", "kind": "No Kind"}, "limits_kind_format"),
        ({"max_running": 1, "name": ""}, "limits_name_length"),
    ],
)
async def test_what_means_nothing_is_not_kept(world: World, said: dict[str, Any], constraint: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await limit(world, **said)


async def test_a_project_has_a_name_once_and_a_hundred_limits_at_the_most(
    world: World, as_supervisor: Actor
) -> None:
    await limit(world, "first", max_running=1)
    with pytest.raises(asyncpg.UniqueViolationError, match="limits_name_key"):
        await limit(world, "first", max_running=1)
    for nr in range(99):
        await limit(world, f"limit {nr}", max_running=1)
    with refused("PT409", "too_many_limits"):
        await limit(world, "one more", max_running=1)


async def test_who_only_reads_sets_nothing(world: World, as_viewer: Actor) -> None:
    made = await limit(world, max_running=1)
    named = {"limit_id": UUID(made["id"])}
    for function, arguments in [
        ("create_limit", {"project_id": world.project, "limit": {"name": "x", "scope": "project"}}),
        ("update_limit", {**named, "changes": {"max_running": 100}}),
        ("delete_limit", named),
    ]:
        with refused("PT403", "role_required"):
            await as_viewer.call(function, **arguments)
    assert (await as_viewer.call("read_limit", **named))["max_running"] == 1


async def test_a_stranger_cannot_tell_that_a_limit_exists(world: World, as_stranger: Actor) -> None:
    made = await limit(world, max_running=1)
    named = {"limit_id": UUID(made["id"])}
    for function, arguments in [
        ("read_limit", named),
        ("update_limit", {**named, "changes": {"max_running": 100}}),
        ("delete_limit", named),
    ]:
        with refused("PT404", "limit_not_found"):
            await as_stranger.call(function, **arguments)
    with refused("PT404", "project_not_found"):
        await as_stranger.call("create_limit", project_id=world.project, limit={})
    assert await as_stranger.call("list_limits") == []


async def test_agents_and_nobody_have_no_say(world: World) -> None:
    made = await limit(world, max_running=1)
    for actor in (world.agent, world.anon, world.webhook, world.worker, world.login):
        for function in ("read_limit", "delete_limit"):
            with refused("42501"):
                await actor.call(function, limit_id=UUID(made["id"]))


async def test_what_becomes_of_a_limit_is_told_and_audited(world: World, as_supervisor: Actor) -> None:
    made = await limit(world, max_running=1)
    await change(world, made, max_running=2)
    await as_supervisor.call("delete_limit", limit_id=UUID(made["id"]))
    assert await events(world, made["id"]) == ["limit.created", "limit.updated", "limit.deleted"]
    audited = await world.owner.fetch(
        "select action, data ->> 'max_running' from public.audit_log where subject_id = $1 order by id",
        UUID(made["id"]),
    )
    assert [tuple(row) for row in audited] == [
        ("limit.create", "1"),
        ("limit.update", "2"),
        ("limit.delete", "2"),
    ]
