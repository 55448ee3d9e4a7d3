"""Routes of graphs of tasks: what waits for what, what comes after, cancellation and remembered steps."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter, SkipValidation

from control_plane.db.session import Session
from control_plane.domains.tasks import graph_queries as queries
from control_plane.domains.tasks import service
from control_plane.domains.tasks.graph_models import (
    AddDependencies,
    Cancellation,
    Dependency,
    Lineage,
    NewStep,
    Step,
    Successor,
)
from control_plane.domains.tasks.models import Noted, Task
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, scope
from control_plane.platform.model import Page

# A step may weigh 256 kB.
StepLimit = Annotated[int, QueryParameter(ge=1, le=100, description="How many items a page has.")]
StepCursor = Annotated[
    int, QueryParameter(ge=0, lt=2**62, description="The `next_cursor` of the page before.")
]


class GraphController(Controller):
    """Tasks that wait for tasks."""

    path = "/api/tasks"
    tags = ("tasks",)

    @get("/{task_id:uuid}/dependencies", operation_id="listDependencies", opt=scope("tasks:read"))
    async def list_dependencies(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Dependency]:
        """What a task waits for, and what waits for it."""
        return await queries.list_dependencies(db, task_id, limit=limit, cursor=cursor)

    @post(
        "/{task_id:uuid}/dependencies",
        operation_id="addDependencies",
        status_code=200,
        opt=scope("tasks:write"),
    )
    async def add_dependencies(
        self, task_id: FromPath[UUID], data: JSONBody[AddDependencies], db: NamedDependency[Session]
    ) -> Task:
        """Let a pending or blocked task wait for others of its project, too. 409 for a circle.

        What has failed already counts as what fails later: the task fails, is blocked or goes on, as it says.
        """
        return await queries.add_dependencies(db, task_id, data)

    @delete(
        "/{task_id:uuid}/dependencies/{depends_on_id:uuid}",
        operation_id="removeDependency",
        opt=scope("tasks:write"),
    )
    async def remove_dependency(
        self, task_id: FromPath[UUID], depends_on_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """Let a pending or blocked task wait for that one no longer."""
        await queries.remove_dependency(db, task_id, depends_on_id)

    @post("/{task_id:uuid}/successor", operation_id="createSuccessor", opt=scope("tasks:write"))
    async def create_successor(
        self,
        task_id: FromPath[UUID],
        data: JSONBody[Successor],
        db: NamedDependency[Session],
        kind_checks: NamedDependency[SkipValidation[service.KindChecks]],
    ) -> Task:
        """Create a task that waits for this one, in its project, with its parent and its priority.

        An agent adds up to 100 per attempt to the task it holds, none more urgent than that.
        """
        await service.require_input(db, kind_checks, task_id, data.input, kind=data.kind)
        return await queries.create_successor(db, task_id, data)

    @get("/{task_id:uuid}/lineage", operation_id="readLineage", opt=scope("tasks:read"))
    async def read_lineage(self, task_id: FromPath[UUID], db: NamedDependency[Session]) -> Lineage:
        """The ancestors and descendants of a task, what it waits for and what waits for it, to the end."""
        return await queries.read_lineage(db, task_id)

    @post("/{task_id:uuid}/cancel", operation_id="cancelTask", status_code=200, opt=scope("tasks:write"))
    async def cancel_task(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        data: JSONBody[Cancellation | None] = None,
    ) -> Task:
        """Cancel a waiting task at once; a running one is asked, and learns of it within seconds.

        An agent that goes on past the grace of the project loses the task.
        """
        return await queries.cancel_task(db, task_id, data or Cancellation())

    @get("/{task_id:uuid}/steps", operation_id="listSteps", opt=scope("tasks:read"))
    async def list_steps(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: StepLimit = 50,
        cursor: StepCursor = 0,
    ) -> Page[Step]:
        """The steps that a task remembers, in the order they were done."""
        return await queries.list_steps(db, task_id, limit=limit, cursor=cursor)

    @post("/{task_id:uuid}/steps", operation_id="saveStep", status_code=200, opt=AGENT)
    async def save_step(
        self, task_id: FromPath[UUID], data: JSONBody[NewStep], db: NamedDependency[Session]
    ) -> Noted:
        """Remember what a step answered, for the next attempt; the first answer stands."""
        return await queries.save_step(db, task_id, data)
