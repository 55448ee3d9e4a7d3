"""A project with one of everything, for tests that walk over all routes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tests.support.api import give_password
from tests.support.world import Actor, World

REPOSITORY = "acme/parcel-rates"
REPOSITORY_ID = 4711


@dataclass(frozen=True)
class Scene:
    """Ids of what there is. `leased` is held by the agent, with `lease_token`."""

    project: str
    email: str
    agent: str
    service: str
    substitute: str
    repository: str
    waiting: str
    leased: str
    lease_token: int


async def build_scene(world: World) -> Scene:
    """One of everything in the world's first project."""
    substitute = await world.service("substitute", "10.00")
    service = await world.service("model", "1.00", substitute)
    leased = await world.claimed(title="Leased", kind="lint")
    waiting = await world.task(title="Waiting")
    return Scene(
        project=str(world.project),
        email=await give_password(world.supervisor, world.owner),
        agent=str(world.agent.id),
        service=service["id"],
        substitute=substitute["id"],
        repository=(await add_repository(world.supervisor, world.project))["id"],
        waiting=waiting["id"],
        leased=leased["id"],
        lease_token=leased["lease_token"],
    )


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
