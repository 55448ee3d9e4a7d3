"""The SQL of graphs of tasks, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.tasks.graph_models import (
    AddDependencies,
    Cancellation,
    Dependency,
    Lineage,
    LineageTask,
    NewStep,
    Step,
    Successor,
)
from control_plane.domains.tasks.models import Noted, Task
from control_plane.platform.model import Page

_LINEAGE_SIZE = 1000


async def add_dependencies(db: Session, task_id: UUID, sent: AddDependencies) -> Task:
    """Let a waiting task wait for more."""
    depends_on = sent.model_dump(mode="json")["depends_on"]
    return await db.one(Task, "add_task_dependencies", task_id=task_id, depends_on=depends_on)


async def remove_dependency(db: Session, task_id: UUID, depends_on_id: UUID) -> None:
    """Let it wait for that one no longer."""
    await db.value("remove_task_dependency", task_id=task_id, depends_on_id=depends_on_id)


async def list_dependencies(
    db: Session, task_id: UUID, *, limit: int, cursor: UUID | None
) -> Page[Dependency]:
    """What a task waits for, and what waits for it."""
    return await db.page(
        Dependency, "list_dependencies", "task_id", limit=limit, after=cursor, task_id=task_id
    )


async def create_successor(db: Session, task_id: UUID, sent: Successor) -> Task:
    """A new task that waits for this one."""
    return await db.one(
        Task,
        "create_successor",
        task_id=task_id,
        item=sent.item(without=("on_failure", "key", "lease_token")),
        key=sent.key,
        on_failure=sent.on_failure,
        lease_token=sent.lease_token,
    )


async def read_lineage(db: Session, task_id: UUID) -> Lineage:
    """What a task comes from and leads to."""
    tasks = await db.many(LineageTask, "read_lineage", task_id=task_id)
    return Lineage(tasks=tasks[:_LINEAGE_SIZE], complete=len(tasks) <= _LINEAGE_SIZE)


async def cancel_task(db: Session, task_id: UUID, sent: Cancellation) -> Task:
    """Cancel a waiting task, ask a running one to stop."""
    return await db.one(Task, "cancel_task", task_id=task_id, reason=sent.reason, cascade=sent.cascade)


async def save_step(db: Session, task_id: UUID, step: NewStep) -> Noted:
    """What the next attempt need not do again."""
    return await db.one(
        Noted,
        "save_step",
        task_id=task_id,
        lease_token=step.lease_token,
        name=step.name,
        output=step.output,
    )


async def list_steps(db: Session, task_id: UUID, *, limit: int, cursor: int) -> Page[Step]:
    """The steps that a task remembers."""
    return await db.page(Step, "list_steps", "id", limit=limit, after=cursor, task_id=task_id)
