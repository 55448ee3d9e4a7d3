"""Tasks of the fake control plane as people change them: edits, deletions, dead letters, requeueing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_graph import task_of
from fake_routes import Answer, page, route
from fake_store import FakeTask, Refusal

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


@route("GET", "/api/tasks/counts")
def count_tasks(fake: FakeDevos, seen: Seen) -> Answer:
    counts = [{"kind": "work", "state": "pending", "count": len(fake.tasks), "more": False}]
    return 200, {"items": counts}


@route("PUT", "/api/tasks/([^/]+)")
def edit(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    task = task_of(fake, task_id)
    for name, value in seen.body.items():
        setattr(task, name, value)
    return 200, task.as_json()


@route("PUT", "/api/tasks/([^/]+)/status")
def set_status(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    task = task_of(fake, task_id)
    task.state = seen.body["status"]
    return 200, task.as_json()


@route("DELETE", "/api/tasks/([^/]+)")
def delete(fake: FakeDevos, seen: Seen, task_id: str) -> Answer:
    if task_of(fake, task_id).attempt:
        raise Refusal(409, "task_has_history", "The task was claimed once.")
    del fake.tasks[task_id]
    return 204, None


def failed(fake: FakeDevos) -> list[FakeTask]:
    return [task for task in fake.tasks.values() if task.state == "failed"]


@route("POST", "/api/tasks/requeue")
def requeue(fake: FakeDevos, seen: Seen) -> Answer:
    """By a filter it puts back one at a time, so that callers have to ask again."""
    named = [task_of(fake, task_id) for task_id in seen.body.get("task_ids", [])]
    chosen = named or failed(fake)[:1]
    for task in chosen:
        task.state, task.retry_count = "pending", 0
    ids = [task.id for task in chosen]
    return 200, {"requeued": len(ids), "task_ids": ids, "more": not named and bool(failed(fake))}


@route("GET", "/api/dead-letters")
def dead_letters(fake: FakeDevos, seen: Seen) -> Answer:
    return page([{**task.as_json(), "attempts": task.attempts} for task in failed(fake)], seen)
