"""Routes of what tasks log: agents write it, people read it, while the task runs and after."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from control_plane.db.session import Session
from control_plane.domains.logs import queries
from control_plane.domains.logs.models import Level, LogLine, NewLogLines, Order, ProjectLogLine, StoredLogs
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, scope
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings

_Cursor = Annotated[
    int | None, QueryParameter(ge=0, lt=2**62, description="The `next_cursor` of the page before.")
]
_After = Annotated[
    int, QueryParameter(ge=0, lt=2**62, description="Only lines after the one with this id: to follow a log.")
]
_Level = Annotated[Level | None, QueryParameter(description="Lines of this level and above.")]
_Search = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=200, description="Lines with this text in them, in any case."),
]
_Attempt = Annotated[int | None, QueryParameter(ge=1, lt=2**31, description="Lines of this attempt.")]
_Since = Annotated[datetime | None, QueryParameter(description="Lines from this moment on.")]
_Until = Annotated[datetime | None, QueryParameter(description="Lines before this moment.")]


class TaskLogController(Controller):
    """The log of a task."""

    path = "/api/tasks"
    tags = ("tasks",)

    @get("/{task_id:uuid}/logs", operation_id="listTaskLogs", opt=scope("tasks:read"))
    async def list_task_logs(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        after: _After = 0,
        level: _Level = None,
        attempt: _Attempt = None,
        search: _Search = None,
        order: FromQuery[Order] = "asc",
        limit: Limit = 100,
        cursor: _Cursor = None,
    ) -> Page[LogLine]:
        """What the handlers of a task wrote, in order; `order=desc` begins with the newest."""
        return await queries.list_task_logs(
            db,
            task_id,
            after=after,
            level=level,
            attempt=attempt,
            search=search,
            order=order,
            limit=limit,
            cursor=cursor,
        )

    @post("/{task_id:uuid}/logs", operation_id="writeTaskLogs", status_code=200, opt=AGENT)
    async def write_task_logs(
        self,
        task_id: FromPath[UUID],
        data: JSONBody[NewLogLines],
        db: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> StoredLogs:
        """Append log lines to a leased task. When its log is full they are counted instead."""
        return await queries.write_task_logs(db, task_id, data, settings)


class ProjectLogController(Controller):
    """The logs of all tasks of a project."""

    path = "/api/logs"
    tags = ("tasks",)

    @get(operation_id="listLogs", opt=scope("tasks:read"))
    async def list_logs(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID],
        level: _Level = None,
        since: _Since = None,
        until: _Until = None,
        limit: Limit = 100,
        cursor: _Cursor = None,
    ) -> Page[ProjectLogLine]:
        """What the handlers of a project's tasks wrote, newest first."""
        return await queries.list_logs(
            db, project_id, level=level, since=since, until=until, limit=limit, cursor=cursor
        )
