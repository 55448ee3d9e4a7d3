"""Work that comes again: the models and the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from devos_sdk._area import HttpArea, given
from devos_sdk._models import Model, Page
from devos_sdk._portal import M, Verb


class Schedule(Model):
    """When a project wants which task: a cron expression in a time zone."""

    id: str
    project_id: str
    name: str
    cron: str
    time_zone: str
    missed_runs: str = "run_once"
    overlap: str = "skip"
    task: dict[str, Any] = Field(default_factory=dict[str, Any])
    is_paused: bool = False
    next_run_at: datetime | None = None
    last_run_at: datetime | None = None
    last_outcome: str | None = None
    failures: int = 0
    version: int
    created_at: datetime


class ScheduleRun(Model):
    """What became of one instant of a schedule: created, skipped, missed or failed."""

    id: str
    schedule_id: str
    scheduled_for: datetime
    outcome: str
    task_id: str | None = None
    task_state: str | None = None
    reason: str | None = None
    missed_until: datetime | None = None
    is_manual: bool = False


class SchedulePreview(Model):
    """The next instants of a cron expression, as its zone writes them."""

    cron: str
    time_zone: str
    next_runs: list[datetime]


class Schedules(HttpArea[M]):
    """Tasks that come again."""

    @Verb
    async def create(
        self,
        name: str,
        *,
        project_id: str,
        cron: str,
        task: Mapping[str, Any],
        time_zone: str | None = None,
        missed_runs: str | None = None,
        overlap: str | None = None,
        idempotency_key: str | None = None,
    ) -> Schedule:
        """Say when a project wants which task: `{"kind": …, "title": …, "input": …}` and so on.

        `cron` has five fields, and is meant in the `time_zone`, UTC unless you name one.
        """
        body = {
            "name": name,
            "project_id": project_id,
            "cron": cron,
            "time_zone": time_zone,
            "missed_runs": missed_runs,
            "overlap": overlap,
            "task": task,
        }
        return await self._http.post(Schedule, "/api/schedules", given(body), key=idempotency_key)

    @Verb
    async def list(
        self, *, project_id: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Schedule]:
        """Schedules of your projects, one page."""
        return await self._http.get(
            Page[Schedule], "/api/schedules", project_id=project_id, limit=limit, cursor=cursor
        )

    @Verb
    async def get(self, schedule_id: str) -> Schedule:
        """One schedule."""
        return await self._http.get(Schedule, f"/api/schedules/{schedule_id}")

    @Verb
    async def update(
        self,
        schedule_id: str,
        *,
        name: str | None = None,
        cron: str | None = None,
        time_zone: str | None = None,
        missed_runs: str | None = None,
        overlap: str | None = None,
        task: Mapping[str, Any] | None = None,
        version: int | None = None,
    ) -> Schedule:
        """Change what you say; with a `version`, only if nobody else has edited it since."""
        changes = {
            "name": name,
            "cron": cron,
            "time_zone": time_zone,
            "missed_runs": missed_runs,
            "overlap": overlap,
            "task": task,
        }
        path = f"/api/schedules/{schedule_id}"
        return await self._http.put(Schedule, path, given(changes), version=version)

    @Verb
    async def delete(self, schedule_id: str) -> None:
        """Forget a schedule. The tasks that it made stay."""
        await self._http.delete(f"/api/schedules/{schedule_id}")

    @Verb
    async def pause(self, schedule_id: str) -> Schedule:
        """Let it run no more until it is resumed."""
        return await self._http.post(Schedule, f"/api/schedules/{schedule_id}/pause", {})

    @Verb
    async def resume(self, schedule_id: str) -> Schedule:
        """Let it run again, from its next instant on."""
        return await self._http.post(Schedule, f"/api/schedules/{schedule_id}/resume", {})

    @Verb
    async def run(self, schedule_id: str, *, idempotency_key: str | None = None) -> ScheduleRun:
        """Create a task of it now. Its own times stay as they are."""
        return await self._http.post(
            ScheduleRun, f"/api/schedules/{schedule_id}/run-now", {}, key=idempotency_key
        )

    @Verb
    async def runs(
        self, schedule_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[ScheduleRun]:
        """What became of its instants, newest first, with the tasks that they made."""
        path = f"/api/schedules/{schedule_id}/runs"
        return await self._http.get(Page[ScheduleRun], path, limit=limit, cursor=cursor)

    @Verb
    async def preview(
        self, cron: str, *, time_zone: str | None = None, count: int | None = None
    ) -> SchedulePreview:
        """The next instants of a cron expression. Nothing is made."""
        path = "/api/schedules/preview"
        return await self._http.get(SchedulePreview, path, cron=cron, time_zone=time_zone, count=count)

    @Verb
    async def of_task(self, task_id: str) -> ScheduleRun:
        """Which schedule made a task, and the instant that it stands for."""
        return await self._http.get(ScheduleRun, f"/api/tasks/{task_id}/schedule")
