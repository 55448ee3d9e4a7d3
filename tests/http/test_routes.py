"""All routes at once: each works for whom it is made, and for nobody else."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
from litestar import Litestar

from tests.support.api import problem
from tests.support.operations import OPERATIONS, request_of
from tests.support.scene import Scene

# What anyone may call, with what stands in its way instead of a credential.
PUBLIC = {
    ("POST", "/auth/v1/signup"): "an invitation",
    ("POST", "/auth/v1/token"): "e-mail and password",
    ("GET", "/auth/v1/authorize"): "nothing, it leads to GitHub",
    ("GET", "/auth/v1/callback"): "a state that GitHub hands back",
    ("GET", "/auth/v1/settings"): "nothing, it describes the way in",
    ("POST", "/api/webhooks/github"): "a signature",
    ("GET", "/auth/v1/.well-known/jwks.json"): "nothing, it is public",
    ("GET", "/health/live"): "nothing",
    ("GET", "/health/ready"): "nothing",
    ("GET", "/api"): "nothing, it describes the API",
    ("GET", "/api/docs"): "nothing, it describes the API",
    ("GET", "/api/openapi.json"): "nothing, it describes the API",
    ("GET", "/api/oauth2-redirect.html"): "nothing, it belongs to the pages",
    ("GET", "/api/docs-assets/{name:str}"): "nothing, it belongs to the pages",
}


def routes_of(app: Litestar) -> list[tuple[str, str]]:
    """Method and path of every route; OPTIONS tells only which methods there are."""
    return [
        (method, route.path)
        for route in app.routes
        for method in sorted(getattr(route, "methods", []))
        if method != "OPTIONS"
    ]


def operation_ids(app: Litestar) -> set[str]:
    paths = app.openapi_schema.to_schema()["paths"]
    return {operation["operationId"] for item in paths.values() for operation in item.values()}


def test_no_task_is_started_for_what_a_handler_asks_for(app: Litestar) -> None:
    handlers = [
        handler for route in app.routes for handler in getattr(route, "route_handler_map", {}).values()
    ]
    batches = [batch for _, needs in handlers for batch in needs.dependency_batches]
    assert len(batches) > len(OPERATIONS)
    assert {len(batch) for batch in batches} == {1}


async def test_the_list_of_operations_is_complete(app: Litestar) -> None:
    assert {operation.id for operation in OPERATIONS} == operation_ids(app)


async def test_every_route_answers_whom_it_is_made_for(
    scene: Scene,
    nobody: httpx.AsyncClient,
    supervisor: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    agent: httpx.AsyncClient,
) -> None:
    callers = {"nobody": nobody, "person": supervisor, "admin": admin, "agent": agent}
    for operation in OPERATIONS:
        answer = await callers[operation.who].request(**request_of(operation, scene))
        assert answer.status_code == operation.status, f"{operation.id}: {answer.text}"
        if operation.status == 204:
            assert answer.content == b"", operation.id
        elif operation.status == 302:
            assert answer.headers["location"], operation.id
        elif operation.id == "readArtifactContent":
            assert answer.headers["content-type"] == "application/octet-stream"
        else:
            assert answer.headers["content-type"].partition(";")[0] == operation.answers, operation.id
        assert answer.headers["x-request-id"], operation.id


async def test_every_route_asks_for_a_credential(app: Litestar, nobody: httpx.AsyncClient) -> None:
    for method, path in routes_of(app):
        url = re.sub(r"\{\w+:uuid\}", str(uuid4()), path)
        if (method, path) in PUBLIC:
            continue
        told = problem(await nobody.request(method, url), 401, "not_signed_in")
        assert told["hint"], (method, path)


async def test_the_list_of_public_routes_names_routes_only(app: Litestar) -> None:
    assert set(PUBLIC) <= set(routes_of(app))


async def test_a_refused_request_says_how_to_sign_in(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/api/projects")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_what_is_for_agents_refuses_people(scene: Scene, supervisor: httpx.AsyncClient) -> None:
    # The exceptions: a supervisor may book a charge by hand, and add a successor to any task.
    for operation in OPERATIONS:
        if operation.who == "agent" and operation.id not in {"chargeService", "createSuccessor"}:
            answer = await supervisor.request(**request_of(operation, scene))
            assert answer.status_code in {401, 403}, f"{operation.id}: {answer.text}"


async def test_what_is_for_admins_refuses_supervisors(scene: Scene, supervisor: httpx.AsyncClient) -> None:
    for operation in OPERATIONS:
        if operation.who == "admin":
            problem(await supervisor.request(**request_of(operation, scene)), 403, "role_required")


async def test_what_is_for_people_refuses_agents(scene: Scene, agent: httpx.AsyncClient) -> None:
    shared = {
        "listAgents",
        "readAgent",
        "rotateAgentKey",
        "listTasks",
        "updateTaskStatus",
        "readTask",
        "readTaskSchedule",
        "listAttempts",
        "listTaskLogs",
        "listTaskArtifacts",
        "readArtifact",
        "readArtifactContent",
        "listTaskCharges",
        "listSteps",
        "listServices",
        "readService",
        "whoami",
    }
    for operation in OPERATIONS:
        if operation.who in {"person", "admin"} and operation.id not in shared:
            answer = await agent.request(**request_of(operation, scene))
            assert answer.status_code in {401, 403}, f"{operation.id}: {answer.text}"
