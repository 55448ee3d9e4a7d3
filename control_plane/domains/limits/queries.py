"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.limits.models import CreateLimit, Limit, UpdateLimit, Waits
from control_plane.platform.model import Page


async def create_limit(db: Session, limit: CreateLimit) -> Limit:
    """Say how much may run."""
    return await db.one(Limit, "create_limit", project_id=limit.project_id, limit=limit.stored())


async def list_limits(
    db: Session, project_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Limit]:
    """Limits of the caller's projects."""
    return await db.page(Limit, "list_limits", "id", limit=limit, after=cursor, project_id=project_id)


async def read_limit(db: Session, limit_id: UUID) -> Limit:
    """One limit."""
    return await db.one(Limit, "read_limit", limit_id=limit_id)


async def update_limit(db: Session, limit_id: UUID, limit: UpdateLimit, version: int | None) -> Limit:
    """Change what was sent, if it is still the version that the caller knows."""
    changes = limit.changes()
    return await db.one(Limit, "update_limit", limit_id=limit_id, changes=changes, version=version)


async def delete_limit(db: Session, limit_id: UUID) -> None:
    """Count no more."""
    await db.value("delete_limit", limit_id=limit_id)


async def explain_wait(db: Session, task_id: UUID) -> Waits:
    """What a task waits for."""
    return Waits.model_validate({"items": await db.value("explain_wait", task_id=task_id)})
