"""The SQL of dead letters, one typed call each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.tasks.dead_letter_models import DeadLetter, Requeue, Requeued, RequeueOne
from control_plane.domains.tasks.models import Task
from control_plane.platform.model import Page


async def list_dead_letters(
    db: Session,
    *,
    project_id: UUID | None,
    kind: str | None,
    error_code: str | None,
    since: datetime | None,
    limit: int,
    cursor: UUID | None,
) -> Page[DeadLetter]:
    """Tasks that failed for good, newest first."""
    return await db.page(
        DeadLetter,
        "list_dead_letters",
        "id",
        limit=limit,
        before=cursor,
        project_id=project_id,
        kind=kind,
        error_code=error_code,
        since=since,
    )


async def requeue_task(db: Session, task_id: UUID, wanted: RequeueOne) -> Task:
    """Put a failed or blocked task back."""
    return await db.one(Task, "requeue_task", task_id=task_id, cascade=wanted.cascade)


async def requeue_tasks(db: Session, wanted: Requeue) -> Requeued:
    """Put failed or blocked tasks back, all or none."""
    chosen = wanted.filter.model_dump(mode="json") if wanted.filter else None
    return await db.one(Requeued, "requeue_tasks", task_ids=wanted.task_ids, filter=chosen)
