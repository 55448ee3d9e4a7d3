"""Routes of the queue, for people who look after it."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from control_plane.db.session import Session
from control_plane.domains.queue import queries
from control_plane.domains.queue.models import QueueStatus
from control_plane.http.scopes import scope


class QueueController(Controller):
    """The queue as a whole."""

    path = "/api/queue"
    tags = ("tasks",)

    @get(operation_id="readQueue", opt=scope("tasks:read"))
    async def read_queue(
        self, db: NamedDependency[Session], project_id: FromQuery[UUID | None] = None
    ) -> QueueStatus:
        """What waits, runs, is blocked or has failed, in all and by kind, and what was done lately."""
        return await queries.read_queue(db, project_id)
