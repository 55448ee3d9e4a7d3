"""Tasks, leases and attempts as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, PlainSerializer, RootModel, model_validator

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

TaskState = Literal["pending", "running", "needs_qa", "completed", "failed", "blocked", "cancelled"]
BlockedReason = Literal["budget", "policy", "ci", "approval"]
OnFailure = Literal["fail", "block", "ignore"]
Ref = Annotated[str, Field(min_length=1, max_length=100)]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$", examples=["code_review"])]
LeaseSeconds = Annotated[int, Field(ge=1, le=3600)]
WaitSeconds = Annotated[int, Field(ge=0, le=60)]
Tag = Annotated[str, Field(min_length=1, max_length=100)]
# What Postgres and Python both can write, with room for every time zone.
FIRST, LAST = datetime(2000, 1, 2, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
Fraction = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class NewDependency(Body):
    """A task to wait for, by its id or by the ref of an earlier item of the list; and if it fails."""

    task_id: UUID | None = None
    ref: Ref | None = None
    on_failure: OnFailure = "fail"

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.task_id is None) == (self.ref is None):
            raise ValueError("name a task_id, or a ref")
        return self


Dependencies = Annotated[list[UUID | NewDependency], Field(max_length=1000)]


class RetryPolicy(Body):
    """How long a failed attempt waits: the base, then twice as long each time up to the cap, with jitter."""

    base_seconds: Annotated[int, Field(ge=0, le=86400)] = 2
    cap_seconds: Annotated[int, Field(ge=0, le=604800)] = 600


# Made anew for each item: a plain [] would be copied the long way, for every field of every task of a list.
_NO_LIST: Any = Field(default_factory=list, json_schema_extra={"default": []})
_NO_OBJECT: Any = Field(default_factory=dict, json_schema_extra={"default": {}})


class Work(Body):
    """What a new task asks for."""

    kind: Kind
    title: Annotated[str, Field(min_length=1, max_length=500)]
    description: Annotated[str, Field(max_length=65536)] = ""
    priority: Annotated[
        PriorityName | None, Field(description="Unset: as its parent, its kind or the project has it.")
    ] = None
    required_capabilities: Annotated[list[Capability], Field(max_length=100)] = _NO_LIST
    input: Json = _NO_OBJECT
    max_retries: Annotated[
        int | None, Field(ge=0, le=100, description="Unset: as its kind or the project has it.")
    ] = None
    retry_policy: Annotated[RetryPolicy | None, Field(description="Unset: as its kind has it.")] = None
    assigned_agent_id: UUID | None = None
    run_at: Annotated[AwareDatetime | None, Field(ge=FIRST, le=LAST)] = None
    tags: Annotated[list[Tag], Field(max_length=50)] = _NO_LIST
    related_task_ids: Annotated[
        list[UUID], Field(max_length=100, description="Others of the project, to look at.")
    ] = _NO_LIST
    concurrency_key: Annotated[
        ConcurrencyKey | None,
        Field(description="What limits count it together with. Unset: as its kind has it."),
    ] = None
    timeout_seconds: Annotated[TimeoutSeconds | None, Field(description="Unset: as its kind has it.")] = None
    resource_requirements: Annotated[Json | None, Field(description="Unset: as its kind has it.")] = None
    expected_artifacts: Annotated[Artifacts | None, Field(description="Unset: as its kind has it.")] = None
    acceptance: Annotated[Criteria | None, Field(description="Unset: as its kind has it.")] = None

    def item(self, *, without: Iterable[str] = ()) -> Json:
        """The work as SQL takes it. What was not said stays away: its kind may give it, or its project."""
        item = self.model_dump(mode="json", exclude_unset=True, exclude={"retry_policy", *without})
        if self.retry_policy is not None:
            item |= {f"retry_{name}": value for name, value in self.retry_policy.model_dump().items()}
        return {**item, "priority": self.priority}


class CreateTask(Work):
    """A new task."""

    project_id: UUID
    parent_task_id: UUID | None = None
    ref: Annotated[Ref | None, Field(description="How later items of the list name this one.")] = None
    depends_on: Dependencies = _NO_LIST


class NewTasks(RootModel[CreateTask | Annotated[list[CreateTask], Field(min_length=1, max_length=1000)]]):
    """One new task, or a list of up to 1,000."""


class TaskError(Body):
    """Why an attempt failed, in a code and a sentence."""

    code: Annotated[str, Field(min_length=1, max_length=100)]
    message: Annotated[str, Field(max_length=10000)] = ""


class Task(Model):
    """One unit of work for one agent, with an input, a lease and a result."""

    id: UUID
    project_id: UUID
    kind: str
    title: str
    description: str
    state: TaskState
    priority: PriorityName
    required_capabilities: list[str]
    input: Json
    output: Json | None
    checkpoint: Json | None
    progress: Fraction
    progress_note: str | None
    attempt: int
    retry_count: int
    max_retries: int
    retry_policy: RetryPolicy
    postponed: int
    last_error: Json | None
    blocked_reason: str | None
    run_at: datetime
    agent_id: UUID | None
    assigned_agent_id: UUID | None
    concurrency_key: str | None
    parent_task_id: UUID | None
    open_dependencies: int
    lease_expires_at: datetime | None
    cancel_requested_at: datetime | None
    cancel_reason: str | None
    tags: list[str]
    related_task_ids: list[UUID]
    timeout_seconds: int | None
    resource_requirements: Json
    expected_artifacts: list[Any]
    acceptance: list[Any]
    version: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @model_validator(mode="before")
    @classmethod
    def _with_policy(cls, row: dict[str, Any]) -> dict[str, Any]:
        """A row has the policy in columns of its own."""
        if "retry_base_seconds" not in row:
            return row
        policy = {"base_seconds": row["retry_base_seconds"], "cap_seconds": row["retry_cap_seconds"]}
        return {**row, "retry_policy": policy}


class Attempt(Model):
    """How one attempt at a task ended."""

    task_id: UUID
    attempt: int
    agent_id: UUID
    outcome: Literal["completed", "failed", "retried", "blocked", "released", "cancelled", "lease_expired"]
    error: Json | None
    started_at: datetime
    ended_at: datetime


class Progress(Body):
    """How far an attempt is."""

    lease_token: LeaseToken
    progress: Annotated[float, Field(ge=0, le=1)]
    note: Annotated[str | None, Field(max_length=1000)] = None


class Checkpoint(Body):
    """What the next attempt should know, 64 kB at the most."""

    lease_token: LeaseToken
    checkpoint: Json


class Noted(Model):
    """Noted; and whether the task should stop."""

    cancel_requested: bool
