"""A project with one of everything, for tests that walk over all routes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from control_plane.http.credentials import new_token
from tests.support.api import give_password
from tests.support.world import Actor, World

REPOSITORY = "acme/parcel-rates"
REPOSITORY_ID = 4711


@dataclass(frozen=True)
class Scene:
    """Ids of what there is. `leased` is held by the agent, with `lease_token`; the empty ones may go."""

    project: str
    empty_project: str
    team: str
    empty_team: str
    colleague: str
    email: str
    agent: str
    agent_key: str
    registration_token: str
    service: str
    substitute: str
    repository: str
    waiting: str
    failed: str
    leased: str
    lease_token: int
    artifact: str
    other_artifact: str
    invitation: str
    invitation_token: str
    new_email: str
    new_token: str
    api_token: str
    project_token: str
    schedule: str
    other_schedule: str
    scheduled: str
    limit: str
    other_limit: str


async def build_scene(
    world: World, repository: str = REPOSITORY, repository_id: int = REPOSITORY_ID
) -> Scene:
    """One of everything in the world's first project."""
    team, empty_team = [await world.supervisor.call("create_team", name=name) for name in ("team", "empty")]
    await world.supervisor.call("add_team_member", team_id=UUID(team["id"]), user_id=world.viewer.id)
    empty = await world.supervisor.call("create_project", name="empty", team_id=UUID(team["id"]))
    substitute = await world.service("substitute", "10.00")
    service = await world.service("model", "1.00", substitute)
    failed = await world.claimed(title="Failed", kind="lint")
    error = {"code": "broken", "message": "It broke"}
    await world.agent.call(
        "fail_tasks",
        items=[
            {
                "task_id": failed["id"],
                "lease_token": failed["lease_token"],
                "error": error,
                "retryable": False,
            }
        ],
    )
    await world.supervisor.call("set_kind", project_id=world.project, name="lint", kind={"title": "Lint"})
    schedule, other_schedule = [
        await add_schedule(world.supervisor, world.project, name) for name in ("nightly", "weekly")
    ]
    run = await world.supervisor.call("run_schedule", schedule_id=UUID(schedule))
    leased = await world.claimed(title="Leased", kind="lint")
    waiting = await world.task(title="Waiting")
    email = await give_password(world.supervisor, world.owner)
    new_email = f"new-{uuid4()}@example.test"
    _, own_token = await add_invitation(world.admin, email, project=world.project)
    _, sign_up_token = await add_invitation(world.supervisor, new_email, project=world.project)
    invitation, _ = await add_invitation(world.supervisor, "somebody@example.test", project=world.project)
    await add_secret(world.supervisor, world.project)
    await add_secret(world.supervisor, None, UUID(team["id"]))
    await world.admin.call("set_agent_broker", agent_id=world.agent.id, is_allowed=True)
    return Scene(
        project=str(world.project),
        empty_project=empty["id"],
        team=team["id"],
        empty_team=empty_team["id"],
        colleague=str(world.viewer.id),
        email=email,
        agent=str(world.agent.id),
        agent_key=world.agent_key.split("_")[1],
        registration_token=(await add_registration_token(world.supervisor, world.project))[0],
        service=service["id"],
        substitute=substitute["id"],
        repository=(
            await add_repository(
                world.supervisor, world.project, external_id=repository_id, full_name=repository
            )
        )["id"],
        waiting=waiting["id"],
        failed=failed["id"],
        leased=leased["id"],
        lease_token=leased["lease_token"],
        artifact=await add_artifact(world.agent, leased, "kept.txt"),
        other_artifact=await add_artifact(world.agent, leased, "other.txt"),
        invitation=invitation["id"],
        invitation_token=own_token,
        new_email=new_email,
        new_token=sign_up_token,
        api_token=(await add_api_token(world.supervisor, "tasks:read"))[0],
        project_token=(await add_project_token(world.supervisor, world.project))[0],
        schedule=schedule,
        other_schedule=other_schedule,
        scheduled=run["task_id"],
        limit=await add_limit(world.supervisor, world.project, "many lints"),
        other_limit=await add_limit(world.supervisor, world.project, "more lints"),
    )


async def add_schedule(person: Actor, project: UUID, name: str) -> str:
    """A schedule that is not due; its id."""
    task = {"kind": "report", "title": "Report"}
    said = {"name": name, "cron": "0 3 1 1 *", "time_zone": "Europe/Berlin", "task": task}
    return (await person.call("create_schedule", project_id=project, schedule=said))["id"]


async def add_limit(person: Actor, project: UUID, name: str) -> str:
    """A limit that is far away; its id."""
    said = {"name": name, "scope": "kind", "kind": "lint", "max_running": 1000}
    return (await person.call("create_limit", project_id=project, limit=said))["id"]


async def add_artifact(agent: Actor, task: Any, name: str) -> str:
    """An artifact of a held task without a byte; its id."""
    lease = {"task_id": UUID(task["id"]), "lease_token": task["lease_token"], "name": name}
    blob = await agent.call("begin_artifact", **lease)
    empty = {"media_type": "text/plain", "size_bytes": 0, "sha256": hashlib.sha256().hexdigest()}
    return (await agent.call("store_artifact", **lease, blob_id=UUID(blob), **empty))["id"]


async def add_registration_token(person: Actor, project: UUID, uses: int = 1) -> tuple[str, str]:
    """A registration token of a project: its id and its text."""
    made = new_token("reg")
    told = await person.call(
        "create_registration_token",
        name="fleet",
        project_ids=[project],
        capabilities=["code-review"],
        max_uses=uses,
        expires_in_hours=1,
        key_id=made.id,
        key_hash=made.hash,
    )
    return told["id"], made.text


async def add_invitation(
    person: Actor,
    email: str,
    *,
    role: str = "viewer",
    team: UUID | None = None,
    project: UUID | None = None,
    days: int = 7,
) -> tuple[Any, str]:
    """An invitation and its token."""
    token = new_token("inv")
    invitation = await person.call(
        "create_invitation",
        email=email,
        role=role,
        team_id=team,
        project_id=project,
        expires_in_days=days,
        token_id=token.id,
        token_hash=token.hash,
    )
    return invitation, token.text


async def add_secret(person: Actor, project: UUID | None, team: UUID | None = None) -> None:
    """A secret of the name npm that no key opens."""
    value = {"kind": "registry", "key_id": "none", "sealed": b"sealed"}
    await person.call("set_secret", project_id=project, team_id=team, name="npm", **value)


async def add_api_token(person: Actor, *scopes: str, days: int | None = 90) -> tuple[str, str]:
    """A token of a person within these scopes: its id and its text."""
    made = new_token("api")
    kept = {"key_id": made.id, "key_hash": made.hash, "expires_in_days": days}
    told = await person.call("create_api_token", name="ci", scopes=list(scopes), **kept)
    return told["id"], made.text


async def add_project_token(person: Actor, project: UUID, days: int | None = 90) -> tuple[str, str]:
    """A token of a project: its id and its text."""
    made = new_token("prj")
    kept = {"key_id": made.id, "key_hash": made.hash, "expires_in_days": days}
    told = await person.call("create_project_token", project_id=project, name="ci", **kept)
    return told["id"], made.text


async def add_repository(
    person: Actor, project: UUID, *, external_id: int = REPOSITORY_ID, full_name: str = REPOSITORY
) -> dict[str, str]:
    """A repository that webhooks can speak of."""
    return await person.call(
        "create_repository",
        project_id=project,
        forge="github",
        external_id=str(external_id),
        full_name=full_name,
        clone_url=f"https://github.test/{full_name}.git",
    )
