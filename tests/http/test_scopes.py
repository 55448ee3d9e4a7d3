"""Every route with every single scope: a token opens exactly what asks for its scope, and nothing else."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from litestar import Litestar, get, post

from control_plane.http.credentials import new_token
from control_plane.http.scopes import PUBLIC, SCOPES, require_scopes, scope
from tests.http.scopes import needs
from tests.support.api import client
from tests.support.operations import OPERATIONS, Operation, request_of
from tests.support.scene import Scene, add_api_token, add_project_token, add_registration_token
from tests.support.world import World

NEEDS = needs()
KINDS = {"public", "anybody", "session", "agent", "agent key"}
ASKING = [operation for operation in OPERATIONS if NEEDS.get(operation.id) != "public"]


async def opens(caller: httpx.AsyncClient, operation: Operation, scene: Scene) -> bool:
    """Whether the guard lets a caller through to a route; what its role may not do there is no matter."""
    answer = await caller.request(**request_of(operation, scene))
    code = answer.json().get("code") if "json" in answer.headers.get("content-type", "") else None
    if NEEDS[operation.id] == "agent key":
        return answer.status_code != 401
    assert answer.status_code != 401, operation.id
    assert answer.status_code < 500, answer.text
    if code == "insufficient_scope":
        assert answer.status_code == 403
        assert f'scope="{NEEDS[operation.id]}"' in answer.headers["www-authenticate"]
    return code != "insufficient_scope" and (NEEDS[operation.id], code) != ("agent", "agent_required")


def test_every_route_is_in_the_list() -> None:
    assert NEEDS.keys() == {operation.id for operation in OPERATIONS}
    assert {*NEEDS.values()} == {*SCOPES, *KINDS}


async def opened(caller: httpx.AsyncClient, scene: Scene) -> set[str]:
    """The operations that a caller is let through to."""
    return {operation.id for operation in ASKING if await opens(caller, operation, scene)}


def asking(*for_: str) -> set[str]:
    """The operations that ask for one of these."""
    return {name for name, need in NEEDS.items() if need in for_}


async def test_a_scope_opens_what_asks_for_it_and_nothing_else(
    app: Litestar, scene: Scene, world: World
) -> None:
    for name in SCOPES:
        _, text = await add_api_token(world.admin, name)
        assert await opened(client(app, Authorization=f"Bearer {text}"), scene) == asking("anybody", name)


async def test_a_token_with_all_scopes_opens_no_more_than_each(
    app: Litestar, scene: Scene, world: World
) -> None:
    _, text = await add_api_token(world.admin, *SCOPES)
    assert await opened(client(app, Authorization=f"Bearer {text}"), scene) == asking("anybody", *SCOPES)


async def test_a_projects_token_opens_what_is_for_everybody(
    app: Litestar, scene: Scene, world: World
) -> None:
    _, text = await add_project_token(world.supervisor, world.project)
    assert await opened(client(app, **{"X-Project-Token": text}), scene) == asking("anybody")


async def test_a_registration_token_opens_one_route_and_an_invitation_none(
    app: Litestar, scene: Scene, world: World
) -> None:
    _, registering = await add_registration_token(world.supervisor, world.project, uses=100)
    for text, known in ((registering, {"registerAgent"}), (new_token("inv").text, set[str]())):
        caller = client(app, Authorization=f"Bearer {text}")
        answers = {op.id: await caller.request(**request_of(op, scene)) for op in ASKING}
        assert {name for name, answer in answers.items() if answer.status_code != 401} == known


async def test_a_session_opens_everything_but_what_agents_do(
    admin: httpx.AsyncClient, agent: httpx.AsyncClient, scene: Scene
) -> None:
    for caller, closed in ((admin, {"agent", "agent key"}), (agent, {"session"})):
        # Signing out would end what the others need.
        asked = [operation for operation in ASKING if operation.id != "signOut"]
        kinds = {NEEDS[operation.id] for operation in asked if await opens(caller, operation, scene)}
        assert kinds == {NEEDS[operation.id] for operation in asked} - closed


@pytest.mark.parametrize("opt", [{}, {"scope": "everything"}, {"scope": ""}, {"scopes": "tasks:read"}])
def test_an_app_with_a_route_that_asks_for_nothing_is_not_built(opt: dict[str, Any]) -> None:
    @get("/open", opt=PUBLIC)
    async def public() -> None: ...

    @post("/scoped", opt=scope("tasks:read"))
    async def scoped() -> None: ...

    @get("/forgotten", opt=opt)
    async def forgotten() -> None: ...

    require_scopes(Litestar([public, scoped], openapi_config=None))
    with pytest.raises(TypeError, match="/forgotten"):
        require_scopes(Litestar([public, scoped, forgotten], openapi_config=None))


def test_what_is_built_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is part of the build: taking the scope of one route away stops it."""
    from control_plane.domains.events.routes import EventController
    from tests.contract.openapi import document

    monkeypatch.setitem(EventController.list_events.opt, "scope", None)
    with pytest.raises(TypeError, match="declares no scope"):
        document()
