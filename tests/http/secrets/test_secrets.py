"""Secrets over HTTP: written, replaced, listed, forgotten; their values never come back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from control_plane.db.pool import Database
from control_plane.db.secrets import open_secret
from control_plane.platform.keyring import Keyring, KeyringError, new_key
from tests.support.api import ENCRYPTION_KEY, problem
from tests.support.scene import Scene
from tests.support.world import World

VALUE = "ghp_Zm9yIG5vYm9keSdz-ëyes"
KEYRING = Keyring(ENCRYPTION_KEY)


@pytest.fixture
async def worker(world: World) -> Any:
    database = Database(world.database.dsn("devos_worker"), name="test", size=1)
    await database.open()
    yield database
    await database.close()


async def opened(worker: Database, project: UUID, keyring: Keyring = KEYRING) -> str | None:
    value = await open_secret(worker, keyring, project, kind="git", name="github", purpose="test")
    assert VALUE not in repr(value)
    return value.get_secret_value() if value else None


async def keep(person: httpx.AsyncClient, owner: str, value: str = VALUE, name: str = "github") -> Any:
    answer = await person.put(f"/api/{owner}/secrets/{name}", json={"kind": "git", "value": value})
    assert answer.status_code == 200, answer.text
    assert value not in answer.text
    return answer.json()


async def test_a_secret_is_written_and_used_and_never_shown(
    supervisor: httpx.AsyncClient, worker: Database, world: World
) -> None:
    ours = f"projects/{world.project}"
    first = await keep(supervisor, ours)
    assert await opened(worker, world.project) == VALUE
    again = await keep(supervisor, ours, "another")
    assert await opened(worker, world.project) == "another"
    assert (first["version"], again["version"], again["id"]) == (1, 2, first["id"])
    listed = await supervisor.get(f"/api/{ours}/secrets")
    assert listed.json()["items"] == [again]
    assert {*again} == {"id", "project_id", "team_id", "name", "kind", "version", "created_by"} | {
        "created_at",
        "changed_at",
    }


async def test_a_teams_secret_serves_its_projects(
    supervisor: httpx.AsyncClient, worker: Database, scene: Scene, world: World
) -> None:
    await keep(supervisor, f"teams/{scene.team}")
    assert await opened(worker, world.project) is None
    await world.owner.fetch("update public.projects set team_id = $1", UUID(scene.team))
    assert await opened(worker, world.project) == VALUE


async def test_the_database_never_holds_the_value(supervisor: httpx.AsyncClient, world: World) -> None:
    await keep(supervisor, f"projects/{world.project}")
    row = await world.owner.fetch("select key_id, sealed from private.secret_values")
    assert row[0]["key_id"] == KEYRING.key_id
    assert VALUE.encode() not in row[0]["sealed"]


async def test_a_value_that_was_moved_or_changed_does_not_open(
    supervisor: httpx.AsyncClient, stranger: httpx.AsyncClient, worker: Database, world: World
) -> None:
    await keep(supervisor, f"projects/{world.project}")
    await keep(stranger, f"projects/{world.stranger_project}", "theirs")
    swap = """update private.secret_values v set sealed = o.sealed
                from private.secret_values o where o.secret_id <> v.secret_id"""
    await world.owner.fetch(swap)
    for project in (world.project, world.stranger_project):
        with pytest.raises(KeyringError, match="not where it belongs"):
            await opened(worker, project)
    await world.owner.fetch(swap)
    assert await opened(worker, world.stranger_project) == "theirs"
    with pytest.raises(KeyringError, match="not in the keyring"):
        await opened(worker, world.project, Keyring(new_key()))


async def test_a_refused_value_is_not_told_again(supervisor: httpx.AsyncClient, world: World) -> None:
    url = f"/api/projects/{world.project}/secrets"
    for name, body, status in (
        ("github", {"kind": "password", "value": VALUE}, 422),
        ("github", {"kind": "git", "value": VALUE, "more": VALUE}, 422),
        ("github", {"kind": "git", "value": [VALUE]}, 422),
        ("github", {"kind": "git", "value": VALUE + "\0"}, 422),
        ("github", {"kind": "git", "value": VALUE * 5000}, 422),
        ("github", {"kind": "git", "value": "\N{SNOWMAN}" * 65_536}, 413),
        ("GITHUB", {"kind": "git", "value": VALUE}, 422),
        ("a" * 101, {"kind": "git", "value": VALUE}, 422),
        ("%00", {"kind": "git", "value": VALUE}, 422),
    ):
        answer = await supervisor.put(f"{url}/{name}", json=body)
        assert answer.status_code == status, answer.text
        assert VALUE not in answer.text
    assert (await supervisor.get(url)).json()["items"] == []


async def test_a_forgotten_secret_is_not_found(supervisor: httpx.AsyncClient, world: World) -> None:
    url = f"/api/projects/{world.project}/secrets/github"
    await keep(supervisor, f"projects/{world.project}")
    assert (await supervisor.delete(url)).status_code == 204
    problem(await supervisor.delete(url), 404, "secret_not_found")
    for name in ("%00", "%ff", "a b", "a" * 5000):
        answer = await supervisor.delete(f"/api/projects/{world.project}/secrets/{name}")
        assert answer.status_code in {404, 422}, answer.text


async def test_a_stranger_cannot_tell_that_there_is_a_secret(
    supervisor: httpx.AsyncClient, stranger: httpx.AsyncClient, viewer: httpx.AsyncClient, world: World
) -> None:
    await keep(supervisor, f"projects/{world.project}")
    url = f"/api/projects/{world.project}/secrets"
    problem(await stranger.get(url), 404, "project_not_found")
    problem(await stranger.delete(f"{url}/github"), 404, "project_not_found")
    problem(await viewer.get(url), 403, "role_required")
