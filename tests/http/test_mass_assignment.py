"""What the house decides cannot be sent: ids, owners, versions, times, and rights that nobody gave."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.http.test_bad_input import FREE, places, put
from tests.support.api import problem
from tests.support.operations import OPERATIONS, filled
from tests.support.scene import Scene

DECIDED: dict[str, Any] = {
    "id": "00000000-0000-7000-8000-000000000000",
    "user_id": "00000000-0000-7000-8000-000000000000",
    "created_by": "00000000-0000-7000-8000-000000000000",
    "role": "admin",
    "is_admin": True,
    "is_active": True,
    "version": 1,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "expires_at": "2099-01-01T00:00:00Z",
    "revoked_at": None,
    "email_confirmed_at": "2026-01-01T00:00:00Z",
    "uses": 0,
    "spent": "0",
    "state": "completed",
    "agent_id": "00000000-0000-7000-8000-000000000000",
    "key_hash": "00",
}
# The operations that are there to set one of these.
MEANT = {
    ("setRole", "role"),
    ("setActivation", "is_active"),
    ("setAgentActivation", "is_active"),
    ("postFeedback", "state"),
    # An admin asks in whom it likes; anybody else is refused, see tests/sql/identity/test_invitations.py.
    ("createInvitation", "role"),
}


async def test_what_the_house_decides_is_no_field_of_any_body(nobody: httpx.AsyncClient) -> None:
    described = (await nobody.get("/api/openapi.json")).json()
    schemas = described["components"]["schemas"]
    declared: set[tuple[str, str]] = set()

    def walk(name: str, schema: Any) -> None:
        if isinstance(schema, dict):
            declared.update((name, field) for field in schema.get("properties", {}) if field in DECIDED)
            reference = schema.get("$ref", "").rpartition("/")[2]
            for part in [schemas[reference]] if reference else schema.values():
                walk(name, part)
        elif isinstance(schema, list):
            for part in schema:
                walk(name, part)

    for item in described["paths"].values():
        for route in item.values():
            walk(route["operationId"], route.get("requestBody"))
    assert declared == MEANT


async def test_what_the_house_decides_is_refused_in_every_body(
    nobody: httpx.AsyncClient,
    supervisor: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    agent: httpx.AsyncClient,
    scene: Scene,
) -> None:
    callers = {"nobody": nobody, "person": supervisor, "admin": admin, "agent": agent}
    tried = 0
    for operation in OPERATIONS:
        if operation.body is None:
            continue
        url, body = filled(operation.path, scene), filled(operation.body, scene)
        levels = [place for place, value in places(body) if isinstance(value, dict)]
        for place in [(), *(place for place in levels if not {*FREE, "labels"} & {*place})]:
            for name, value in DECIDED.items():
                if (operation.id, name) not in MEANT:
                    sent = json.dumps(put(body, (*place, name), value)).encode()
                    answer = await callers[operation.who].request(operation.method, url, content=sent)
                    told = problem(answer, 422, "invalid_request")
                    assert name in told["detail"], (operation.id, place, told)
                    tried += 1
    assert tried > 400
