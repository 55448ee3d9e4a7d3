"""How the queue stands, for people."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from control_plane.platform.model import Model


class QueueKind(Model):
    """The tasks of one kind that have not ended well."""

    kind: str
    due: int = 0
    delayed: int = 0
    waiting: int = 0
    running: int = 0
    expired: int = 0
    needs_qa: int = 0
    blocked: int = 0
    failed: int = 0
    oldest_due_seconds: float | None


class Outbox(Model):
    """What has to leave the database."""

    waiting: int
    oldest_seconds: float | None
    gave_up: int


class HotTable(Model):
    """A table that changes with every task."""

    name: str
    rows: int
    dead_rows: int
    bytes: int
    vacuumed_at: datetime | None


class QueueStatus(Model):
    """What waits, what runs, what was done, and by whom."""

    at: datetime
    exact: bool = Field(description="False when something was too many to be counted.")
    due: int = Field(description="Could be claimed now.")
    delayed: int = Field(description="Waits for its time: a retry, or a task for later.")
    waiting: int = Field(description="Waits for other tasks.")
    running: int = Field(description="Held by an agent.")
    expired: int = Field(description="Held by an agent that fell silent; about to be taken back.")
    needs_qa: int
    blocked: int
    blocked_by: dict[str, int]
    failed: int = Field(description="Dead letters.")
    oldest_due_seconds: float | None = Field(description="How long the first in line waits.")
    kinds: list[QueueKind]
    last_minute: dict[str, int] = Field(description="Attempts that ended, by outcome.")
    last_hour: dict[str, int] = Field(description="Attempts that ended, by outcome.")
    agents: dict[str, int] = Field(description="By state, 1,000 at the most.")
    stuck: int | None = Field(description="Leases that nobody took back for five seconds. For admins.")
    outbox: Outbox | None = Field(description="For admins.")
    tables: list[HotTable] | None = Field(description="For admins.")
