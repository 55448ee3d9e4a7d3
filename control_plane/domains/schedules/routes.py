"""Routes of schedules: work that comes again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, SkipValidation

from control_plane.db.session import Session
from control_plane.domains.schedules import queries, service
from control_plane.domains.schedules.models import (
    CreateSchedule,
    ListedRun,
    Preview,
    Schedule,
    ScheduleRun,
    UpdateSchedule,
)
from control_plane.http.etag import TAGGED, IfMatch, wanted_version
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.platform.model import Page

CronQuery = Annotated[
    str,
    QueryParameter(
        min_length=9,
        max_length=200,
        description="Five fields: minute hour day month weekday, as in a crontab.",
    ),
]
ZoneQuery = Annotated[
    str, QueryParameter(min_length=1, max_length=100, description="As IANA names it, such as Europe/Berlin.")
]
Count = Annotated[int, QueryParameter(ge=1, le=100, description="How many.")]


class ScheduleController(Controller):
    """Schedules: a cron expression in a time zone, and the task that it makes."""

    path = "/api/schedules"
    tags = ("schedules",)

    @post(operation_id="createSchedule", opt=scope("tasks:write"), **TAGGED)
    async def create_schedule(
        self,
        data: JSONBody[CreateSchedule],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> Schedule:
        """Say when a project wants which task. It runs from its next instant on."""
        return await service.create(db, kind_checks, data)

    @get(operation_id="listSchedules", opt=scope("tasks:read"))
    async def list_schedules(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Schedule]:
        """Schedules of your projects, or of one of them."""
        return await service.list_all(db, project_id, limit=limit, cursor=cursor)

    @get("/preview", operation_id="previewSchedule", opt=scope("tasks:read"))
    async def preview_schedule(
        self,
        db: NamedDependency[Session],
        cron: CronQuery,
        time_zone: ZoneQuery = "UTC",
        count: Count = 5,
    ) -> Preview:
        """The next instants of a cron expression in a zone. Nothing is made."""
        return await service.preview(db, cron, time_zone, count)

    @get("/{schedule_id:uuid}", operation_id="readSchedule", opt=scope("tasks:read"), **TAGGED)
    async def read_schedule(self, schedule_id: FromPath[UUID], db: NamedDependency[Session]) -> Schedule:
        """One schedule."""
        return await service.read(db, schedule_id)

    @put("/{schedule_id:uuid}", operation_id="updateSchedule", opt=scope("tasks:write"), **TAGGED)
    async def update_schedule(
        self,
        schedule_id: FromPath[UUID],
        data: JSONBody[UpdateSchedule],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
        if_match: IfMatch = None,
    ) -> Schedule:
        """Change what is sent of a schedule; the rest stays. Other times hold from now on."""
        return await service.update(db, kind_checks, schedule_id, data, wanted_version(if_match))

    @delete("/{schedule_id:uuid}", operation_id="deleteSchedule", opt=scope("tasks:write"))
    async def delete_schedule(self, schedule_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Forget a schedule and the list of its runs. The tasks that it made stay."""
        await queries.delete_schedule(db, schedule_id)

    @post(
        "/{schedule_id:uuid}/pause", operation_id="pauseSchedule", status_code=200, opt=scope("tasks:write")
    )
    async def pause_schedule(self, schedule_id: FromPath[UUID], db: NamedDependency[Session]) -> Schedule:
        """Let it run no more until it is resumed."""
        return await service.pause(db, schedule_id)

    @post(
        "/{schedule_id:uuid}/resume", operation_id="resumeSchedule", status_code=200, opt=scope("tasks:write")
    )
    async def resume_schedule(self, schedule_id: FromPath[UUID], db: NamedDependency[Session]) -> Schedule:
        """Let it run again, from its next instant on: nothing of the pause is made up for."""
        return await service.resume(db, schedule_id)

    @post("/{schedule_id:uuid}/run-now", operation_id="runSchedule", opt=scope("tasks:write"))
    async def run_schedule(
        self,
        schedule_id: FromPath[UUID],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> ScheduleRun:
        """Create a task of it now, paused or not, whatever still runs. Its own times stay as they are."""
        return await service.run_now(db, kind_checks, schedule_id)

    @get("/{schedule_id:uuid}/runs", operation_id="listScheduleRuns", opt=scope("tasks:read"))
    async def list_runs(
        self,
        schedule_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[ListedRun]:
        """What became of its instants, newest first, with the tasks that they made."""
        return await queries.list_runs(db, schedule_id, limit=limit, cursor=cursor)


class TaskScheduleController(Controller):
    """Which schedule made a task."""

    path = "/api/tasks"
    tags = ("schedules",)

    @get("/{task_id:uuid}/schedule", operation_id="readTaskSchedule", opt=scope("tasks:read"))
    async def read_task_schedule(self, task_id: FromPath[UUID], db: NamedDependency[Session]) -> ScheduleRun:
        """Which schedule made a task, and the instant that it stands for. 404 when none did."""
        return await queries.read_task_schedule(db, task_id)
