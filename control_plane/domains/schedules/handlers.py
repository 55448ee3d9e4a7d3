"""What the worker does for this domain: fire what is due, and plan what comes next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import structlog

from control_plane.db.pool import Database
from control_plane.domains.schedules import queries
from control_plane.domains.schedules.cron import Cron, CronError
from control_plane.domains.schedules.firing import Firing, decide
from control_plane.domains.schedules.models import DueSchedule
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Json

_BATCH = 50
_log = structlog.get_logger()


class InputChecks(Protocol):
    """What the kinds of projects say of inputs."""

    async def check_inputs(self, items: Sequence[tuple[UUID, str, Json]]) -> list[dict[str, object]]:
        """What is wrong with inputs (project, kind, input)."""
        ...


class ScheduleHandlers:
    """The job of this domain. It may run twice, in two processes too: the database makes each run once."""

    def __init__(self, worker: Database, kinds: InputChecks) -> None:
        self._worker = worker
        self._kinds = kinds

    async def fire_due(self) -> bool:
        """Fire what is due, one instant of each schedule; whether there is more."""
        due = await queries.due_schedules(self._worker, _BATCH)
        moved = await asyncio.gather(*(self._fire_one(schedule) for schedule in due))
        # What did not move is tried again later, and keeps nobody busy.
        return any(moved)

    async def _fire_one(self, due: DueSchedule) -> bool:
        try:
            outcome = await self._fire(due)
        except DomainError as exc:
            _log.warning("a schedule was not fired", schedule=str(due.id), code=exc.code)
            return False
        except Exception:  # noqa: BLE001 - one broken schedule must not keep all others
            _log.exception("a schedule was not fired", schedule=str(due.id))
            return False
        return outcome != "stale"

    async def _fire(self, due: DueSchedule) -> str:
        try:
            firing = _firing(due)
        except CronError as exc:
            # A zone that is gone, or what was written past the API: it has no next run.
            nothing = Firing(due.next_run_at, None)
            return await queries.fire_schedule(self._worker, due, nothing, refused=str(exc))
        refused = None if firing.scheduled_for is None else await self._complaint(due)
        try:
            return await queries.fire_schedule(self._worker, due, firing, refused)
        except DomainError as exc:
            if exc.status >= 500:
                raise
            # Creation refused it, and undid everything: the run has failed.
            return await queries.fire_schedule(self._worker, due, firing, refused=f"{exc.code}: {exc}")

    async def _complaint(self, due: DueSchedule) -> str | None:
        kind, value = due.task["kind"], due.task.get("input", {})
        errors = await self._kinds.check_inputs([(due.project_id, kind, value)])
        if not errors:
            return None
        told = (f"{error['pointer'] or '/'}: {error['message']}" for error in errors[:3])
        return "input_invalid: " + "; ".join(told)


def _firing(due: DueSchedule) -> Firing:
    cron = Cron(due.cron, due.time_zone)
    if due.next_run_at is None:
        return Firing(None, cron.next(due.planned_from))
    return decide(cron, due.missed_runs, due.next_run_at, due.read_at)
