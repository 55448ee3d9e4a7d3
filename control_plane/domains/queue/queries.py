"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.queue.models import QueueStatus


async def read_queue(db: Session, project_id: UUID | None) -> QueueStatus:
    """How the queue of a project, or of all that the caller sees, stands."""
    return await db.one(QueueStatus, "read_queue", project_id=project_id)
