"""The verbs of the client about work: repositories, tasks, services, events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from devos_sdk._area import HttpArea, given
from devos_sdk._areas_graph import DependsOn
from devos_sdk._areas_tasks import TaskChanges, time
from devos_sdk._creations import Creations
from devos_sdk._handler import Retry
from devos_sdk._models import (
    Amount,
    Artifact,
    Attempt,
    Charge,
    Event,
    LogLine,
    Page,
    Repository,
    Service,
    Task,
    TaskSummary,
    amount_text,
)
from devos_sdk._portal import M, Portal, Verb, Walk
from devos_sdk._stream import Watch, follow_events
from devos_sdk._transport import Transport

Order = Literal["asc", "desc"]


class Repositories(HttpArea[M]):
    @Verb
    async def create(
        self,
        full_name: str,
        *,
        project_id: str,
        external_id: str,
        clone_url: str,
        forge: str = "github",
        idempotency_key: str | None = None,
    ) -> Repository:
        """Say which project a repository belongs to, by its id at the forge."""
        body = {
            "project_id": project_id,
            "forge": forge,
            "external_id": external_id,
            "full_name": full_name,
            "clone_url": clone_url,
        }
        return await self._http.post(Repository, "/api/repositories", body, key=idempotency_key)


class Tasks(TaskChanges[M]):
    def __init__(self, http: Transport, portal: Portal | None) -> None:
        super().__init__(http, portal)
        self._creations = Creations(http)

    @Verb
    async def create(
        self,
        title: str,
        *,
        project_id: str,
        kind: str,
        description: str | None = None,
        priority: str | None = None,
        required_capabilities: Sequence[str] | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002  the field's name in the API
        max_retries: int | None = None,
        retry: Retry | None = None,
        run_at: datetime | None = None,
        assigned_agent_id: str | None = None,
        concurrency_key: str | None = None,
        parent_task_id: str | None = None,
        depends_on: Sequence[DependsOn] | None = None,
        tags: Sequence[str] | None = None,
        related_task_ids: Sequence[str] | None = None,
        timeout: timedelta | None = None,
        resource_requirements: Mapping[str, Any] | None = None,
        expected_artifacts: Sequence[Mapping[str, str]] | None = None,
        acceptance: Sequence[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Task:
        """Create a task. With an `idempotency_key` of yours, creating it again answers the same task.

        Without one, what several coroutines or threads create through one client at the same time travels
        together: while a call is under way the others wait, and go out as one. Each is answered, or refused,
        by itself, once its task is committed.
        `retry` says how often and how soon a failed attempt is repeated. The task waits for those it
        `depends_on`: ids, or `{"task_id": …, "on_failure": "block"}`, say. What you leave out is as its kind
        has it, then as its project has it.
        """
        body: dict[str, Any] = {
            "title": title,
            "project_id": project_id,
            "kind": kind,
            "description": description,
            "priority": priority,
            "required_capabilities": None if required_capabilities is None else [*required_capabilities],
            "input": input,
            "max_retries": max_retries,
            "run_at": time(run_at),
            "assigned_agent_id": assigned_agent_id,
            "concurrency_key": concurrency_key,
            "parent_task_id": parent_task_id,
            "depends_on": None if depends_on is None else [*depends_on],
            "tags": tags,
            "related_task_ids": related_task_ids,
            "timeout_seconds": None if timeout is None else round(timeout.total_seconds()),
            "resource_requirements": resource_requirements,
            "expected_artifacts": expected_artifacts,
            "acceptance": acceptance,
        }
        said = given(body) | ({} if retry is None else retry.as_fields())
        if idempotency_key is None:
            return await self._creations.create(said)
        return await self._http.post(Task, "/api/tasks", said, key=idempotency_key)

    @Verb
    async def list(
        self,
        *,
        project_id: str | None = None,
        state: str | Sequence[str] | None = None,
        kind: str | Sequence[str] | None = None,
        priority: str | None = None,
        tag: str | Sequence[str] | None = None,
        agent_id: str | None = None,
        parent_task_id: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        search: str | None = None,
        order: Literal["newest", "oldest"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[TaskSummary]:
        """Tasks of your projects that match, one page: any of the states and kinds, all of the tags."""
        return await self._http.get(
            Page[TaskSummary],
            "/api/tasks",
            project_id=project_id,
            state=state,
            kind=kind,
            priority=priority,
            tag=tag,
            agent_id=agent_id,
            parent_task_id=parent_task_id,
            created_after=time(created_after),
            created_before=time(created_before),
            search=search,
            order=order,
            limit=limit,
            cursor=cursor,
        )

    @Verb
    async def get(self, task_id: str) -> Task:
        """One task."""
        return await self._http.get(Task, f"/api/tasks/{task_id}")

    @Verb
    async def attempts(
        self, task_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Attempt]:
        """How each attempt at a task ended."""
        return await self._http.get(
            Page[Attempt], f"/api/tasks/{task_id}/attempts", limit=limit, cursor=cursor
        )

    @Verb
    async def logs(
        self,
        task_id: str,
        *,
        after: int | None = None,
        level: str | None = None,
        attempt: int | None = None,
        search: str | None = None,
        order: Order | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[LogLine]:
        """What the task's handler logged, one page, oldest first unless `order` is "desc".

        Lines after the one with the id `after`, of a `level` and above, with the text `search` in any case.
        """
        return await self._http.get(
            Page[LogLine],
            f"/api/tasks/{task_id}/logs",
            after=after,
            level=level,
            attempt=attempt,
            search=search,
            order=order,
            limit=limit,
            cursor=cursor,
        )

    @Verb
    async def artifacts(
        self, task_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Artifact]:
        """The files that the task left behind."""
        return await self._http.get(
            Page[Artifact], f"/api/tasks/{task_id}/artifacts", limit=limit, cursor=cursor
        )

    @Walk
    async def follow(self, task_id: str) -> AsyncIterator[Task | LogLine]:
        """What its handlers log, and the task whenever its state or progress changes, until it has ended."""
        watch, cursor, known = Watch(self._http, task_id), "0", None
        try:
            while True:
                task = await self._http.get(Task, f"/api/tasks/{task_id}")
                async for line in self._lines(task_id, cursor):
                    cursor = str(line.id)
                    yield line
                shown = (task.state, task.attempt, task.progress, task.progress_note)
                if shown != known:
                    yield task
                if task.state in ("completed", "failed", "cancelled"):
                    return
                known = shown
                await watch.next()
        finally:
            watch.end()

    async def _lines(self, task_id: str, cursor: str) -> AsyncIterator[LogLine]:
        """All that was logged after a line until now."""
        following: str | None = None
        while True:
            page = await self._http.get(
                Page[LogLine], f"/api/tasks/{task_id}/logs", limit=1000, after=cursor, cursor=following
            )
            for line in page.items:
                yield line
            following = page.next_cursor
            if following is None:
                return

    @Verb
    async def charges(
        self, task_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Charge]:
        """What the task has cost, line by line."""
        return await self._http.get(Page[Charge], f"/api/tasks/{task_id}/charges", limit=limit, cursor=cursor)


class Services(HttpArea[M]):
    @Verb
    async def create(
        self,
        name: str,
        *,
        project_id: str,
        limit: Amount,
        substitute_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Service:
        """Register a metered upstream with its budget in USD, and who steps in when that is spent."""
        body = {"project_id": project_id, "name": name, "limit": amount_text(limit)}
        if substitute_id is not None:
            body["substitute_id"] = substitute_id
        return await self._http.post(Service, "/api/services", body, key=idempotency_key)

    @Verb
    async def list(
        self, *, project_id: str, limit: int | None = None, cursor: str | None = None
    ) -> Page[Service]:
        """Services of a project."""
        return await self._http.get(
            Page[Service], "/api/services", project_id=project_id, limit=limit, cursor=cursor
        )

    @Verb
    async def increase_budget(
        self, service_id: str, *, amount: Amount, reason: str, idempotency_key: str | None = None
    ) -> Service:
        """Give a service more money; one that was suspended for lack of it goes on."""
        body = {"amount": amount_text(amount), "reason": reason}
        path = f"/api/services/{service_id}/increase-budget"
        return await self._http.post(Service, path, body, key=idempotency_key)


class Logs(HttpArea[M]):
    @Verb
    async def list(
        self,
        *,
        project_id: str,
        level: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[LogLine]:
        """What the handlers of all tasks of a project logged, newest first, one page."""
        return await self._http.get(
            Page[LogLine],
            "/api/logs",
            project_id=project_id,
            level=level,
            since=None if since is None else since.isoformat(),
            until=None if until is None else until.isoformat(),
            limit=limit,
            cursor=cursor,
        )


class Events(HttpArea[M]):
    @Verb
    async def list(
        self, *, project_id: str, after: str | None = None, limit: int | None = None
    ) -> Page[Event]:
        """Events of a project after a cursor, oldest first, one page."""
        return await self._http.get(
            Page[Event], "/api/workflow/events", project_id=project_id, after=after, limit=limit
        )

    @Walk
    async def follow(
        self,
        *,
        project_id: str | None = None,
        task_id: str | None = None,
        types: Sequence[str] = (),
        after: str | None = None,
    ) -> AsyncIterator[Event]:
        """Events as they happen, from now on or after a cursor, for as long as you iterate.

        When the connection breaks it goes on where it was. It raises what the server refuses, and
        `Conflict` with the code `cursor_not_kept` when events after the cursor are gone. A type is whole,
        such as `task.failed`, or stands for all that begin with it, such as `task`.
        """
        asked = {"project_id": project_id, "task_id": task_id, "types": [*types] or None}
        async for event in follow_events(self._http, given(asked), after):
            yield event

    @Walk
    async def iterate(self, *, project_id: str, after: str | None = None) -> AsyncIterator[Event]:
        """All events of a project after a cursor until now, page after page."""
        cursor = after
        while True:
            page = await self._http.get(
                Page[Event], "/api/workflow/events", project_id=project_id, after=cursor
            )
            for event in page.items:
                yield event
            if page.next_cursor is None or not page.items:
                return
            cursor = page.next_cursor
