"""Taking in schedules that mean something, and saying when they run next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Protocol
from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.schedules import queries
from control_plane.domains.schedules.cron import Cron, CronError
from control_plane.domains.schedules.models import (
    CreateSchedule,
    Preview,
    Schedule,
    ScheduleRun,
    UpdateSchedule,
)
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Json, Page


class KindChecks(Protocol):
    """What the kinds of projects say of inputs."""

    async def check_inputs(self, items: Sequence[tuple[UUID, str, Json]]) -> list[dict[str, object]]:
        """What is wrong with inputs (project, kind, input): {index, pointer, message}."""
        ...


async def create(db: Session, kinds: KindChecks, wanted: CreateSchedule) -> Schedule:
    """Make a schedule whose times mean something and whose input fits its kind."""
    _cron(wanted.cron, wanted.time_zone)
    await _require_fitting(db, kinds, wanted.project_id, wanted.task.kind, wanted.task.input)
    return _planned(await queries.create_schedule(db, wanted))


async def update(
    db: Session, kinds: KindChecks, schedule_id: UUID, changes: UpdateSchedule, version: int | None
) -> Schedule:
    """Change a schedule; what it becomes has to mean something, too."""
    known = await queries.read_schedule(db, schedule_id)
    _cron(changes.cron or known.cron, changes.time_zone or known.time_zone)
    if changes.task is not None:
        await _require_fitting(db, kinds, known.project_id, changes.task.kind, changes.task.input)
    return _planned(await queries.update_schedule(db, schedule_id, changes, version))


async def run_now(db: Session, kinds: KindChecks, schedule_id: UUID) -> ScheduleRun:
    """Create a task of a schedule now, if its input still fits its kind."""
    known = await queries.peek_schedule(db, schedule_id)
    if known is not None:
        await _require_fitting(db, kinds, known.project_id, known.task["kind"], known.task.get("input", {}))
    return await queries.run_schedule(db, schedule_id)


async def read(db: Session, schedule_id: UUID) -> Schedule:
    """One schedule."""
    return _planned(await queries.read_schedule(db, schedule_id))


async def list_all(
    db: Session, project_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Schedule]:
    """Schedules of the caller's projects."""
    page = await queries.list_schedules(db, project_id, limit=limit, cursor=cursor)
    return page.model_copy(update={"items": [_planned(item) for item in page.items]})


async def pause(db: Session, schedule_id: UUID) -> Schedule:
    """Let a schedule run no more."""
    return await queries.pause_schedule(db, schedule_id)


async def resume(db: Session, schedule_id: UUID) -> Schedule:
    """Let a schedule run again."""
    return _planned(await queries.resume_schedule(db, schedule_id))


async def preview(db: Session, expression: str, time_zone: str, count: int) -> Preview:
    """The next instants of an expression."""
    cron = _cron(expression, time_zone)
    coming = islice(cron.after(await queries.read_clock(db)), count)
    return Preview(cron=expression, time_zone=time_zone, next_runs=[cron.shown(step) for step in coming])


def _cron(expression: str, time_zone: str) -> Cron:
    try:
        return Cron(expression, time_zone)
    except CronError as exc:
        raise DomainError(422, exc.code, str(exc), "Try it with GET /api/schedules/preview.") from exc


def _planned(schedule: Schedule) -> Schedule:
    """With its next run, also in the second before the worker has written it down."""
    if schedule.is_paused or schedule.next_run_at is not None:
        return schedule
    try:
        coming = Cron(schedule.cron, schedule.time_zone).next(schedule.planned_from)
    except CronError:
        # The worker says so, and pauses it.
        return schedule
    return schedule.model_copy(update={"next_run_at": coming})


async def _require_fitting(db: Session, kinds: KindChecks, project_id: UUID, kind: str, value: Json) -> None:
    errors = await kinds.check_inputs([(project_id, kind, value)])
    if not errors:
        return
    # Who may not create here learns nothing of what the project's kinds are like.
    await queries.require_creation(db, project_id)
    raise DomainError(
        422,
        "input_invalid",
        "; ".join(f"{error['pointer'] or '/'}: {error['message']}" for error in errors[:3]),
        "Read the schema with GET /api/kinds.",
        extra={"errors": errors},
    )
