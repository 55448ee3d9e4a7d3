"""What people ask of tasks: lists of them, and changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from control_plane.domains.tasks.models import FIRST, LAST, Fraction, RetryPolicy, Tag, TaskError, TaskState
from control_plane.platform.model import (
    Artifacts,
    Body,
    Capability,
    ConcurrencyKey,
    Criteria,
    Json,
    LeaseToken,
    Model,
    PriorityName,
    TimeoutSeconds,
)

_MAY_BE_EMPTY = {"assigned_agent_id", "concurrency_key", "timeout_seconds"}


class TaskSummary(Model):
    """A task as lists show it: without its description, input, output and checkpoint, which may be large."""

    id: UUID
    project_id: UUID
    kind: str
    title: str
    state: TaskState
    priority: PriorityName
    tags: list[str]
    progress: Fraction
    progress_note: str | None
    attempt: int
    retry_count: int
    max_retries: int
    last_error: Json | None
    blocked_reason: str | None
    run_at: datetime
    agent_id: UUID | None
    assigned_agent_id: UUID | None
    parent_task_id: UUID | None
    lease_expires_at: datetime | None
    cancel_requested_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class TaskCount(Model):
    """How many tasks of a kind are in a state; with `more`, there are more than were counted."""

    kind: str
    state: TaskState
    count: int
    more: bool


class TaskCounts(Model):
    """The tasks of a project, counted."""

    items: list[TaskCount]


class UpdateTask(Body):
    """What may be changed while a task waits. What is left out stays as it is."""

    title: Annotated[str | None, Field(min_length=1, max_length=500)] = None
    description: Annotated[str | None, Field(max_length=65536)] = None
    priority: PriorityName | None = None
    required_capabilities: Annotated[list[Capability] | None, Field(max_length=100)] = None
    assigned_agent_id: UUID | None = None
    concurrency_key: ConcurrencyKey | None = None
    input: Json | None = None
    max_retries: Annotated[int | None, Field(ge=0, le=100)] = None
    retry_policy: RetryPolicy | None = None
    timeout_seconds: TimeoutSeconds | None = None
    run_at: Annotated[AwareDatetime | None, Field(ge=FIRST, le=LAST)] = None
    tags: Annotated[list[Tag] | None, Field(max_length=50)] = None
    related_task_ids: Annotated[list[UUID] | None, Field(max_length=100)] = None
    resource_requirements: Json | None = None
    expected_artifacts: Artifacts | None = None
    acceptance: Criteria | None = None

    @model_validator(mode="after")
    def _null_is_for_what_may_be_empty(self) -> Self:
        for name in self.model_fields_set - _MAY_BE_EMPTY:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null; leave it out to keep it as it is")
        return self

    def changes(self) -> dict[str, Any]:
        """What was sent, as SQL names it."""
        sent = self.model_dump(mode="json", exclude_unset=True)
        if self.priority is not None:
            sent["priority"] = int(self.priority)
        if self.retry_policy is not None:
            policy = sent.pop("retry_policy")
            sent |= {f"retry_{name}": value for name, value in policy.items()}
        return sent


class UpdateStatus(Body):
    """How a task should go on, or how it ended. An agent names the lease it holds; people have none."""

    status: Literal["completed", "failed", "cancelled", "pending"]
    lease_token: LeaseToken | None = None
    output: Json | None = None
    error: TaskError | None = None
