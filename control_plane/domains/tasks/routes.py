"""Routes of tasks: for people who put work in, and for agents that take it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, MediaType, Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, SkipValidation

from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.tasks import queries, service
from control_plane.domains.tasks.claim_models import (
    Claim,
    ClaimedTasks,
    Completions,
    Exchange,
    ExchangeAnswer,
    Failures,
    Leases,
    Renewal,
    RenewedLeases,
    Results,
)
from control_plane.domains.tasks.models import (
    Attempt,
    Checkpoint,
    Kind,
    NewTasks,
    Noted,
    Progress,
    Task,
    TaskState,
)
from control_plane.domains.tasks.people_models import TaskCounts, TaskSummary, UpdateStatus, UpdateTask
from control_plane.domains.tasks.ready import ReadyKinds
from control_plane.http.credentials import Token, agent_key
from control_plane.http.etag import TAGGED, IfMatch, wanted_version
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, AGENT_KEY, scope
from control_plane.http.times import moment
from control_plane.platform.model import Page, Priority

_AnyRequest = Request[Any, Any, Any]
AttemptCursor = Annotated[
    int, QueryParameter(ge=0, lt=2**31, description="The `next_cursor` of the page before.")
]


States = Annotated[list[TaskState] | None, QueryParameter(name="state", description="Any of them.")]
Kinds = Annotated[list[Kind] | None, QueryParameter(name="kind", description="Any of them.")]
Urgency = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW"]
Tags = Annotated[list[str] | None, QueryParameter(name="tag", description="All of them.")]
AgentFilter = Annotated[UUID | None, QueryParameter(description="What this agent holds now.")]
Search = Annotated[
    str | None,
    QueryParameter(
        max_length=1000,
        description='Words of title and description; `"a phrase"`, `or`, `-not`. Found a moment later.',
    ),
]


class TaskController(Controller):
    """Tasks as people see them."""

    path = "/api/tasks"
    tags = ("tasks",)

    @post(
        operation_id="createTask",
        opt=scope("tasks:write"),
        responses={201: ResponseSpec(data_container=Task | list[Task], description="What was created.")},
    )
    async def create_task(
        self,
        data: JSONBody[NewTasks],
        db: NamedDependency[Session],
        ready: NamedDependency[ReadyKinds],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> Response[bytes]:
        """Create one task, or a list of up to 1,000, all or none."""
        wanted = data.root
        answer = await service.create(
            db, ready, kind_checks, wanted if isinstance(wanted, list) else [wanted]
        )
        return Response(
            (answer if isinstance(wanted, list) else answer[1:-1]).encode(), media_type=MediaType.JSON
        )

    @get(operation_id="listTasks", opt=scope("tasks:read"))
    async def list_tasks(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        states: States = None,
        kinds: Kinds = None,
        priority: FromQuery[Urgency | None] = None,
        tags: Tags = None,
        agent_id: AgentFilter = None,
        parent_task_id: FromQuery[UUID | None] = None,
        created_after: FromQuery[datetime | None] = None,
        created_before: FromQuery[datetime | None] = None,
        search: Search = None,
        order: FromQuery[Literal["newest", "oldest"]] = "newest",
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[TaskSummary]:
        """Tasks the caller sees that match everything asked for."""
        return await queries.list_tasks(
            db,
            project_id=project_id,
            states=states,
            kinds=kinds,
            priority=None if priority is None else Priority[priority],
            tags=tags,
            agent_id=agent_id,
            parent_task_id=parent_task_id,
            created_after=moment(created_after),
            created_before=moment(created_before),
            search=search,
            oldest=order == "oldest",
            limit=limit,
            cursor=cursor,
        )

    @get("/counts", operation_id="countTasks", opt=scope("tasks:read"))
    async def count_tasks(self, project_id: FromQuery[UUID], db: NamedDependency[Session]) -> TaskCounts:
        """How many tasks a project has by kind and state; it counts to 1,000 of each."""
        return await queries.count_tasks(db, project_id)

    @get("/{task_id:uuid}", operation_id="readTask", opt=scope("tasks:read"), **TAGGED)
    async def read_task(self, task_id: FromPath[UUID], db: NamedDependency[Session]) -> Task:
        """One task."""
        return await queries.read_task(db, task_id)

    @put("/{task_id:uuid}", operation_id="updateTask", opt=scope("tasks:write"), **TAGGED)
    async def update_task(
        self,
        task_id: FromPath[UUID],
        data: JSONBody[UpdateTask],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
        if_match: IfMatch = None,
    ) -> Task:
        """Change a task that waits: what is sent; the rest stays as it is."""
        if data.input is not None:
            await service.require_input(db, kind_checks, task_id, data.input)
        return await queries.update_task(db, task_id, data, wanted_version(if_match))

    @put("/{task_id:uuid}/status", operation_id="updateTaskStatus", opt=scope("tasks:write"))
    async def update_status(
        self,
        request: _AnyRequest,
        task_id: FromPath[UUID],
        data: JSONBody[UpdateStatus],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> Task:
        """Set a task to completed, failed, cancelled, or pending again. An agent names its lease."""
        if data.status == "completed" and (key := agent_key(request)) is not None:
            await service.require_output(kind_checks, key, task_id, data.output or {})
        return await queries.update_status(db, task_id, data)

    @delete("/{task_id:uuid}", operation_id="deleteTask", opt=scope("tasks:write"))
    async def delete_task(self, task_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Remove a task that nobody ever claimed. One with a history is cancelled instead."""
        await queries.delete_task(db, task_id)

    @get("/{task_id:uuid}/attempts", operation_id="listAttempts", opt=scope("tasks:read"))
    async def list_attempts(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: AttemptCursor = 0,
    ) -> Page[Attempt]:
        """The ended attempts at a task, in order."""
        return await queries.list_attempts(db, task_id, limit=limit, cursor=cursor)


class ClaimController(Controller):
    """Tasks as agents take them and give them back."""

    path = "/api/tasks"
    tags = ("tasks",)

    @post("/claim", operation_id="claimTasks", status_code=200, opt=AGENT)
    async def claim_tasks(
        self,
        request: _AnyRequest,
        data: JSONBody[Claim],
        db: NamedDependency[Session],
        ready: NamedDependency[ReadyKinds],
    ) -> ClaimedTasks:
        """Claim tasks as the calling agent, waiting up to `wait_seconds` for one."""
        assert db.caller.key_id is not None, "the guard has seen it"
        return await service.until(
            lambda: queries.claim_tasks(db, data),
            lambda claimed: bool(claimed.tasks),
            ready,
            db.caller.key_id,
            data.kinds,
            data.wait_seconds,
            request,
        )

    @post("/complete", operation_id="completeTasks", status_code=200, opt=AGENT)
    async def complete_tasks(
        self,
        request: _AnyRequest,
        data: JSONBody[Completions],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> Results:
        """Complete leased tasks; each item is answered by itself.

        A task whose result does not fit its kind has failed for good: `invalid_output`.
        """
        return await service.complete(db, kind_checks, _key_of(request), data)

    @post("/fail", operation_id="failTasks", status_code=200, opt=AGENT)
    async def fail_tasks(self, data: JSONBody[Failures], db: NamedDependency[Session]) -> Results:
        """Fail leased tasks; a retry follows while there is one left."""
        return await queries.fail_tasks(db, data)

    @post("/release", operation_id="releaseTasks", status_code=200, opt=AGENT)
    async def release_tasks(self, data: JSONBody[Leases], db: NamedDependency[Session]) -> Results:
        """Give leased tasks back without burning a retry."""
        return await queries.release_tasks(db, data)

    @post("/renew", operation_id="extendLeases", status_code=200, opt=AGENT)
    async def extend_leases(self, data: JSONBody[Renewal], db: NamedDependency[Session]) -> RenewedLeases:
        """Renew leases; tells which are lost and which tasks should stop."""
        return await queries.extend_leases(db, data)

    @post("/{task_id:uuid}/progress", operation_id="writeProgress", status_code=200, opt=AGENT)
    async def write_progress(
        self, task_id: FromPath[UUID], data: JSONBody[Progress], db: NamedDependency[Session]
    ) -> Noted:
        """How far the attempt is."""
        return await queries.write_progress(db, task_id, data)

    @post("/{task_id:uuid}/checkpoint", operation_id="saveCheckpoint", status_code=200, opt=AGENT)
    async def save_checkpoint(
        self, task_id: FromPath[UUID], data: JSONBody[Checkpoint], db: NamedDependency[Session]
    ) -> Noted:
        """What the next attempt should know, 64 kB at the most."""
        return await queries.save_checkpoint(db, task_id, data)


class ExchangeController(Controller):
    """The agent's loop in one trip."""

    path = "/api/agents"
    tags = ("agents",)

    @post(
        "/exchange",
        operation_id="exchange",
        status_code=200,
        opt=AGENT_KEY,
        responses={
            200: ResponseSpec(data_container=ExchangeAnswer, description="Results and claimed tasks.")
        },
    )
    async def exchange(
        self,
        request: _AnyRequest,
        data: JSONBody[Exchange],
        database: NamedDependency[Database],
        ready: NamedDependency[ReadyKinds],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> Response[bytes]:
        """Results in, work out, in one transaction. Waits up to `wait_seconds` when nothing is sent."""
        answer = await service.exchange(database, ready, kind_checks, _key_of(request), data, request)
        return Response(answer.encode(), media_type=MediaType.JSON)


def _key_of(request: _AnyRequest) -> Token:
    key = agent_key(request)
    assert key is not None, "the guard has seen it"
    return key
