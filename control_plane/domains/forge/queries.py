"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.caller import INTEGRATION
from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import Session
from control_plane.domains.forge.models import (
    CreateRepository,
    Delivery,
    Feedback,
    PostFeedback,
    QueuedFeedback,
    Repository,
    WebhookOutcome,
)
from control_plane.platform.model import Json, Page


async def create_repository(db: Session, repository: CreateRepository) -> Repository:
    """Say which project a repository belongs to."""
    return await db.one(Repository, "create_repository", **repository.model_dump())


async def list_repositories(
    db: Session, project_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Repository]:
    """Repositories of the caller's projects."""
    return await db.page(
        Repository, "list_repositories", "id", limit=limit, after=cursor, project_id=project_id
    )


async def receive_webhook(
    database: Database, *, delivery_id: str, event: str, repository_id: int, body: bytes
) -> WebhookOutcome:
    """Store a GitHub delivery whose signature was checked."""
    return await Session(database, INTEGRATION).one(
        WebhookOutcome,
        "receive_webhook",
        forge="github",
        delivery_id=delivery_id,
        event=event,
        repository_external_id=str(repository_id),
        body=body,
    )


async def post_feedback(db: Session, feedback: PostFeedback) -> Feedback:
    """Ask for feedback; the worker posts it."""
    content = feedback.model_dump(
        include={"body", "sha", "state", "context", "description"}, exclude_none=True
    )
    return await db.one(
        Feedback,
        "post_feedback",
        task_id=feedback.task_id,
        lease_token=feedback.lease_token,
        key=feedback.key,
        repository=feedback.repository,
        number=feedback.number,
        kind=feedback.kind,
        content=content,
    )


async def read_delivery(worker: Database, delivery_id: UUID) -> Delivery | None:
    """A stored delivery, for the worker."""
    rows = await worker.call(Call("private.read_delivery", id=delivery_id))
    return Delivery.model_validate(read_json(rows[0])) if rows else None


async def finish_delivery(
    worker: Database, delivery_id: UUID, state: str, *, reason: str | None = None, task: Json | None = None
) -> None:
    """Close a delivery and create the task it asks for, in one transaction."""
    await worker.call(Call("private.finish_delivery", id=delivery_id, state=state, reason=reason, task=task))


async def read_feedback(worker: Database, feedback_id: UUID) -> QueuedFeedback | None:
    """Feedback that waits to be posted, for the worker."""
    rows = await worker.call(Call("private.read_feedback", id=feedback_id))
    return QueuedFeedback.model_validate(read_json(rows[0])) if rows else None


async def finish_feedback(
    worker: Database,
    feedback_id: UUID,
    state: str,
    *,
    external_id: str | None = None,
    error: str | None = None,
) -> None:
    """Feedback was posted, or will never be."""
    await worker.call(
        Call("private.finish_feedback", id=feedback_id, state=state, external_id=external_id, error=error)
    )
