"""People, teams and projects over HTTP: who gets in, who is let out, and edits that do not meet."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.api import problem
from tests.support.scene import Scene
from tests.support.world import Actor, World

EDITED: list[tuple[str, dict[str, Any]]] = [
    ("/api/teams/{team}", {"name": "renamed"}),
    ("/api/projects/{project}", {"name": "ours", "description": "new", "team_id": None}),
    ("/api/projects/{project}/config", {"default_priority": "HIGH", "default_max_retries": 1}),
]


@pytest.mark.parametrize(("path", "body"), EDITED)
async def test_of_two_who_edit_the_same_the_second_learns_of_the_first(
    path: str, body: dict[str, Any], supervisor: httpx.AsyncClient, admin: httpx.AsyncClient, scene: Scene
) -> None:
    url = path.format_map(vars(scene))
    read = await supervisor.get(url)
    seen = {"If-Match": read.headers["etag"]}
    assert read.headers["etag"] == f'"{read.json()["version"]}"'
    first = await admin.put(url, json=body, headers=seen)
    assert (first.status_code, first.json()) == (200, first.json() | body)
    assert first.headers["etag"] == f'"{read.json()["version"] + 1}"'
    told = problem(await supervisor.put(url, json=body, headers=seen), 412, "version_changed")
    assert "ETag" in told["hint"]
    assert (await supervisor.get(url)).headers["etag"] == first.headers["etag"]
    again = await supervisor.put(url, json=body, headers={"If-Match": first.headers["etag"]})
    assert again.status_code == 200


async def test_an_edit_for_whichever_version_there_is_is_made(
    supervisor: httpx.AsyncClient, scene: Scene
) -> None:
    for headers in ({}, {"If-Match": "*"}, {"If-Match": " * "}):
        answer = await supervisor.put(f"/api/teams/{scene.team}", json={"name": "x"}, headers=headers)
        assert answer.status_code == 200


async def test_what_is_none_of_our_etags_matches_nothing(supervisor: httpx.AsyncClient, scene: Scene) -> None:
    for etag in ("1", 'W/"1"', '"01"', '"0"', '"-1"', '""', "", '"9999999999999"', '"x"', '"1", "2"', "é"):
        answer = await supervisor.put(
            f"/api/teams/{scene.team}", json={"name": "x"}, headers=[(b"If-Match", etag.encode())]
        )
        problem(answer, 412, "version_changed")


async def test_of_many_edits_of_one_version_at_once_one_is_made(
    supervisor: httpx.AsyncClient, scene: Scene
) -> None:
    url, headers = f"/api/projects/{scene.project}", {"If-Match": '"1"'}
    answers = await asyncio.gather(
        *(
            supervisor.put(url, json={"name": f"n{n}", "description": "", "team_id": None}, headers=headers)
            for n in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9


async def test_a_task_gets_the_priority_and_the_retries_of_its_project(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    config = {"default_priority": "LOW", "default_max_retries": 9}
    await supervisor.put(f"/api/projects/{world.project}/config", json=config)
    task = {"project_id": str(world.project), "kind": "test", "title": "Try"}
    told = (await supervisor.post("/api/tasks", json=task)).json()
    assert (told["priority"], told["max_retries"]) == ("LOW", 9)
    own = (await supervisor.post("/api/tasks", json={**task, "priority": "HIGH", "max_retries": 0})).json()
    assert (own["priority"], own["max_retries"]) == ("HIGH", 0)


async def test_a_project_is_made_in_a_team(
    supervisor: httpx.AsyncClient, viewer: httpx.AsyncClient, scene: Scene
) -> None:
    body = {"name": "new", "description": "What for", "team_id": scene.team}
    made = await supervisor.post("/api/projects", json=body)
    assert (made.status_code, made.json()) == (201, made.json() | body | {"version": 1})
    seen = await viewer.get(f"/api/projects/{made.json()['id']}")
    assert seen.json() == made.json()


async def test_a_project_is_changed_as_a_whole(supervisor: httpx.AsyncClient, scene: Scene) -> None:
    body = {"name": "new", "description": "", "team_id": None}
    for name in body:
        less = {key: value for key, value in body.items() if key != name}
        problem(await supervisor.put(f"/api/projects/{scene.project}", json=less), 422, "invalid_request")


async def test_what_is_in_use_is_not_deleted(supervisor: httpx.AsyncClient, scene: Scene) -> None:
    problem(await supervisor.delete(f"/api/teams/{scene.team}"), 409, "team_in_use")
    problem(await supervisor.delete(f"/api/projects/{scene.project}"), 409, "project_has_history")


async def test_who_loses_its_membership_loses_sight_with_the_next_request(
    supervisor: httpx.AsyncClient, viewer: httpx.AsyncClient, scene: Scene
) -> None:
    url = f"/api/projects/{scene.project}"
    assert (await viewer.get(url)).status_code == 200
    assert (await supervisor.delete(f"{url}/members/{scene.colleague}")).status_code == 204
    problem(await viewer.get(url), 404, "project_not_found")
    problem(await supervisor.delete(f"{url}/members/{scene.colleague}"), 404, "user_not_found")
    assert (await supervisor.put(f"{url}/members/{scene.colleague}")).status_code == 204
    assert (await viewer.get(url)).status_code == 200


async def test_who_is_let_out_is_refused_with_the_next_request(
    admin: httpx.AsyncClient, viewer: httpx.AsyncClient, as_viewer: Actor
) -> None:
    url = f"/api/users/{as_viewer.id}/activation"
    told = await admin.put(url, json={"is_active": False})
    assert (told.status_code, told.json()["is_active"]) == (200, False)
    problem(await viewer.get("/api/projects"), 401, "not_signed_in")


async def test_the_last_admin_stays(admin: httpx.AsyncClient, as_admin: Actor) -> None:
    url = f"/api/users/{as_admin.id}"
    problem(await admin.put(f"{url}/role", json={"role": "viewer"}), 409, "last_admin")
    problem(await admin.put(f"{url}/activation", json={"is_active": False}), 409, "last_admin")


async def test_a_role_is_one_of_three(admin: httpx.AsyncClient, as_viewer: Actor) -> None:
    for role in ("owner", "Admin", "", None, 1):
        answer = await admin.put(f"/api/users/{as_viewer.id}/role", json={"role": role})
        problem(answer, 422, "invalid_request")


async def test_the_members_are_told_from_all_whom_one_sees(
    supervisor: httpx.AsyncClient, scene: Scene, as_supervisor: Actor
) -> None:
    for path, members in (
        ("/api/users", {str(as_supervisor.id), scene.colleague}),
        (f"/api/teams/{scene.team}/members", {str(as_supervisor.id), scene.colleague}),
        (f"/api/teams/{scene.empty_team}/members", {str(as_supervisor.id)}),
        (f"/api/projects/{scene.empty_project}/members", {str(as_supervisor.id)}),
    ):
        listed = (await supervisor.get(path)).json()["items"]
        assert {person["id"] for person in listed} == members, path
        assert all(set(person) == {"id", "email", "role", "is_active", "created_at"} for person in listed)
