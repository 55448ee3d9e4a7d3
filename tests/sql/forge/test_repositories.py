"""Repositories: mapped to one project by their id at the forge, by a supervisor of that project."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import audited
from tests.support.world import Actor, World, refused


async def register(person: Actor, project: UUID, **fields: str) -> Any:
    arguments = {
        "forge": "github",
        "external_id": "77",
        "full_name": "owner/name",
        "clone_url": "https://example.test/owner/name.git",
    } | fields
    return await person.call("create_repository", project_id=project, **arguments)


async def test_members_see_a_repository_and_strangers_do_not(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    made = await register(as_supervisor, world.project)
    assert await as_viewer.call("list_repositories", project_id=world.project) == made
    assert await as_stranger.call("list_repositories") == []
    assert await audited(world, made["id"]) == ["repository.create"]


async def test_repositories_are_listed_page_by_page(
    world: World, as_supervisor: Actor, as_viewer: Actor
) -> None:
    made = [
        await register(as_supervisor, world.project, external_id=str(nr), full_name=f"owner/name-{nr}")
        for nr in range(5)
    ]
    first = await as_viewer.call("list_repositories", limit=3)
    rest = await as_viewer.call("list_repositories", limit=3, after=UUID(first[-1]["id"]))
    assert first + rest == made


async def test_a_repository_belongs_to_one_project(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    await register(as_supervisor, world.project)
    with pytest.raises(asyncpg.UniqueViolationError, match="repositories_external_id_key"):
        await register(as_stranger, world.stranger_project, full_name="other/name")
    # Feedback is posted by name: a stranger must not get at ours under another id.
    for name in ("owner/name", "OWNER/Name"):
        with pytest.raises(asyncpg.UniqueViolationError, match="repositories_full_name_key"):
            await register(as_stranger, world.stranger_project, external_id="78", full_name=name)


async def test_what_git_will_be_given_is_well_formed(world: World, as_supervisor: Actor) -> None:
    wrong = [
        ("forge", "gitlab", "forge"),
        ("external_id", "", "external_id_length"),
        ("full_name", "name", "full_name_format"),
        ("full_name", "a/b/c", "full_name_format"),
        ("full_name", "a/b c", "full_name_format"),
        ("clone_url", "ssh://example.test/a", "clone_url_format"),
        ("clone_url", "https://example.test/a b", "clone_url_format"),
        ("clone_url", "https://example.test/\n", "clone_url_format"),
        ("clone_url", "--upload-pack=x", "clone_url_format"),
        ("clone_url", "https://" + "x" * 1000, "clone_url_format"),
    ]
    for field, value, constraint in wrong:
        with pytest.raises(asyncpg.CheckViolationError, match=f"repositories_{constraint}"):
            await register(as_supervisor, world.project, **{field: value})


async def test_a_repository_is_mapped_by_a_supervisor_of_its_project(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    with refused("PT404", "project_not_found"):
        await register(as_stranger, world.project)
    with refused("PT404", "project_not_found"):
        await register(as_supervisor, uuid4())
    with refused("PT403", "role_required"):
        await register(as_viewer, world.project)
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await register(actor, world.project)
    assert await world.owner.value("select count(*) from public.repositories") == 0
