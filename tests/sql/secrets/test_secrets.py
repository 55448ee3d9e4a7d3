"""Secrets: who keeps them, who uses them, and that each use is known."""

from __future__ import annotations

from base64 import b64decode
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import audited, events
from tests.support.world import Actor, World, refused

SEALED = b"sealed"


async def keep(person: Actor, project: UUID | None, team: UUID | None = None, **changes: Any) -> Any:
    value = {"name": "github", "kind": "git", "key_id": "k", "sealed": SEALED, **changes}
    return await person.call("set_secret", project_id=project, team_id=team, **value)


async def use(world: World, project: UUID, kind: str = "git", name: str = "github") -> Any:
    """What the worker gets; None for nothing."""
    told = await world.worker.call(
        "private.open_secret", project_id=project, kind=kind, name=name, purpose="test"
    )
    return b64decode(told["sealed"]) if told else None


@pytest.fixture
async def team(world: World) -> UUID:
    """A team of the supervisor, and the project's."""
    made = UUID((await world.supervisor.call("create_team", name="team"))["id"])
    await world.owner.fetch("update public.projects set team_id = $1 where id = $2", made, world.project)
    return made


async def test_a_secret_is_kept_and_replaced_under_its_name(world: World, as_supervisor: Actor) -> None:
    first = await keep(as_supervisor, world.project)
    again = await keep(as_supervisor, world.project, sealed=b"other", kind="ci")
    assert (first["id"], first["version"], again["version"]) == (again["id"], 1, 2)
    assert (again["kind"], again["created_by"]) == ("ci", str(as_supervisor.id))
    assert again["changed_at"] > first["changed_at"]
    assert await use(world, world.project, "ci") == b"other"
    assert await events(world, first["id"]) == ["secret.set", "secret.set"]


async def test_names_are_each_owners_own(world: World, as_admin: Actor, team: UUID) -> None:
    made = [
        await keep(as_admin, world.project),
        await keep(as_admin, world.stranger_project),
        await keep(as_admin, None, team),
        await keep(as_admin, world.project, name="npm"),
    ]
    assert len({secret["id"] for secret in made}) == 4
    listed = await as_admin.call("list_secrets", project_id=world.project, team_id=None)
    assert [secret["id"] for secret in listed] == [made[0]["id"], made[3]["id"]]
    of_team = await as_admin.call("list_secrets", project_id=None, team_id=team)
    assert of_team["id"] == made[2]["id"]


async def test_a_project_uses_its_own_secret_before_its_teams(
    world: World, as_supervisor: Actor, team: UUID
) -> None:
    assert await use(world, world.project) is None
    await keep(as_supervisor, None, team, sealed=b"team's")
    assert await use(world, world.project) == b"team's"
    assert await use(world, world.stranger_project) is None
    await keep(as_supervisor, world.project, sealed=b"project's")
    assert await use(world, world.project) == b"project's"
    await as_supervisor.call("delete_secret", project_id=world.project, team_id=None, name="github")
    assert await use(world, world.project) == b"team's"


async def test_a_secret_is_used_for_what_it_was_made_for(world: World, as_supervisor: Actor) -> None:
    await keep(as_supervisor, world.project, kind="model")
    assert await use(world, world.project, "git") is None
    assert await use(world, world.project, "model") == SEALED


async def test_each_use_is_audited(world: World, as_supervisor: Actor) -> None:
    secret = await keep(as_supervisor, world.project)
    for _ in range(3):
        await use(world, world.project)
    assert await audited(world, secret["id"]) == ["secret.set", *["secret.use"] * 3]
    row = await world.owner.value("select to_jsonb(a) from public.audit_log a where action = 'secret.use'")
    assert row["data"] == {"name": "github", "kind": "git", "version": 1, "team_id": None, "purpose": "test"}
    assert (row["actor_kind"], row["project_id"]) == ("system", str(world.project))


async def test_a_forgotten_secret_is_gone_with_its_value(world: World, as_supervisor: Actor) -> None:
    secret = await keep(as_supervisor, world.project)
    named = {"project_id": world.project, "team_id": None, "name": "github"}
    await as_supervisor.call("delete_secret", **named)
    assert await world.owner.value("select count(*) from private.secret_values") == 0
    assert await audited(world, secret["id"]) == ["secret.set", "secret.delete"]
    with refused("PT404", "secret_not_found"):
        await as_supervisor.call("delete_secret", **named)


async def test_a_viewer_learns_of_no_secret(world: World, as_supervisor: Actor, as_viewer: Actor) -> None:
    await keep(as_supervisor, world.project)
    with refused("PT403", "role_required"):
        await keep(as_viewer, world.project)
    with refused("PT403", "role_required"):
        await as_viewer.call("list_secrets", project_id=world.project, team_id=None)
    with refused("PT403", "role_required"):
        await as_viewer.call("delete_secret", project_id=world.project, team_id=None, name="github")
    assert await as_viewer.value("select count(*) from public.secrets") == 0


async def test_a_stranger_cannot_tell_that_there_is_a_secret(
    world: World, as_supervisor: Actor, as_stranger: Actor, team: UUID
) -> None:
    await keep(as_supervisor, world.project)
    await keep(as_supervisor, None, team)
    for owner, code in (
        ({"project_id": world.project, "team_id": None}, "project_not_found"),
        ({"project_id": None, "team_id": team}, "team_not_found"),
        ({"project_id": uuid4(), "team_id": None}, "project_not_found"),
        ({"project_id": None, "team_id": uuid4()}, "team_not_found"),
        ({"project_id": None, "team_id": None}, "project_not_found"),
        ({"project_id": world.stranger_project, "team_id": team}, "team_not_found"),
        ({"project_id": world.project, "team_id": None}, "project_not_found"),
    ):
        with refused("PT404", code):
            await keep(as_stranger, owner["project_id"], owner["team_id"])
        with refused("PT404", code):
            await as_stranger.call("list_secrets", **owner)
        with refused("PT404", code):
            await as_stranger.call("delete_secret", **owner, name="github")
    assert await use(world, world.project) == SEALED
    assert await as_stranger.value("select count(*) from public.secrets") == 0


async def test_nobody_but_the_worker_gets_at_what_is_sealed(world: World, as_supervisor: Actor) -> None:
    await keep(as_supervisor, world.project)
    calls = (
        "select private.open_secret(gen_random_uuid(), 'git', 'github', 'x')",
        "select private.keep_secret_value(gen_random_uuid(), 'k', 'x')",
        "select private.list_sealed('', null, 10)",
        "select private.reseal_secrets('{}', '{}', '{}', '{}')",
        "select * from private.secret_values",
    )
    for actor in (world.admin, world.viewer, world.agent, world.anon, world.webhook, world.login):
        for call in calls:
            with refused("42501"):
                await actor.fetch(call)
    for call in calls[1:]:
        with refused("42501"):
            await world.worker.fetch(call)
    owners = "select proowner::regrole::text from pg_proc where proname = 'set_secret'"
    api = await world.owner.value(owners)
    readable = "select has_table_privilege($1, 'private.secret_values', 'select')"
    assert await world.owner.value(readable, api) is False


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"name": "GitHub"}, "secrets_name_format"),
        ({"name": ""}, "secrets_name_format"),
        ({"name": "a" * 101}, "secrets_name_format"),
        ({"name": "a\nb"}, "secrets_name_format"),
        ({"kind": "password"}, "secrets_kind"),
        ({"sealed": b"x" * 70_001}, "secret_values_size"),
    ],
)
async def test_a_secret_has_a_name_a_kind_and_a_size(
    world: World, as_supervisor: Actor, change: Any, constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await keep(as_supervisor, world.project, **change)


async def test_a_secret_has_one_owner(world: World, as_supervisor: Actor, team: UUID) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="secrets_owner"):
        await keep(as_supervisor, world.project, team)


async def test_a_rotation_does_not_undo_a_new_value(world: World, as_supervisor: Actor) -> None:
    secret = await keep(as_supervisor, world.project)
    await keep(as_supervisor, world.project, name="npm", kind="registry")
    rows = await world.owner.call("private.list_sealed", key_id="new", after=None, limit=10)
    assert [row["name"] for row in rows] == ["github", "npm"]
    await keep(as_supervisor, world.project, sealed=b"newer")
    resealed = await world.owner.call(
        "private.reseal_secrets",
        ids=[UUID(row["id"]) for row in rows],
        were=[b64decode(row["sealed"]) for row in rows],
        key_ids=["new", "new"],
        sealed=[b"resealed", b"resealed"],
    )
    assert resealed == 1
    assert await use(world, world.project) == b"newer"
    assert await use(world, world.project, "registry", "npm") == b"resealed"
    (left,) = [await world.owner.call("private.list_sealed", key_id="new", after=None, limit=10)]
    assert left["id"] == secret["id"]
