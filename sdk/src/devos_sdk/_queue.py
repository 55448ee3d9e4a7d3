"""How the queue stands: the model and the verb."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from devos_sdk._area import HttpArea
from devos_sdk._models import Model
from devos_sdk._portal import M, Verb


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
    oldest_due_seconds: float | None = None


class QueueOutbox(Model):
    waiting: int
    oldest_seconds: float | None = None
    gave_up: int = 0


class QueueTable(Model):
    name: str
    rows: int
    dead_rows: int
    bytes: int
    vacuumed_at: datetime | None = None


class QueueStatus(Model):
    """What waits, runs and was done. `exact` is false when something was too many to be counted.

    `stuck`, `outbox` and `tables` are for admins.
    """

    at: datetime
    exact: bool = True
    due: int = 0
    delayed: int = 0
    waiting: int = 0
    running: int = 0
    expired: int = 0
    needs_qa: int = 0
    blocked: int = 0
    blocked_by: dict[str, int] = Field(default_factory=dict[str, int])
    failed: int = 0
    oldest_due_seconds: float | None = None
    kinds: list[QueueKind] = Field(default_factory=list[QueueKind])
    last_minute: dict[str, int] = Field(default_factory=dict[str, int])
    last_hour: dict[str, int] = Field(default_factory=dict[str, int])
    agents: dict[str, int] = Field(default_factory=dict[str, int])
    stuck: int | None = None
    outbox: QueueOutbox | None = None
    tables: list[QueueTable] | None = None


class Queue(HttpArea[M]):
    @Verb
    async def status(self, *, project_id: str | None = None) -> QueueStatus:
        """How the queue of a project, or of all your projects, stands."""
        return await self._http.get(QueueStatus, "/api/queue", project_id=project_id)
