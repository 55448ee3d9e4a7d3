"""The verbs of the client about graphs of tasks: what waits for what, what comes after, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from devos_sdk._area import HttpArea, given
from devos_sdk._graph_models import Dependency, Lineage, Step, Wait, Waits
from devos_sdk._models import Page, Task
from devos_sdk._portal import M, Verb

DependsOn = str | Mapping[str, str]
"""A task to wait for: its id, or that with what happens if it fails."""
OnFailure = Literal["fail", "block", "ignore"]
Cascade = Literal["none", "descendants", "dependents"]

_ENDED = ("completed", "failed", "cancelled")
_FIRST_LOOK, _LATER_LOOKS = 0.2, 2.0


class TaskGraph(HttpArea[M]):
    @Verb
    async def cancel(
        self, task_id: str, *, reason: str | None = None, cascade: Cascade | None = None
    ) -> Task:
        """Cancel a task. One that is running is told so within seconds, and may clean up.

        `cascade` cancels its descendants too, or the dependents that could not go on without it.
        """
        body = given({"reason": reason, "cascade": cascade})
        return await self._http.post(Task, f"/api/tasks/{task_id}/cancel", body)

    @Verb
    async def wait(self, task_id: str, *, timeout: timedelta | None = None) -> Task:
        """The task once it is completed, failed or cancelled. TimeoutError when it takes longer."""
        look = _FIRST_LOOK
        async with asyncio.timeout(None if timeout is None else timeout.total_seconds()):
            while True:
                task = await self._http.get(Task, f"/api/tasks/{task_id}")
                if task.state in _ENDED:
                    return task
                await asyncio.sleep(look)
                look = min(look * 1.5, _LATER_LOOKS)

    @Verb
    async def successor(
        self,
        task_id: str,
        title: str,
        *,
        kind: str,
        description: str | None = None,
        priority: str | None = None,
        required_capabilities: Sequence[str] | None = None,
        input: Mapping[str, Any] | None = None,  # noqa: A002  the field's name in the API
        max_retries: int | None = None,
        run_at: datetime | None = None,
        assigned_agent_id: str | None = None,
        concurrency_key: str | None = None,
        on_failure: OnFailure | None = None,
        key: str | None = None,
    ) -> Task:
        """Create a task that waits for this one, in its project and with its parent; once per `key`."""
        body = successor_body(
            title,
            kind=kind,
            description=description,
            priority=priority,
            required_capabilities=required_capabilities,
            input=input,
            max_retries=max_retries,
            run_at=run_at,
            assigned_agent_id=assigned_agent_id,
            concurrency_key=concurrency_key,
            on_failure=on_failure,
        )
        return await self._http.post(Task, f"/api/tasks/{task_id}/successor", body | given({"key": key}))

    @Verb
    async def add_dependencies(self, task_id: str, depends_on: Sequence[DependsOn]) -> Task:
        """Let a task that waits wait for others, too."""
        body = {"depends_on": [*depends_on]}
        return await self._http.post(Task, f"/api/tasks/{task_id}/dependencies", body)

    @Verb
    async def remove_dependency(self, task_id: str, depends_on_id: str) -> None:
        """Let it wait for that one no longer."""
        await self._http.delete(f"/api/tasks/{task_id}/dependencies/{depends_on_id}")

    @Verb
    async def dependencies(
        self, task_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Dependency]:
        """What a task waits for, and what waits for it."""
        return await self._http.get(
            Page[Dependency], f"/api/tasks/{task_id}/dependencies", limit=limit, cursor=cursor
        )

    @Verb
    async def lineage(self, task_id: str) -> Lineage:
        """The ancestors and descendants of a task, what it waits for and what waits for it, to the end."""
        return await self._http.get(Lineage, f"/api/tasks/{task_id}/lineage")

    @Verb
    async def waits(self, task_id: str) -> list[Wait]:
        """What a pending task waits for, besides an agent that takes it."""
        return (await self._http.get(Waits, f"/api/tasks/{task_id}/waits")).items

    @Verb
    async def steps(self, task_id: str, *, limit: int | None = None, cursor: str | None = None) -> Page[Step]:
        """The steps that a task remembers, in the order they were done."""
        return await self._http.get(Page[Step], f"/api/tasks/{task_id}/steps", limit=limit, cursor=cursor)


def successor_body(title: str, **said: Any) -> dict[str, Any]:
    """A successor as the API takes it."""
    run_at, required = said.pop("run_at"), said.pop("required_capabilities")
    more = {
        "run_at": None if run_at is None else run_at.isoformat(),
        "required_capabilities": None if required is None else [*required],
    }
    return given({"title": title, **said, **more})
