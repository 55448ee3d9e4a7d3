"""Who may not see a thing cannot tell it from one that does not exist."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.support.operations import OPERATIONS, Operation, request_of
from tests.support.scene import Scene, build_scene
from tests.support.world import World

SAME_ID = {"X-Request-ID": "the-same-one"}
# Lists of one project that has to be named.
BY_PROJECT = {"/api/kinds", "/api/logs", "/api/workflow/events"}
# What a request may leave behind whoever sends it.
TRACES = ("public.agent_heartbeats",)
_TABLES = """select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'public'"""


def secrets_of(scene: Scene) -> dict[str, str]:
    """The members of a scene that are ids: they stand for something a stranger must not know."""
    return {name: value for name, value in vars(scene).items() if is_id(value)}


def is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def named(operation: Operation, scene: Scene) -> list[str]:
    """The ids of the scene that an operation speaks of."""
    text = operation.path + str(operation.body)
    return [name for name in secrets_of(scene) if "{" + name + "}" in text]


async def ask(caller: httpx.AsyncClient, operation: Operation, scene: Scene) -> httpx.Response:
    request = request_of(operation, scene)
    headers = SAME_ID | request.pop("headers", {})
    return await caller.request(**request, headers=headers)


async def told(
    caller: httpx.AsyncClient, operation: Operation, scene: Scene, names: list[str]
) -> tuple[int, bytes, str | None]:
    """What a caller is answered, without what it sent itself: some answers name what was asked for."""
    answer = await ask(caller, operation, scene)
    body = answer.content
    for name in names:
        body = body.replace(getattr(scene, name).encode(), name.encode())
    return answer.status_code, body, answer.headers.get("content-type")


@pytest.fixture
async def twin(world: World, scene: Scene) -> Scene:
    """The stranger's own project, with one of everything too."""
    assert scene
    theirs = replace(
        world,
        supervisor=world.stranger,
        viewer=world.admin,
        agent=world.stranger_agent,
        project=world.stranger_project,
    )
    # Whom a stranger may add to its team is who shares something with it.
    await world.admin.call("add_project_member", project_id=theirs.project, user_id=world.admin.id)
    return await build_scene(theirs, "their/own", 1)


async def committed(world: World) -> dict[str, Any]:
    """Every row of every table that people see."""
    tables = [row[0] for row in await world.owner.fetch(_TABLES) if row[0] not in TRACES]
    query = "select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from {} t"
    return {table: await world.owner.value(query.format(table)) for table in tables}


async def test_foreign_is_as_good_as_absent_in_every_route(
    stranger: httpx.AsyncClient, stranger_agent: httpx.AsyncClient, scene: Scene, world: World
) -> None:
    absent = replace(scene, **{name: str(uuid4()) for name in secrets_of(scene)})
    before = await committed(world)
    asked = 0
    for operation in OPERATIONS:
        names = named(operation, scene)
        for caller in (stranger, stranger_agent) if names else ():
            foreign, nothing = [await told(caller, operation, seen, names) for seen in (scene, absent)]
            assert foreign == nothing, operation.id
            assert foreign[0] != 201, operation.id
            asked += 1
    assert asked > 40
    assert await committed(world) == before, "a stranger changed something"


async def test_a_foreign_thing_among_ones_own_is_as_good_as_absent(
    stranger: httpx.AsyncClient, stranger_agent: httpx.AsyncClient, scene: Scene, twin: Scene, world: World
) -> None:
    callers = {"person": stranger, "agent": stranger_agent}
    before = await committed(world)
    asked = 0
    for operation in OPERATIONS:
        names = named(operation, scene)
        for name in names if operation.who in callers and len(names) > 1 else ():
            mixed = [replace(twin, **{name: value}) for value in (getattr(scene, name), str(uuid4()))]
            foreign, nothing = [await told(callers[operation.who], operation, seen, names) for seen in mixed]
            assert foreign == nothing, (operation.id, name)
            asked += 1
    assert asked > 12
    assert await committed(world) == before, "a stranger changed something"


async def test_a_list_holds_what_is_ones_own(
    stranger: httpx.AsyncClient, supervisor: httpx.AsyncClient, scene: Scene, twin: Scene
) -> None:
    # Events and kinds are listed by their project alone.
    lists = {operation.path.partition("?")[0] for operation in OPERATIONS if operation.id.startswith("list")}
    lists = {path for path in lists if "{" not in path and path not in BY_PROJECT}
    assert len(lists) >= 7
    for path in lists:
        mine, theirs = [
            {item["id"] for item in (await caller.get(path)).json()["items"]}
            for caller in (supervisor, stranger)
        ]
        assert mine, path
        assert theirs, path
        assert not mine & theirs, path


async def test_an_admin_sees_every_project(admin: httpx.AsyncClient, world: World) -> None:
    listed = {item["id"] for item in (await admin.get("/api/projects")).json()["items"]}
    assert listed == {str(world.project), str(world.stranger_project)}


async def test_two_scenes_do_not_meet(world: World, scene: Scene, supervisor: httpx.AsyncClient) -> None:
    """A cursor that is a foreign id is a place in the order and nothing else."""
    listed = (await supervisor.get(f"/api/agents?cursor={world.stranger_agent.id}")).json()["items"]
    assert str(world.stranger_agent.id) not in {item["id"] for item in listed}
