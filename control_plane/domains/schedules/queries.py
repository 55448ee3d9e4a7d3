"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import Session
from control_plane.domains.schedules.firing import Firing
from control_plane.domains.schedules.models import (
    CreateSchedule,
    DueSchedule,
    ListedRun,
    Schedule,
    ScheduleRun,
    UpdateSchedule,
)
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Page

_TIME = TypeAdapter(datetime)


async def create_schedule(db: Session, schedule: CreateSchedule) -> Schedule:
    """Say when a project wants which task."""
    return await db.one(
        Schedule, "create_schedule", project_id=schedule.project_id, schedule=schedule.stored()
    )


async def list_schedules(
    db: Session, project_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Schedule]:
    """Schedules of the caller's projects."""
    return await db.page(Schedule, "list_schedules", "id", limit=limit, after=cursor, project_id=project_id)


async def read_schedule(db: Session, schedule_id: UUID) -> Schedule:
    """One schedule."""
    return await db.one(Schedule, "read_schedule", schedule_id=schedule_id)


async def peek_schedule(db: Session, schedule_id: UUID) -> Schedule | None:
    """A schedule before something is done to it, which tells whoever does not see it. Kept under no key."""
    try:
        (row,) = await db.database.call_as(db.caller, Call("read_schedule", schedule_id=schedule_id))
    except DomainError as refused:
        if refused.status != 404:
            raise
        return None
    return Schedule.model_validate(read_json(row))


async def require_creation(db: Session, project_id: UUID) -> None:
    """Refuse whoever may not create tasks there. Kept under no Idempotency-Key."""
    await db.database.call_as(db.caller, Call("require_creation", project_ids=[project_id]))


async def update_schedule(
    db: Session, schedule_id: UUID, schedule: UpdateSchedule, version: int | None
) -> Schedule:
    """Change what was sent, if it is still the version that the caller knows."""
    changes = schedule.changes()
    return await db.one(
        Schedule, "update_schedule", schedule_id=schedule_id, changes=changes, version=version
    )


async def delete_schedule(db: Session, schedule_id: UUID) -> None:
    """Forget a schedule; its tasks stay."""
    await db.value("delete_schedule", schedule_id=schedule_id)


async def pause_schedule(db: Session, schedule_id: UUID) -> Schedule:
    """Let it run no more."""
    return await db.one(Schedule, "pause_schedule", schedule_id=schedule_id)


async def resume_schedule(db: Session, schedule_id: UUID) -> Schedule:
    """Let it run again, from its next instant on."""
    return await db.one(Schedule, "resume_schedule", schedule_id=schedule_id)


async def run_schedule(db: Session, schedule_id: UUID) -> ScheduleRun:
    """Create a task of it now."""
    return await db.one(ScheduleRun, "run_schedule", schedule_id=schedule_id)


async def list_runs(db: Session, schedule_id: UUID, *, limit: int, cursor: UUID | None) -> Page[ListedRun]:
    """What became of its instants, newest first."""
    return await db.page(
        ListedRun, "list_schedule_runs", "id", limit=limit, after=cursor, schedule_id=schedule_id
    )


async def read_task_schedule(db: Session, task_id: UUID) -> ScheduleRun:
    """Which schedule made a task, and for when."""
    return await db.one(ScheduleRun, "read_task_schedule", task_id=task_id)


async def read_clock(db: Session) -> datetime:
    """What time it is."""
    return _TIME.validate_python(await db.value("read_clock"))


async def due_schedules(worker: Database, limit: int) -> list[DueSchedule]:
    """What has to be fired or planned now, for the worker."""
    rows = await worker.call(Call("private.due_schedules", limit=limit))
    return [DueSchedule.model_validate(read_json(row)) for row in rows]


async def fire_schedule(
    worker: Database, due: DueSchedule, firing: Firing, refused: str | None = None
) -> str:
    """Let a schedule run for an instant and plan the next, in one transaction; what it came to."""
    call = Call(
        "private.fire_schedule",
        id=due.id,
        version=due.version,
        seen=due.next_run_at,
        scheduled_for=firing.scheduled_for,
        next=firing.next_run_at,
        refused=refused,
    )
    return read_json((await worker.call(call))[0])
