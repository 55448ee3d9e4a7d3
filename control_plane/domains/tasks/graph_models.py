"""What tasks wait for, what comes after them, and what they remember, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.domains.tasks.models import Dependencies, OnFailure, TaskState, Work
from control_plane.platform.model import AnyJson, Body, LeaseToken, Model


class AddDependencies(Body):
    """What a task should wait for, too."""

    depends_on: Annotated[Dependencies, Field(min_length=1)]


class Dependency(Model):
    """A task that another one waits for, or that waits for it; settled when that is over."""

    relation: Literal["predecessor", "dependent"]
    task_id: UUID
    kind: str
    title: str
    state: TaskState
    on_failure: OnFailure
    settled_at: datetime | None


class Successor(Work):
    """A new task that waits for another one. An agent sends the lease of the task that it holds."""

    on_failure: OnFailure = "fail"
    key: Annotated[
        str | None, Field(min_length=1, max_length=200, description="Makes one successor, in all attempts.")
    ] = None
    lease_token: LeaseToken | None = None


class LineageTask(Model):
    """A task of a lineage: how it is related, over how many steps, and by which task one step closer."""

    id: UUID
    relation: Literal["self", "ancestor", "descendant", "predecessor", "successor"]
    depth: int
    via_id: UUID | None
    kind: str
    title: str
    state: TaskState
    open_dependencies: int


class Lineage(Model):
    """A task with what it comes from and leads to, nearest first; complete unless it is more than 1,000."""

    tasks: list[LineageTask]
    complete: bool


class Cancellation(Body):
    """Why, and what is cancelled too: the descendants, or the dependents that could not go on."""

    reason: Annotated[str | None, Field(max_length=500)] = None
    cascade: Literal["none", "descendants", "dependents"] = "none"


class NewStep(Body):
    """What a step answered, 256 kB at the most."""

    lease_token: LeaseToken
    name: Annotated[str, Field(min_length=1, max_length=200)]
    output: AnyJson = None


class Step(Model):
    """A step that a task remembers."""

    id: int
    name: str
    attempt: int
    output: AnyJson
    created_at: datetime
