"""Tokens over HTTP: shown once, kept as hashes, good for what they were made for."""

from __future__ import annotations

import hashlib
import re

import httpx
import pytest
from litestar import Litestar

from control_plane.http.credentials import new_token
from tests.http.conftest import SignedIn
from tests.support.api import client, problem
from tests.support.world import Actor, World
from tests.worker.conftest import eventually


async def make(person: httpx.AsyncClient, *scopes: str) -> dict[str, str]:
    answer = await person.post("/api/tokens", json={"name": "ci", "scopes": scopes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def make_ci(person: httpx.AsyncClient, world: World) -> str:
    answer = await person.post(f"/api/projects/{world.project}/tokens", json={"name": "ci"})
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


async def test_a_token_reaches_what_its_scopes_name(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    made = await make(supervisor, "tasks:read", "tasks:write")
    for headers in ({"Authorization": f"Bearer {made['token']}"}, {"X-API-Key": made["token"]}):
        async with client(app, **headers) as ci:
            body = {"project_id": str(world.project), "kind": "lint", "title": "Lint"}
            assert (await ci.post("/api/tasks", json=body)).status_code == 201
            told = problem(await ci.get("/api/projects"), 403, "insufficient_scope")
            assert "projects:read" in told["detail"]
            assert (await ci.get("/api/whoami")).json()["scopes"] == ["tasks:read", "tasks:write"]


async def test_a_token_is_kept_as_a_hash_only(supervisor: httpx.AsyncClient, world: World) -> None:
    texts = [(await make(supervisor, "tasks:read"))["token"], await make_ci(supervisor, world)]
    for text, kind in zip(texts, ("api", "prj"), strict=True):
        assert re.fullmatch(rf"devos_{kind}_[0-9a-f]{{12}}_[A-Za-z0-9_-]{{43}}", text)
        rows = await world.owner.fetch(
            "select hash from private.token_hashes where id = $1", text.split("_")[2]
        )
        assert [row["hash"] for row in rows] == [hashlib.sha256(text.encode()).digest()]
    for path in ("/api/tokens", f"/api/projects/{world.project}/tokens"):
        assert "devos_" not in (await supervisor.get(path)).text


async def test_a_token_that_is_not_right_is_refused(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    api = (await make(supervisor, "projects:read"))["token"]
    ci = await make_ci(supervisor, world)
    last = "A" if api[-1] != "A" else "B"
    wrong = {
        "another secret": api[:-1] + last,
        "another id": api.replace(api.split("_")[2], "0" * 12),
        "another kind": api.replace("_api_", "_prj_"),
        "no kind": api.replace("_api_", "_"),
        "a kind that registers": api.replace("_api_", "_reg_"),
        "a kind that invites": api.replace("_api_", "_inv_"),
        "a project's as a person's": ci.replace("_prj_", "_api_"),
        "nobody's": new_token("api").text,
        "a registration": new_token("reg").text,
        "an invitation": new_token("inv").text,
        "cut short": api[:-1],
        "with more": api + "A",
    }
    for name, text in wrong.items():
        for headers in ({"Authorization": f"Bearer {text}"}, {"X-API-Key": text}, {"X-Project-Token": text}):
            answer = await client(app, **headers).get("/api/whoami")
            assert (answer.status_code, name) == (401, name), answer.text
            problem(answer, 401, "not_signed_in")


async def test_a_token_makes_no_token_and_ends_none(
    app: Litestar, admin: httpx.AsyncClient, agent: httpx.AsyncClient, world: World
) -> None:
    described = (await admin.get("/api/openapi.json")).json()
    everything = described["components"]["schemas"]["CreateApiToken"]["properties"]["scopes"]["items"]["enum"]
    made = await make(admin, *everything)
    ci = await make_ci(admin, world)
    for text in (made["token"], ci, agent.headers["authorization"].removeprefix("Bearer ")):
        other = client(app, Authorization=f"Bearer {text}")
        body = {"name": "more", "scopes": ["tasks:read"]}
        for answer in (
            await other.post("/api/tokens", json=body),
            await other.get("/api/tokens"),
            await other.delete(f"/api/tokens/{made['id']}"),
            await other.get("/auth/v1/user"),
            await other.post("/auth/v1/logout"),
        ):
            assert "signed-in person" in problem(answer, 403, "insufficient_scope")["detail"]


async def test_a_projects_token_says_whose_it_is_and_opens_nothing_else(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    text = await make_ci(supervisor, world)
    for headers in ({"X-Project-Token": text}, {"Authorization": f"Bearer {text}"}):
        async with client(app, **headers) as ci:
            told = (await ci.get("/api/whoami")).json()
            assert (told["kind"], told["project_ids"]) == ("project", [str(world.project)])
            for path in ("/api/tasks", "/api/projects", f"/api/projects/{world.project}/tokens"):
                problem(await ci.get(path), 403, "insufficient_scope")


async def test_the_last_use_of_a_token_is_noted(
    app: Litestar, supervisor: httpx.AsyncClient, world: World
) -> None:
    made = await make(supervisor, "tasks:read")
    assert made["used_at"] is None
    ci = await make_ci(supervisor, world)
    for text in (made["token"], ci):
        await client(app, Authorization=f"Bearer {text}").get("/api/whoami")

    async def used() -> bool:
        lists = ("/api/tokens", f"/api/projects/{world.project}/tokens")
        return all([(await supervisor.get(path)).json()["items"][0]["used_at"] for path in lists])

    await eventually(used)


async def test_a_scope_that_does_not_exist_is_refused(supervisor: httpx.AsyncClient) -> None:
    for scopes in (["everything"], ["tasks"], ["session"], ["agent"], ["tasks:read", "*"], []):
        answer = await supervisor.post("/api/tokens", json={"name": "ci", "scopes": scopes})
        problem(answer, 422, "invalid_request")


@pytest.mark.parametrize("days", [0, 367, -1, 1.5, "x"])
async def test_a_token_lives_a_year_at_most_or_for_ever(supervisor: httpx.AsyncClient, days: object) -> None:
    body = {"name": "ci", "scopes": ["tasks:read"]}
    answer = await supervisor.post("/api/tokens", json={**body, "expires_in_days": days})
    problem(answer, 422, "invalid_request")
    assert (await supervisor.post("/api/tokens", json=body)).json()["expires_at"]
    answer = await supervisor.post("/api/tokens", json={**body, "expires_in_days": None})
    assert answer.json()["expires_at"] is None


async def test_a_banned_persons_token_opens_nothing(
    app: Litestar, signed_in: SignedIn, as_viewer: Actor, world: World
) -> None:
    made = await make(await signed_in(as_viewer), "projects:read")
    ci = client(app, Authorization=f"Bearer {made['token']}")
    assert (await ci.get("/api/projects")).status_code == 200
    await world.owner.fetch(
        "update auth.users set banned_until = now() + interval '1 hour' where id = $1", as_viewer.id
    )
    problem(await ci.get("/api/projects"), 401, "not_signed_in")
