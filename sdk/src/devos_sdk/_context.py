"""What a handler holds while it works on a task."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, Literal, ParamSpec, TypeVar, overload

from devos_sdk._areas_graph import OnFailure, successor_body
from devos_sdk._calls import LeaseCalls
from devos_sdk._files import Content
from devos_sdk._logs import LogShipper
from devos_sdk._models import (
    Amount,
    Artifact,
    ChargeResult,
    ClaimedTask,
    Dispatch,
    Feedback,
    Task,
    amount_text,
)
from devos_sdk._portal import Area, Async, M, Portal, Sync, Verb
from devos_sdk._running import Running
from devos_sdk._steps import Memory, recalled, run_step

Q = ParamSpec("Q")
T = TypeVar("T")
Level = Literal["debug", "info", "warning", "error"]
StatusState = Literal["pending", "success", "failure", "error"]


class GitHub(Area[M]):
    """Feedback on a pull request. The control plane posts it; the agent holds no credential of the forge."""

    def __init__(self, calls: LeaseCalls, task_id: str, portal: Portal | None) -> None:
        super().__init__(portal)
        self._calls = calls
        self._task_id = task_id

    @Verb
    async def comment(self, repository: str, number: int, body: str, *, key: str | None = None) -> Feedback:
        """Comment on a pull request, once per task and `key` (by default: once per text)."""
        return await self._send(
            key, {"repository": repository, "number": number, "kind": "comment", "body": body}
        )

    @Verb
    async def status(
        self,
        repository: str,
        number: int,
        *,
        sha: str,
        state: StatusState,
        context: str = "devos",
        description: str = "",
        key: str | None = None,
    ) -> Feedback:
        """Set a commit status, once per task and `key` (by default: once per content)."""
        content = {"sha": sha, "state": state, "context": context, "description": description}
        return await self._send(
            key, {"repository": repository, "number": number, "kind": "status", **content}
        )

    async def _send(self, key: str | None, content: dict[str, Any]) -> Feedback:
        body = {"task_id": self._task_id, "key": key or _digest(content), **content}
        return await self._calls.post(Feedback, "/api/integrations/github/pr-feedback", body)


def _digest(content: Mapping[str, Any]) -> str:
    """A key that is the same for the same content."""
    return hashlib.sha256(repr(sorted(content.items())).encode("utf-8", "replace")).hexdigest()[:32]


class _ContextBase(Area[M]):
    def __init__(
        self,
        running: Running,
        value: Any,
        calls: LeaseCalls,
        logs: LogShipper,
        portal: Portal | None,
    ) -> None:
        super().__init__(portal)
        self._running = running
        self._input = value
        self._calls = calls
        self._logs = logs
        self._memory = Memory(running.task.checkpoint)
        # An older checkpoint must not arrive after a newer one.
        self._saving = asyncio.Lock()
        self._recalling = asyncio.Lock()
        self.github: GitHub[M] = GitHub(calls, running.task.id, portal)

    @property
    def task(self) -> ClaimedTask:
        """The task as it was claimed."""
        return self._running.task

    @property
    def input(self) -> Any:
        """The task's input, validated against the handler's type."""
        return self._input

    @property
    def attempt(self) -> int:
        """1 for the first attempt."""
        return self._running.task.attempt

    @property
    def cancelled(self) -> bool:
        """True once the handler must stop: cancelled, out of time, lease lost, or the agent is ending."""
        return self._running.stop_reason is not None

    @property
    def checkpoint_data(self) -> dict[str, Any]:
        """What an earlier attempt saved with `checkpoint`; empty at first."""
        return deepcopy(self._memory.data)

    def log(self, message: str, *, level: Level = "info") -> None:
        """Write a line to the task's log. Lines travel in batches; this does not wait."""
        self._logs.add(level, message)

    @Verb
    async def progress(self, fraction: float, note: str | None = None) -> None:
        """Say how far the task is, from 0 to 1."""
        body: dict[str, Any] = {"progress": fraction}
        if note is not None:
            body["note"] = note
        await self._calls.report("progress", body)

    @Verb
    async def checkpoint(self, data: dict[str, Any]) -> None:
        """Save data for the next attempt, in place of what was saved before; at most 64 kB."""
        async with self._saving:
            self._memory.replace(data)
            await self._calls.report("checkpoint", {"checkpoint": self._memory.data})

    @Verb
    async def successor(
        self,
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
        """Create a task that waits for this one: once per `key`, by default per content.

        The next attempt makes no second one. Up to 100 in an attempt, none more urgent than this task.
        """
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
        return await self._calls.post(
            Task, f"/api/tasks/{self.task.id}/successor", {**body, "key": key or _digest(body)}
        )

    @Verb
    async def artifact(self, name: str, content: Content, *, media_type: str | None = None) -> Artifact:
        """Keep a file of the task: bytes, or what lies at a path. The same name again takes its place."""
        return await self._calls.keep(name, content, media_type)

    @Verb
    async def charge(
        self, service: str, amount: Amount, *, key: str | None = None, note: str | None = None
    ) -> ChargeResult:
        """Charge a service of the project, before the money is spent. Raises BudgetExhausted.

        With a `key`, charging again in the same attempt is the same charge.
        """
        body = {"amount": amount_text(amount), "task_id": self.task.id, "key": key or str(uuid.uuid4())}
        if note is not None:
            body["note"] = note
        service_id = await self._calls.service_id(service)
        return await self._calls.post(ChargeResult, f"/api/services/{service_id}/charge", body)

    @Verb
    async def dispatch(self, service: str, *, estimated_amount: Amount | None = None) -> Dispatch:
        """Ask which service to use now. Moves no money."""
        body = {"task_id": self.task.id, "service_id": await self._calls.service_id(service)}
        if estimated_amount is not None:
            body["estimated_amount"] = amount_text(estimated_amount)
        return await self._calls.post(Dispatch, "/api/tasks/dispatch", body)

    async def _step(self, name: str, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        self._memory.begin(name)
        try:
            steps = await self._remembered()
            if name not in steps:
                answer = await run_step(fn, args, kwargs)
                await self._calls.report("steps", {"name": name, "output": answer})
                steps[name] = answer
        except BaseException:
            self._memory.forget(name)
            raise
        return recalled(fn, steps[name])

    async def _remembered(self) -> dict[str, Any]:
        """The answers of earlier attempts, read once; a first attempt has none."""
        async with self._recalling:
            if self._memory.steps is None:
                self._memory.steps = await self._calls.steps() if self.attempt > 1 else {}
            return self._memory.steps


class Context(_ContextBase[Async]):
    """What an async handler holds while it works on a task."""

    @overload
    async def step(
        self, name: str, fn: Callable[Q, Awaitable[T]], *args: Q.args, **kwargs: Q.kwargs
    ) -> T: ...
    @overload
    async def step(self, name: str, fn: Callable[Q, T], *args: Q.args, **kwargs: Q.kwargs) -> T: ...
    async def step(self, name: str, fn: Callable[Q, Any], *args: Q.args, **kwargs: Q.kwargs) -> Any:
        """Do `fn` once per task: its answer is saved, and a later attempt gets it without running it again.

        The answer must be JSON, or of a type that pydantic can read back from JSON; 256 kB at the most.
        """
        return await self._step(name, fn, args, kwargs)


class SyncContext(_ContextBase[Sync]):
    """What a sync handler holds: the same verbs, which block. It runs in a thread of its own."""

    def __init__(
        self, running: Running, value: Any, calls: LeaseCalls, logs: LogShipper, portal: Portal
    ) -> None:
        super().__init__(running, value, calls, logs, portal)
        self._way_in = portal

    def step(self, name: str, fn: Callable[Q, T], *args: Q.args, **kwargs: Q.kwargs) -> T:
        """Do `fn` once per task: its answer is saved, and a later attempt gets it without running `fn`."""
        return self._way_in.call(self._step(name, fn, args, kwargs))
