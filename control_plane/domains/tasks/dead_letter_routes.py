"""Routes of dead letters: to look at them, and to put them back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.session import Session
from control_plane.domains.tasks import dead_letter_queries as queries
from control_plane.domains.tasks.dead_letter_models import DeadLetter, Requeue, Requeued, RequeueOne
from control_plane.domains.tasks.models import Task
from control_plane.domains.tasks.ready import ReadyKinds
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.http.times import moment
from control_plane.platform.model import Page


class DeadLetterController(Controller):
    """Tasks that failed for good."""

    path = "/api/dead-letters"
    tags = ("tasks",)

    @get(operation_id="listDeadLetters", opt=scope("tasks:read"))
    async def list_dead_letters(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        kind: FromQuery[str | None] = None,
        error_code: FromQuery[str | None] = None,
        since: FromQuery[datetime | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[DeadLetter]:
        """Tasks that failed for good, newest first, each with its whole history."""
        return await queries.list_dead_letters(
            db,
            project_id=project_id,
            kind=kind,
            error_code=error_code,
            since=moment(since),
            limit=limit,
            cursor=cursor,
        )


class RequeueController(Controller):
    """Failed and blocked tasks that are tried again."""

    path = "/api/tasks"
    tags = ("tasks",)

    @post("/requeue", operation_id="requeueTasks", status_code=200, opt=scope("tasks:write"))
    async def requeue_tasks(self, data: JSONBody[Requeue], db: NamedDependency[Session]) -> Requeued:
        """Put failed or blocked tasks back with all their retries: up to 1,000 by name, all or none.

        Or, by a filter, the failed tasks of a project, 1,000 at a time; `more` says whether to ask again.
        """
        return await queries.requeue_tasks(db, data)

    @post("/{task_id:uuid}/requeue", operation_id="requeueTask", status_code=200, opt=scope("tasks:write"))
    async def requeue_task(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        ready: NamedDependency[ReadyKinds],
        data: JSONBody[RequeueOne | None] = None,
    ) -> Task:
        """Put a failed or blocked task back with all its retries; its history is kept.

        With `cascade`, what failed or was blocked because it failed goes back, too.
        """
        task = await queries.requeue_task(db, task_id, data or RequeueOne())
        ready.wake([task.kind])
        return task
