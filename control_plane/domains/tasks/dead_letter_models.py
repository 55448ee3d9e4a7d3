"""Tasks that failed for good, and what puts them back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from control_plane.domains.tasks.models import Attempt, Kind
from control_plane.platform.model import Body, Json, Model, PriorityName

ErrorCode = Annotated[str, Field(min_length=1, max_length=100)]


class DeadLetter(Model):
    """A task that failed for good, and how each attempt at it ended."""

    id: UUID
    project_id: UUID
    kind: str
    title: str
    priority: PriorityName
    tags: list[str]
    attempt: int
    retry_count: int
    max_retries: int
    last_error: Json | None
    version: int
    created_at: datetime
    finished_at: datetime | None
    attempts: list[Attempt]


class DeadLetterFilter(Body):
    """Which of a project's failed tasks."""

    project_id: UUID
    kind: Kind | None = None
    error_code: ErrorCode | None = None
    failed_after: AwareDatetime | None = None
    failed_before: AwareDatetime | None = None


class Requeue(Body):
    """The tasks that should be tried again: failed or blocked ones by name, or failed ones by a filter."""

    task_ids: Annotated[list[UUID] | None, Field(min_length=1, max_length=1000)] = None
    filter: DeadLetterFilter | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.task_ids is None) == (self.filter is None):
            raise ValueError("send task_ids, or a filter")
        return self


class RequeueOne(Body):
    """Whether what failed with the task is tried again, too."""

    cascade: bool = False


class Requeued(Model):
    """What was put back; `more` when there are others like it, to be asked for again."""

    requeued: int
    task_ids: list[UUID]
    more: bool
