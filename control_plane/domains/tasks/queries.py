"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from pydantic_core import to_json

from control_plane.db.pool import Call, Database, JsonText
from control_plane.db.session import Session
from control_plane.domains.tasks.models import (
    Attempt,
    Checkpoint,
    Claim,
    ClaimedTasks,
    Completions,
    CreateTask,
    Exchange,
    Failures,
    Leases,
    Noted,
    Progress,
    Renewal,
    RenewedLeases,
    Results,
    Task,
)
from control_plane.domains.tasks.people_models import TaskCounts, TaskSummary, UpdateStatus, UpdateTask
from control_plane.http.credentials import Token
from control_plane.platform.model import Page


async def create_tasks(db: Session, tasks: list[CreateTask]) -> list[Task]:
    """Create tasks, all or none, answered in the order sent."""
    items = [task.item() for task in tasks]
    return await db.many(Task, "create_tasks", items=items)


async def list_tasks(db: Session, *, limit: int, cursor: UUID | None, **filters: object) -> Page[TaskSummary]:
    """Tasks the caller sees that match, newest first unless told otherwise."""
    return await db.page(TaskSummary, "list_tasks", "id", limit=limit, after=cursor, **filters)


async def count_tasks(db: Session, project_id: UUID) -> TaskCounts:
    """The tasks of a project by kind and state."""
    return TaskCounts.model_validate({"items": await db.value("task_counts", project_id=project_id)})


async def read_task(db: Session, task_id: UUID) -> Task:
    """One task."""
    return await db.one(Task, "read_task", task_id=task_id)


async def update_task(db: Session, task_id: UUID, task: UpdateTask, version: int | None) -> Task:
    """Change what was sent of a task that waits."""
    return await db.one(Task, "update_task", task_id=task_id, changes=task.changes(), version=version)


async def update_status(db: Session, task_id: UUID, update: UpdateStatus) -> Task:
    """Set how a task goes on, or how it ended."""
    sent = update.model_dump(mode="json")
    return await db.one(Task, "update_task_status", task_id=task_id, **sent)


async def delete_task(db: Session, task_id: UUID) -> None:
    """Remove a task that nobody ever claimed."""
    await db.value("delete_task", task_id=task_id)


async def list_attempts(db: Session, task_id: UUID, *, limit: int, cursor: int) -> Page[Attempt]:
    """The ended attempts at a task."""
    return await db.page(Attempt, "list_attempts", "attempt", limit=limit, after=cursor, task_id=task_id)


async def exchange(database: Database, key: Token, sent: Exchange) -> str | None:
    """Finish and claim in one trip: the answer as JSON text, undecoded; None for a wrong key."""
    results = [*sent.completions, *sent.failures, *sent.releases]
    call = Call(
        "agent_exchange",
        key_id=key.id,
        key_hash=key.hash,
        items=JsonText(to_json(results, exclude_none=True).decode()),
        kinds=sent.kinds,
        wanted=sent.wanted,
        lease_seconds=sent.lease_seconds,
    )
    answer = await database.call(call)
    return answer[0] if answer else None


async def claim_tasks(db: Session, claim: Claim) -> ClaimedTasks:
    """Claim as the calling agent."""
    tasks = await db.found(
        "claim_tasks", kinds=claim.kinds, limit=claim.limit, lease_seconds=claim.lease_seconds
    )
    return ClaimedTasks.model_validate({"tasks": tasks})


async def complete_tasks(db: Session, completions: Completions) -> Results:
    """Complete leased tasks."""
    return await _finish(db, "complete_tasks", completions)


async def fail_tasks(db: Session, failures: Failures) -> Results:
    """Fail leased tasks."""
    return await _finish(db, "fail_tasks", failures)


async def release_tasks(db: Session, leases: Leases) -> Results:
    """Give leased tasks back."""
    return await _finish(db, "release_tasks", leases)


async def extend_leases(db: Session, renewal: Renewal) -> RenewedLeases:
    """Renew many leases in one call."""
    leases = [lease.model_dump(mode="json") for lease in renewal.leases]
    results = await db.value("extend_leases", leases=leases, lease_seconds=renewal.lease_seconds)
    return RenewedLeases.model_validate({"results": results})


async def write_progress(db: Session, task_id: UUID, progress: Progress) -> Noted:
    """How far the attempt is."""
    return await db.one(
        Noted,
        "write_progress",
        task_id=task_id,
        lease_token=progress.lease_token,
        progress=Decimal(str(progress.progress)),
        note=progress.note,
    )


async def save_checkpoint(db: Session, task_id: UUID, checkpoint: Checkpoint) -> Noted:
    """What the next attempt should know."""
    return await db.one(
        Noted,
        "save_checkpoint",
        task_id=task_id,
        lease_token=checkpoint.lease_token,
        checkpoint=checkpoint.checkpoint,
    )


async def _finish(db: Session, function: str, batch: Completions | Failures | Leases) -> Results:
    items = [item.model_dump(mode="json", exclude_none=True) for item in batch.items]
    return Results.model_validate({"results": await db.value(function, items=items)})
