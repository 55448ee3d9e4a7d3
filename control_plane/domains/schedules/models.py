"""Schedules and their runs as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from control_plane.domains.schedules.firing import MissedRuns
from control_plane.platform.model import (
    Artifacts,
    Body,
    Capability,
    Criteria,
    Json,
    Model,
    PriorityName,
    TimeoutSeconds,
)

Overlap = Literal["skip", "queue", "cancel_previous"]
Outcome = Literal["created", "skipped", "missed", "failed"]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["nightly report"])]
CronText = Annotated[
    str,
    Field(
        min_length=9,
        max_length=200,
        examples=["30 6 * * MON-FRI"],
        description="Five fields: minute hour day month weekday, as in a crontab.",
    ),
]
ZoneName = Annotated[
    str,
    Field(min_length=1, max_length=100, examples=["Europe/Berlin"], description="As IANA names it."),
]
Missed = Annotated[
    MissedRuns,
    Field(description="Runs that nobody was there for: left out, one for all, or each, 100 at the most."),
]
Overlapping = Annotated[
    Overlap,
    Field(description="While the task of an earlier run has not ended: no new one, or both, or the new one."),
]


class Waits(Body):
    """How long a failed attempt waits: the base, then twice as long each time up to the cap."""

    base_seconds: Annotated[int, Field(ge=0, le=86_400)] = 2
    cap_seconds: Annotated[int, Field(ge=0, le=604_800)] = 600


class ScheduledTask(Body):
    """What a task of a schedule is like, in the words of the creation of tasks."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$", examples=["report"])]
    title: Annotated[str, Field(min_length=1, max_length=500)]
    description: Annotated[str | None, Field(max_length=65_536)] = None
    priority: PriorityName | None = None
    required_capabilities: Annotated[list[Capability] | None, Field(max_length=100)] = None
    input: Json = {}
    max_retries: Annotated[int | None, Field(ge=0, le=100)] = None
    retry_policy: Waits | None = None
    assigned_agent_id: UUID | None = None
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]] | None, Field(max_length=50)
    ] = None
    related_task_ids: Annotated[list[UUID] | None, Field(max_length=100)] = None
    timeout_seconds: TimeoutSeconds | None = None
    resource_requirements: Json | None = None
    expected_artifacts: Artifacts | None = None
    acceptance: Criteria | None = None
    concurrency_key: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class CreateSchedule(Body):
    """A new schedule."""

    project_id: UUID
    name: Name
    cron: CronText
    time_zone: ZoneName = "UTC"
    missed_runs: Missed = "run_once"
    overlap: Overlapping = "skip"
    task: ScheduledTask

    def stored(self) -> Json:
        """The schedule as SQL takes it. What the task does not say stays away: its kind may give it."""
        return {**self.model_dump(mode="json", exclude={"project_id", "task"}), "task": _task(self.task)}


class UpdateSchedule(Body):
    """What may be changed. What is left out stays as it is; a task is replaced as a whole."""

    name: Name | None = None
    cron: CronText | None = None
    time_zone: ZoneName | None = None
    missed_runs: Missed | None = None
    overlap: Overlapping | None = None
    task: ScheduledTask | None = None

    @model_validator(mode="after")
    def _nothing_is_null(self) -> Self:
        for name in self.model_fields_set:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null; leave it out to keep it as it is")
        return self

    def changes(self) -> Json:
        """What was sent, as SQL takes it."""
        sent = self.model_dump(mode="json", exclude_unset=True, exclude={"task"})
        return sent if self.task is None else {**sent, "task": _task(self.task)}


def _task(task: ScheduledTask) -> Json:
    return task.model_dump(mode="json", exclude_none=True)


class Schedule(Model):
    """When a project wants which task."""

    id: UUID
    project_id: UUID
    name: str
    cron: str
    time_zone: str
    missed_runs: Missed
    overlap: Overlapping
    task: Json
    is_paused: bool
    planned_from: Annotated[datetime, Field(description="The first run comes after this.")]
    next_run_at: datetime | None
    last_run_at: datetime | None
    last_outcome: Outcome | None
    failures: Annotated[int, Field(description="Failed runs one after the other; five pause the schedule.")]
    version: int
    created_at: datetime
    updated_at: datetime


class ScheduleRun(Model):
    """What became of one instant of a schedule."""

    id: UUID
    project_id: UUID
    schedule_id: UUID
    scheduled_for: datetime
    missed_until: Annotated[
        datetime | None, Field(description="Of missed runs: nothing ran from `scheduled_for` up to here.")
    ]
    outcome: Outcome
    reason: str | None
    is_manual: bool
    task_id: UUID | None
    created_at: datetime


class ListedRun(ScheduleRun):
    """A run in the list of a schedule, with how its task stands."""

    task_state: str | None


class Preview(Model):
    """The next instants of a cron expression, as its zone writes them."""

    cron: str
    time_zone: str
    next_runs: list[datetime]


class DueSchedule(Model):
    """A schedule whose run has come, or that has to be planned, and the time when it was read."""

    id: UUID
    project_id: UUID
    version: int
    cron: str
    time_zone: str
    missed_runs: MissedRuns
    task: Json
    planned_from: datetime
    next_run_at: datetime | None
    read_at: datetime
