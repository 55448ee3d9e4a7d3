"""What a handler holds while it works on a task."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any, Literal, ParamSpec, TypeVar, overload
from urllib.parse import quote

from devos_sdk._errors import Conflict, DevosError, NotFound
from devos_sdk._files import Content, upload
from devos_sdk._logs import LogShipper
from devos_sdk._models import (
    Amount,
    Artifact,
    ChargeResult,
    ClaimedTask,
    Dispatch,
    Feedback,
    Page,
    Service,
    amount_text,
)
from devos_sdk._portal import Area, Async, M, Portal, Sync, Verb
from devos_sdk._running import Running, Stop
from devos_sdk._steps import Memory, recalled, run_step
from devos_sdk._transport import Transport, parse

Q = ParamSpec("Q")
T = TypeVar("T")
Level = Literal["debug", "info", "warning", "error"]
StatusState = Literal["pending", "success", "failure", "error"]


class LeaseCalls:
    """Calls in the name of one lease. Each may bring news: the lease is lost, the task is cancelled."""

    def __init__(self, http: Transport, running: Running, services: dict[tuple[str, str], str]) -> None:
        self._http = http
        self._running = running
        self._services = services

    async def post(self, answer: type[T], path: str, body: dict[str, Any]) -> T:
        lease = {"lease_token": self._running.task.lease_token}
        try:
            return await self._http.post(answer, path, {**lease, **body})
        except Conflict as exc:
            if exc.code == "lease_lost":
                self._running.stop(Stop.LEASE_LOST)
            raise

    async def keep(self, name: str, content: Content, media_type: str | None) -> Artifact:
        task = self._running.task
        path = f"/api/tasks/{task.id}/artifacts/{quote(name, safe='')}"
        try:
            answer = await upload(
                self._http, path, content, lease_token=task.lease_token, media_type=media_type, name=name
            )
        except Conflict as exc:
            if exc.code == "lease_lost":
                self._running.stop(Stop.LEASE_LOST)
            raise
        return parse(Artifact, answer)

    async def report(self, verb: str, body: dict[str, Any]) -> None:
        answer = await self.post(dict[str, Any], f"/api/tasks/{self._running.task.id}/{verb}", body)
        if answer.get("cancel_requested"):
            self._running.stop(Stop.CANCELLED)

    async def service_id(self, name: str) -> str:
        project = self._running.task.project_id
        if (project, name) not in self._services:
            cursor = None
            while True:
                page = await self._http.get(Page[Service], "/api/services", project_id=project, cursor=cursor)
                self._services.update({(project, service.name): service.id for service in page.items})
                cursor = page.next_cursor
                if cursor is None:
                    break
        try:
            return self._services[project, name]
        except KeyError:
            raise NotFound(
                f"The project has no service named {name!r}.", code="service_not_found", status=404
            ) from None


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
        digest = hashlib.sha256(repr(sorted(content.items())).encode("utf-8", "replace")).hexdigest()
        body = {"task_id": self._task_id, "key": key or digest[:32], **content}
        return await self._calls.post(Feedback, "/api/integrations/github/pr-feedback", body)


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
        # Steps may run side by side; an older state must not arrive after a newer one.
        self._saving = asyncio.Lock()
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
        """Save data for the next attempt, in place of what was saved before; with all steps at most 64 kB."""
        async with self._saving:
            self._memory.replace(data)
            await self._save()

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

    async def _save(self) -> None:
        await self._calls.report("checkpoint", {"checkpoint": self._memory.as_json()})

    async def _step(self, name: str, fn: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        self._memory.begin(name)
        if name not in self._memory.steps:
            answer = await run_step(fn, args, kwargs)
            async with self._saving:
                self._memory.steps[name] = answer
                try:
                    await self._save()
                except DevosError:
                    # What was not saved must not weigh on the next save.
                    del self._memory.steps[name]
                    raise
        return recalled(fn, self._memory.steps[name])


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

        The answer must be JSON, or of a type that pydantic can read back from JSON.
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
