"""The verbs of the client about tasks that exist: to change them, decide them and put them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from devos_sdk._area import HttpArea, given
from devos_sdk._areas_graph import TaskGraph
from devos_sdk._models import DeadLetter, Page, Requeued, Task, TaskCount, TaskCounts
from devos_sdk._portal import M, Verb

Status = Literal["completed", "failed", "cancelled", "pending"]


class TaskChanges(TaskGraph[M]):
    @Verb
    async def create_many(
        self, tasks: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> list[Task]:
        """Create up to 1,000 tasks, all or none, each as the API takes it."""
        return await self._http.post(list[Task], "/api/tasks", [*tasks], key=idempotency_key)

    @Verb
    async def edit(self, task_id: str, changes: Mapping[str, Any], *, version: int | None = None) -> Task:
        """Change fields of a task that waits; with a `version`, only if nobody else has edited it since."""
        return await self._http.put(Task, f"/api/tasks/{task_id}", changes, version=version)

    @Verb
    async def delete(self, task_id: str) -> None:
        """Remove a task that nobody ever claimed."""
        await self._http.delete(f"/api/tasks/{task_id}")

    @Verb
    async def set_status(
        self,
        task_id: str,
        status: Status,
        *,
        output: Mapping[str, Any] | None = None,
        error: Mapping[str, str] | None = None,
    ) -> Task:
        """Decide a task that waits for a decision, cancel one, or put one back."""
        body = given({"status": status, "output": output, "error": error})
        return await self._http.put(Task, f"/api/tasks/{task_id}/status", body)

    @Verb
    async def requeue(self, *task_ids: str, idempotency_key: str | None = None) -> Requeued:
        """Put failed or blocked tasks back with all their retries: up to 1,000, all or none."""
        body = {"task_ids": [*task_ids]}
        return await self._http.post(Requeued, "/api/tasks/requeue", body, key=idempotency_key)

    @Verb
    async def requeue_failed(
        self,
        *,
        project_id: str,
        kind: str | None = None,
        error_code: str | None = None,
        failed_after: datetime | None = None,
        failed_before: datetime | None = None,
    ) -> Requeued:
        """Put the failed tasks of a project back, 1,000 at a time; `more` says whether to ask again."""
        chosen = given(
            {
                "project_id": project_id,
                "kind": kind,
                "error_code": error_code,
                "failed_after": time(failed_after),
                "failed_before": time(failed_before),
            }
        )
        return await self._http.post(Requeued, "/api/tasks/requeue", {"filter": chosen})

    @Verb
    async def counts(self, *, project_id: str) -> list[TaskCount]:
        """How many tasks a project has by kind and state; it counts to 1,000 of each."""
        return (await self._http.get(TaskCounts, "/api/tasks/counts", project_id=project_id)).items


class DeadLetters(HttpArea[M]):
    @Verb
    async def list(
        self,
        *,
        project_id: str | None = None,
        kind: str | None = None,
        error_code: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[DeadLetter]:
        """Tasks that failed for good, newest first, each with all its attempts."""
        return await self._http.get(
            Page[DeadLetter],
            "/api/dead-letters",
            project_id=project_id,
            kind=kind,
            error_code=error_code,
            since=time(since),
            limit=limit,
            cursor=cursor,
        )


def time(at: datetime | None) -> str | None:
    """A time as the API takes it."""
    return None if at is None else at.isoformat()
