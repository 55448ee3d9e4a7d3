"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from control_plane.db.pool import Call, Database
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
    TaskState,
)
from control_plane.http.credentials import Token
from control_plane.platform.model import Json, Page


async def create_tasks(db: Session, tasks: list[CreateTask]) -> list[Task]:
    """Create tasks, all or none, answered in the order sent."""
    items = [{**task.model_dump(mode="json"), "priority": task.priority} for task in tasks]
    return await db.many(Task, "create_tasks", items=items)


async def list_tasks(
    db: Session,
    *,
    project_id: UUID | None,
    state: TaskState | None,
    kind: str | None,
    limit: int,
    cursor: UUID | None,
) -> Page[Task]:
    """Tasks the caller sees, newest first."""
    return await db.page(
        Task, "list_tasks", "id", limit=limit, before=cursor, project_id=project_id, state=state, kind=kind
    )


async def read_task(db: Session, task_id: UUID) -> Task:
    """One task."""
    return await db.one(Task, "read_task", task_id=task_id)


async def cancel_task(db: Session, task_id: UUID) -> Task:
    """Cancel a waiting task, ask a running one to stop."""
    return await db.one(Task, "cancel_task", task_id=task_id)


async def list_attempts(db: Session, task_id: UUID, *, limit: int, cursor: int) -> Page[Attempt]:
    """The ended attempts at a task."""
    return await db.page(Attempt, "list_attempts", "attempt", limit=limit, after=cursor, task_id=task_id)


async def exchange(
    database: Database, key: Token, items: list[Json], *, kinds: list[str], wanted: int, lease_seconds: int
) -> str | None:
    """Finish and claim in one trip: the answer as JSON text, undecoded; None for a wrong key."""
    call = Call(
        "agent_exchange",
        key_id=key.id,
        key_hash=key.hash,
        items=items,
        kinds=kinds,
        wanted=wanted,
        lease_seconds=lease_seconds,
    )
    answer = await database.call(call)
    return answer[0] if answer else None


def exchange_items(sent: Exchange) -> list[Json]:
    """The items of an exchange as SQL takes them: completions, failures, releases."""
    return [
        {"action": action, **item.model_dump(mode="json", exclude_none=True)}
        for action, items in (
            ("complete", sent.completions),
            ("fail", sent.failures),
            ("release", sent.releases),
        )
        for item in items
    ]


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
