"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from pydantic_core import to_json

from control_plane.db.pool import Call, Database, JsonText, read_json
from control_plane.db.session import Session
from control_plane.domains.tasks.claim_models import (
    Claim,
    ClaimedTasks,
    Completion,
    Exchange,
    Failure,
    Failures,
    Lease,
    Leases,
    Renewal,
    RenewedLeases,
    Results,
)
from control_plane.domains.tasks.models import Attempt, Checkpoint, CreateTask, Noted, Progress, Task
from control_plane.domains.tasks.people_models import TaskCounts, TaskSummary, UpdateStatus, UpdateTask
from control_plane.domains.tasks.ready import Waiting
from control_plane.http.credentials import Token
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Page


async def create_tasks(db: Session, tasks: list[CreateTask]) -> str:
    """Create tasks, all or none: the JSON text of a list in the order sent, as the API shows it."""
    items = JsonText(to_json([task.item() for task in tasks]).decode())
    return await db.in_one_trip("private.create_tasks_once", items=items)


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


async def require_creation(db: Session, project_ids: list[UUID]) -> None:
    """Refuse whoever may not create tasks there, as creation would. Kept under no Idempotency-Key."""
    await db.database.call_as(db.caller, Call("require_creation", project_ids=project_ids))


async def peek_task(db: Session, task_id: UUID) -> Task | None:
    """A task before something is done to it, which tells whoever does not see it. Kept under no key."""
    try:
        (row,) = await db.database.call_as(db.caller, Call("read_task", task_id=task_id))
    except DomainError as refused:
        if refused.status != 404:
            raise
        return None
    return Task.model_validate(read_json(row))


async def list_attempts(db: Session, task_id: UUID, *, limit: int, cursor: int) -> Page[Attempt]:
    """The ended attempts at a task."""
    return await db.page(Attempt, "list_attempts", "attempt", limit=limit, after=cursor, task_id=task_id)


async def exchange(
    database: Database, key: Token, sent: Exchange, results: Sequence[Completion | Failure]
) -> str | None:
    """Finish and claim in one trip: the answer as JSON text, undecoded; None for a wrong key."""
    call = Call(
        "agent_exchange",
        key_id=key.id,
        key_hash=key.hash,
        items=JsonText(to_json([*results, *sent.failures, *sent.releases], exclude_none=True).decode()),
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


async def complete_tasks(db: Session, results: Sequence[Completion | Failure]) -> Results:
    """Complete leased tasks, and fail those whose result is worth nothing."""
    return await _finish(db, "complete_tasks", results)


async def fail_tasks(db: Session, failures: Failures) -> Results:
    """Fail leased tasks."""
    return await _finish(db, "fail_tasks", failures.items)


async def release_tasks(db: Session, leases: Leases) -> Results:
    """Give leased tasks back."""
    return await _finish(db, "release_tasks", leases.items)


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


async def _finish(db: Session, function: str, batch: Sequence[Lease]) -> Results:
    items = [item.model_dump(mode="json", exclude_none=True) for item in batch]
    return Results.model_validate({"results": await db.value(function, items=items)})


async def tell_ready(database: Database, sender: str, kinds: list[str]) -> None:
    """Tell every copy of the API that there may be work of these kinds."""
    await database.call(Call("private.tell_ready", sender=sender, kinds=kinds))


async def keys_to_wake(database: Database, waiting: Waiting) -> list[str]:
    """Of the agent keys that wait for kinds: those for which there is work, and those that have ended."""
    waits = JsonText(to_json(waiting).decode())
    return read_json((await database.call(Call("private.keys_to_wake", waiting=waits)))[0])
