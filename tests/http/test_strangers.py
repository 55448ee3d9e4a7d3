"""Who may not see a thing cannot tell it from one that does not exist."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from tests.support.operations import OPERATIONS, Operation, filled
from tests.support.scene import Scene, add_repository
from tests.support.world import World

# Members of the scene that stand for something a stranger must not know.
SECRETS = ("project", "agent", "service", "substitute", "waiting", "leased")
SAME_ID = {"X-Request-ID": "the-same-one"}


def names(operation: Operation) -> set[str]:
    """The members of the scene that an operation speaks of."""
    text = operation.path + str(operation.body)
    return {name for name in SECRETS if "{" + name + "}" in text}


async def both(
    caller: httpx.AsyncClient, operation: Operation, scene: Scene, absent: Scene
) -> list[tuple[int, bytes, str | None]]:
    """What a caller gets for things that are foreign, and for things that are not there."""
    answers = []
    for seen in (scene, absent):
        request: dict[str, Any] = {"method": operation.method, "url": filled(operation.path, seen)}
        if operation.body is not None:
            request["json"] = filled(operation.body, seen)
        answer = await caller.request(**request, headers=SAME_ID)
        # Some answers name what was asked for: a name that the caller sent itself tells it nothing.
        body = answer.content
        for name in SECRETS:
            body = body.replace(getattr(seen, name).encode(), name.encode())
        answers.append((answer.status_code, body, answer.headers.get("content-type")))
    return answers


async def test_foreign_is_as_good_as_absent_in_every_route(
    stranger: httpx.AsyncClient, stranger_agent: httpx.AsyncClient, scene: Scene
) -> None:
    absent = Scene(**{**vars(scene), **{name: str(uuid4()) for name in SECRETS}})
    asked = 0
    for operation in OPERATIONS:
        if operation.id == "createRepository" or not names(operation):
            continue
        for caller in (stranger, stranger_agent):
            foreign, nothing = await both(caller, operation, scene, absent)
            assert foreign == nothing, operation.id
            assert foreign[0] != 201, operation.id
            asked += 1
    assert asked > 40


async def test_a_stranger_changes_nothing(
    stranger: httpx.AsyncClient, stranger_agent: httpx.AsyncClient, scene: Scene, world: World
) -> None:
    async def state() -> Any:
        return await world.owner.value(
            """select jsonb_build_object(
                   'tasks', (select jsonb_agg(to_jsonb(t) order by t.id) from public.tasks t),
                   'services', (select jsonb_agg(to_jsonb(s) order by s.id) from public.service_registry s),
                   'agents', (select jsonb_agg(to_jsonb(a) order by a.id) from public.agents a),
                   'logs', (select count(*) from public.task_logs),
                   'feedback', (select count(*) from public.pull_request_feedback),
                   'charges', (select count(*) from public.service_charges))"""
        )

    before = await state()
    for operation in OPERATIONS:
        if names(operation):
            for caller in (stranger, stranger_agent):
                request: dict[str, Any] = {"method": operation.method, "url": filled(operation.path, scene)}
                if operation.body is not None:
                    request["json"] = filled(operation.body, scene)
                await caller.request(**request)
    assert await state() == before


async def test_a_list_holds_what_is_ones_own(
    stranger: httpx.AsyncClient, supervisor: httpx.AsyncClient, scene: Scene, world: World
) -> None:
    await add_repository(world.stranger, world.stranger_project, external_id=1, full_name="their/own")
    for path, ours in (
        ("/api/projects", 1),
        ("/api/repositories", 1),
        ("/api/agents", 2),
        ("/api/tasks", 2),
        ("/api/services", 2),
    ):
        mine = {item["id"] for item in (await supervisor.get(path)).json()["items"]}
        theirs = {item["id"] for item in (await stranger.get(path)).json()["items"]}
        assert len(mine) == ours, path
        assert not mine & theirs, path


async def test_an_admin_sees_every_project(admin: httpx.AsyncClient, world: World) -> None:
    listed = {item["id"] for item in (await admin.get("/api/projects")).json()["items"]}
    assert listed == {str(world.project), str(world.stranger_project)}


async def test_two_scenes_do_not_meet(world: World, scene: Scene, supervisor: httpx.AsyncClient) -> None:
    """A cursor that is a foreign id is a place in the order and nothing else."""
    listed = (await supervisor.get(f"/api/agents?cursor={world.stranger_agent.id}")).json()["items"]
    assert str(world.stranger_agent.id) not in {item["id"] for item in listed}
