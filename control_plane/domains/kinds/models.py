"""Kinds as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import (
    Artifacts,
    Body,
    Capability,
    ConcurrencyKey,
    Criteria,
    Json,
    Model,
    PriorityName,
    TimeoutSeconds,
)


class RetryWaits(Body):
    """How long a failed task waits: twice as long each time, from `base_seconds` up to `cap_seconds`."""

    base_seconds: Annotated[int, Field(ge=0, le=86_400)]
    cap_seconds: Annotated[int, Field(ge=0, le=604_800)]


class KindDefaults(Body):
    """What tasks of a kind get that say nothing themselves. Capabilities are asked for besides their own."""

    priority: PriorityName | None = None
    max_retries: Annotated[int | None, Field(ge=0, le=100)] = None
    retry_policy: RetryWaits | None = None
    timeout_seconds: TimeoutSeconds | None = None
    concurrency_key: ConcurrencyKey | None = None
    required_capabilities: Annotated[list[Capability] | None, Field(max_length=100)] = None
    resource_requirements: Json | None = None
    expected_artifacts: Artifacts | None = None
    acceptance: Criteria | None = None


class SetKind(Body):
    """A kind as it should be, the whole of it."""

    title: Annotated[str, Field(max_length=200)] = ""
    description: Annotated[str, Field(max_length=10_000)] = ""
    input_schema: Annotated[Json | None, Field(description="JSON Schema 2020-12; unset: any input.")] = None
    output_schema: Annotated[Json | None, Field(description="JSON Schema 2020-12; unset: any result.")] = None
    defaults: KindDefaults = KindDefaults()


class Kind(Model):
    """One kind of work. Without a project it is built in."""

    project_id: UUID | None
    name: str
    title: str
    description: str
    input_schema: Json | None
    output_schema: Json | None
    defaults: Json
    version: int
    changed_at: datetime | None


class KindExample(Body):
    """An input or a result, to be held against a kind."""

    input: Json | None = None
    output: Json | None = None


class KindComplaint(Body):
    """What is wrong at one place."""

    field: Literal["input", "output"]
    pointer: Annotated[str, Field(description="A JSON pointer into the field.")]
    message: str


class KindVerdict(Model):
    """Whether an example fits, and what is wrong with it."""

    fits: bool
    errors: list[KindComplaint]
