"""What the control plane answers about graphs of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from devos_sdk._models import Model


class Dependency(Model):
    """A task that another one waits for (`predecessor`), or that waits for it (`dependent`)."""

    relation: str
    task_id: str
    kind: str
    title: str
    state: str
    on_failure: str
    settled_at: datetime | None = None


class LineageTask(Model):
    """A task of a lineage: how it is related, over how many steps, and by which task one step closer."""

    id: str
    relation: str
    depth: int
    via_id: str | None = None
    kind: str
    title: str
    state: str
    open_dependencies: int = 0


class Wait(Model):
    """One thing that a task waits for: other tasks (`dependencies`), a `time`, or room under a `limit`."""

    what: str
    count: int | None = None
    until: datetime | None = None
    limit_id: str | None = None
    name: str | None = None


class Waits(Model):
    items: list[Wait]


class Lineage(Model):
    """A task with what it comes from and leads to, nearest first."""

    tasks: list[LineageTask]
    complete: bool = True


class Step(Model):
    """A step that a task remembers, and what it answered."""

    name: str
    attempt: int
    output: Any = None
    created_at: datetime
