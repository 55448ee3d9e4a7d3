"""Claims, leases and results as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, computed_field

from control_plane.domains.tasks.models import (
    BlockedReason,
    Kind,
    LeaseSeconds,
    TaskError,
    TaskState,
    WaitSeconds,
)
from control_plane.platform.model import Body, Json, LeaseToken, Model, PriorityName


class Lease(Body):
    """A lease as its holder names it."""

    task_id: UUID
    lease_token: LeaseToken


class Completion(Lease):
    """A finished task with its result."""

    output: Json = {}

    @computed_field
    @property
    def action(self) -> Literal["complete"]:
        """What SQL is told to do with the lease."""
        return "complete"


class Failure(Lease):
    """A failed attempt: to be retried, given up, or blocked until someone acts."""

    error: TaskError
    retryable: bool = True
    retry_after_seconds: Annotated[int | None, Field(ge=0, le=86400)] = None
    later: Annotated[bool, Field(description="No failure: to be run again, and no retry is burned.")] = False
    blocked_reason: BlockedReason | None = None

    @computed_field
    @property
    def action(self) -> Literal["fail"]:
        """What SQL is told to do with the lease."""
        return "fail"


class Release(Lease):
    """A task that is given back."""

    @computed_field
    @property
    def action(self) -> Literal["release"]:
        """What SQL is told to do with the lease."""
        return "release"


class Claim(Body):
    """Which kinds of work are wanted, how much, for how long, and how long to wait for it."""

    kinds: Annotated[list[Kind], Field(min_length=1, max_length=100)]
    limit: Annotated[int, Field(ge=1, le=200)] = 1
    wait_seconds: WaitSeconds = 0
    lease_seconds: LeaseSeconds = 60


class Exchange(Body):
    """The agent's call in one trip: what is done, and what is wanted."""

    kinds: Annotated[list[Kind], Field(max_length=100)] = []
    wanted: Annotated[int, Field(ge=0, le=200)] = 0
    wait_seconds: WaitSeconds = 0
    lease_seconds: LeaseSeconds = 60
    completions: Annotated[list[Completion], Field(max_length=1000)] = []
    failures: Annotated[list[Failure], Field(max_length=1000)] = []
    releases: Annotated[list[Release], Field(max_length=1000)] = []


class ClaimedTask(Model):
    """A leased task as its agent gets it."""

    id: UUID
    project_id: UUID
    kind: str
    title: str
    description: str
    priority: PriorityName
    input: Json
    attempt: int
    retry_count: int
    checkpoint: Json | None
    lease_token: int
    lease_expires_at: datetime
    lease_seconds: int
    timeout_seconds: int | None
    tags: list[str]
    resource_requirements: Json
    expected_artifacts: list[Any]
    acceptance: list[Any]


class ClaimedTasks(Model):
    """What a claim brought; empty when there was nothing."""

    tasks: list[ClaimedTask]


class ItemResult(Model):
    """What became of one item of a batch."""

    task_id: UUID
    outcome: Literal[
        "completed", "failed", "retried", "blocked", "released", "cancelled", "duplicate", "lease_lost"
    ]
    state: TaskState | None


class Results(Model):
    """What became of each item, in the order sent."""

    results: list[ItemResult]


class ExchangeAnswer(Results, ClaimedTasks):
    """Results for what was sent (completions, failures, releases), and the tasks that were claimed."""


class Completions(Body):
    """Tasks to complete."""

    items: Annotated[list[Completion], Field(min_length=1, max_length=1000)]


class Failures(Body):
    """Attempts that failed."""

    items: Annotated[list[Failure], Field(min_length=1, max_length=1000)]


class Leases(Body):
    """Leases to give back."""

    items: Annotated[list[Lease], Field(min_length=1, max_length=1000)]


class Renewal(Body):
    """Leases to renew."""

    leases: Annotated[list[Lease], Field(min_length=1, max_length=1000)]
    lease_seconds: LeaseSeconds = 60


class RenewedLease(Model):
    """Whether a lease still holds, and whether its task should stop."""

    task_id: UUID
    outcome: Literal["extended", "lease_lost"]
    cancel_requested: bool
    lease_expires_at: datetime | None
    lease_left_seconds: Annotated[
        float, Field(description="Count from here, less your call: a lease nearly whole is not made longer.")
    ]


class RenewedLeases(Model):
    """One answer per lease, in the order sent."""

    results: list[RenewedLease]
