"""Limits as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from control_plane.platform.model import Body, Json, Model

LimitScope = Literal["project", "kind", "key"]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["one deploy at a time"])]
Scope = Annotated[
    LimitScope,
    Field(
        description="What is counted together: all tasks of the project, those of a kind, or those of each "
        "concurrency key (of one kind, if it is named)."
    ),
]
Kind = Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$", examples=["code_review"])]
MaxRunning = Annotated[
    int | None, Field(ge=0, le=10_000, description="How many may run at once; 0 lets none begin.")
]
_MAY_BE_EMPTY = {"kind", "max_running", "rate"}


class Rate(Body):
    """So many begin at the most in any span of so many seconds."""

    count: Annotated[int, Field(ge=1, le=1000)]
    seconds: Annotated[int, Field(ge=1, le=86_400)]


def _flat(sent: Json) -> Json:
    """A rate as SQL keeps it, in columns of its own."""
    if "rate" not in sent:
        return sent
    rate = sent.pop("rate") or {"count": None, "seconds": None}
    return {**sent, "rate_count": rate["count"], "rate_seconds": rate["seconds"]}


class CreateLimit(Body):
    """A new limit: of what runs at once, of what begins in a span of time, or of both."""

    project_id: UUID
    name: Name
    scope: Scope
    kind: Kind = None
    max_running: MaxRunning = None
    rate: Rate | None = None

    def stored(self) -> Json:
        """The limit as SQL takes it."""
        return _flat(self.model_dump(mode="json", exclude={"project_id"}))


class UpdateLimit(Body):
    """What changes of a limit. What is left out stays as it is."""

    name: Name | None = None
    scope: Scope | None = None
    kind: Kind = None
    max_running: MaxRunning = None
    rate: Rate | None = None

    @model_validator(mode="after")
    def _null_is_for_what_may_be_empty(self) -> Self:
        for name in self.model_fields_set - _MAY_BE_EMPTY:
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null; leave it out to keep it as it is")
        return self

    def changes(self) -> Json:
        """What was sent, as SQL takes it."""
        return _flat(self.model_dump(mode="json", exclude_unset=True))


class Limit(Model):
    """How many tasks may run at once, or begin in a span of time."""

    id: UUID
    project_id: UUID
    name: str
    scope: LimitScope
    kind: str | None
    max_running: int | None
    rate: Rate | None
    version: int
    created_at: datetime
    updated_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _with_rate(cls, row: dict[str, Any]) -> dict[str, Any]:
        """A row has the rate in columns of its own."""
        if "rate_count" not in row:
            return row
        count, seconds = row["rate_count"], row["rate_seconds"]
        return {**row, "rate": count and {"count": count, "seconds": seconds}}


class Wait(Model):
    """One thing that a task waits for: other tasks, a time, or room under a limit."""

    what: Literal["dependencies", "time", "limit"]
    count: Annotated[int | None, Field(description="How many tasks it waits for.")] = None
    until: Annotated[datetime | None, Field(description="When it is over; of a limit, if that is known.")] = (
        None
    )
    limit_id: UUID | None = None
    name: Annotated[str | None, Field(description="Of the limit.")] = None


class Waits(Model):
    """What a task waits for, besides an agent that takes it."""

    items: list[Wait]
