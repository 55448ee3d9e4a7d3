"""Routes of limits: how much may run at once, and how fast."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.session import Session
from control_plane.domains.limits import queries
from control_plane.domains.limits.models import CreateLimit, Limit, UpdateLimit, Waits
from control_plane.http import paging
from control_plane.http.etag import TAGGED, IfMatch, wanted_version
from control_plane.http.scopes import scope
from control_plane.platform.model import Page


class LimitController(Controller):
    """Limits of projects, of kinds and of concurrency keys. They hold from the next claim on."""

    path = "/api/limits"
    tags = ("limits",)

    @post(operation_id="createLimit", opt=scope("projects:write"), **TAGGED)
    async def create_limit(self, data: JSONBody[CreateLimit], db: NamedDependency[Session]) -> Limit:
        """Say how many tasks may run at once, or begin in a span of time. What runs already goes on."""
        return await queries.create_limit(db, data)

    @get(operation_id="listLimits", opt=scope("tasks:read"))
    async def list_limits(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        limit: paging.Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Limit]:
        """Limits of your projects, or of one of them."""
        return await queries.list_limits(db, project_id, limit=limit, cursor=cursor)

    @get("/{limit_id:uuid}", operation_id="readLimit", opt=scope("tasks:read"), **TAGGED)
    async def read_limit(self, limit_id: FromPath[UUID], db: NamedDependency[Session]) -> Limit:
        """One limit."""
        return await queries.read_limit(db, limit_id)

    @put("/{limit_id:uuid}", operation_id="updateLimit", opt=scope("projects:write"), **TAGGED)
    async def update_limit(
        self,
        limit_id: FromPath[UUID],
        data: JSONBody[UpdateLimit],
        db: NamedDependency[Session],
        if_match: IfMatch = None,
    ) -> Limit:
        """Change what is sent of a limit; the rest stays. The next claim obeys, what runs goes on."""
        return await queries.update_limit(db, limit_id, data, wanted_version(if_match))

    @delete("/{limit_id:uuid}", operation_id="deleteLimit", opt=scope("projects:write"))
    async def delete_limit(self, limit_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Count no more: what waited for room may be claimed."""
        await queries.delete_limit(db, limit_id)


class TaskWaitController(Controller):
    """Why a task does not run."""

    path = "/api/tasks"
    tags = ("limits",)

    @get("/{task_id:uuid}/waits", operation_id="readTaskWaits", opt=scope("tasks:read"))
    async def read_waits(self, task_id: FromPath[UUID], db: NamedDependency[Session]) -> Waits:
        """What a pending task waits for: other tasks, a time, or room under a limit. Empty: for an agent."""
        return await queries.explain_wait(db, task_id)
