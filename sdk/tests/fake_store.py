"""What the fake control plane knows: tasks and leases, in memory, under the lock of its HTTP server."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

PRIORITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")


class Refusal(Exception):
    """An answer that is a problem document."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"status": status, "code": code, "detail": detail, **more}


def now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass
class FakeTask:
    kind: str
    project_id: str
    title: str = "a task"
    input: dict[str, Any] = field(default_factory=dict)
    priority: str = "MEDIUM"
    max_retries: int = 3
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "pending"
    output: dict[str, Any] | None = None
    checkpoint: dict[str, Any] | None = None
    progress: float = 0.0
    progress_note: str | None = None
    attempt: int = 0
    retry_count: int = 0
    last_error: dict[str, Any] | None = None
    blocked_reason: str | None = None
    cancel_requested_at: str | None = None
    created_at: str = field(default_factory=now)
    lease_token: int | None = None
    lease_seconds: int = 0
    lease_ends: float = 0.0
    run_at: float = 0.0
    logs: list[dict[str, Any]] = field(default_factory=list)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    charges: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: int = 0
    cancel_reason: str | None = None
    waits_for: list[str] = field(default_factory=list)
    successors: dict[str, FakeTask] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    timeout_seconds: int | None = None

    def as_json(self) -> dict[str, Any]:
        hidden = ("lease_token", "lease_seconds", "lease_ends", "logs", "attempts", "charges", "checkpoints")
        hidden += ("waits_for", "successors", "steps")
        shown = {name: value for name, value in vars(self).items() if name not in hidden}
        return {**shown, "run_at": self.created_at, "updated_at": now()}

    def as_claimed(self) -> dict[str, Any]:
        names = (
            "id",
            "project_id",
            "kind",
            "title",
            "priority",
            "input",
            "attempt",
            "retry_count",
            "checkpoint",
            "timeout_seconds",
        )
        claimed = {name: getattr(self, name) for name in names}
        lease = {
            "lease_token": self.lease_token,
            "lease_seconds": self.lease_seconds,
            "lease_expires_at": now(),
        }
        return {**claimed, **lease}


class Store:
    """Tasks, leases and events. The rules are those of the SQL, in small."""

    def __init__(self) -> None:
        self.tasks: dict[str, FakeTask] = {}
        self.events: list[dict[str, Any]] = []
        self.project_id = str(uuid.uuid4())
        self.agent_id = str(uuid.uuid4())
        self._tokens = 0
        self.renewed_below = 0.8
        """A lease is made longer when less than this part of it is left."""

    def emit(self, type_: str, subject_id: str, **data: Any) -> None:
        event = {"cursor": str(len(self.events) + 1), "type": type_, "project_id": self.project_id}
        actor = {"actor_kind": "system", "actor_id": None}
        self.events.append({**event, **actor, "subject_id": subject_id, "data": data, "at": now()})

    def add_task(self, kind: str, input_: dict[str, Any] | None = None, **more: Any) -> FakeTask:
        task = FakeTask(kind, self.project_id, input=input_ or {}, **more)
        self.tasks[task.id] = task
        self.emit("task.created", task.id, kind=kind, priority=task.priority, title=task.title)
        return task

    def claim(self, kinds: list[str], limit: int, lease_seconds: int) -> list[dict[str, Any]]:
        ready = [t for t in self.tasks.values() if self._is_ready(t) and t.kind in kinds]
        ready.sort(key=lambda task: PRIORITIES.index(task.priority))
        for task in ready[:limit]:
            self._tokens += 1
            task.state, task.attempt = "running", task.attempt + 1
            task.lease_token, task.lease_seconds = self._tokens, lease_seconds
            task.lease_ends = time.monotonic() + lease_seconds
            self.emit("task.claimed", task.id, attempt=task.attempt)
        return [task.as_claimed() for task in ready[:limit]]

    def _is_ready(self, task: FakeTask) -> bool:
        free = all(self.tasks[other].state == "completed" for other in task.waits_for)
        return task.state == "pending" and task.run_at <= time.monotonic() and free

    def reap(self) -> None:
        for task in self.tasks.values():
            if task.state == "running" and task.lease_ends <= time.monotonic():
                task.last_error = {"code": "lease_expired", "message": "The agent fell silent."}
                task.retry_count += 1
                self._end(task, "lease_expired", "pending")
                self.emit("task.lease_expired", task.id, attempt=task.attempt)

    def take_lease_away(self, task: FakeTask) -> None:
        """As if it had expired and another agent had claimed it."""
        task.lease_ends = 0.0
        self.reap()
        task.run_at = float("inf")

    def held(self, task_id: str, token: int) -> FakeTask:
        self.reap()
        task = self.tasks.get(task_id)
        if task is None:
            raise Refusal(404, "task_not_found", "There is no such task.")
        if task.state != "running" or task.lease_token != token:
            raise Refusal(409, "lease_lost", "The lease of this task has passed.")
        return task

    def finish(self, verb: str, item: dict[str, Any]) -> dict[str, Any]:
        try:
            task = self.held(item["task_id"], item["lease_token"])
        except Refusal:
            told = any(
                past["lease_token"] == item["lease_token"] and past["outcome"] != "lease_expired"
                for past in self.tasks[item["task_id"]].attempts
            )
            outcome = "duplicate" if told else "lease_lost"
            return {"task_id": item["task_id"], "outcome": outcome, "state": None}
        outcome, state = self._outcome(verb, task, item)
        if verb == "completions":
            task.output = item["output"]
        if verb == "failures":
            task.last_error = item["error"]
            task.blocked_reason = item.get("blocked_reason")
        if outcome == "retried":
            task.retry_count += not item.get("later", False)
            task.run_at = time.monotonic() + item.get("retry_after_seconds", 0)
        self._end(task, outcome, state, item.get("error"))
        self.emit(f"task.{outcome}", task.id, attempt=task.attempt)
        return {"task_id": task.id, "outcome": outcome, "state": state}

    def _outcome(self, verb: str, task: FakeTask, item: dict[str, Any]) -> tuple[str, str]:
        if task.cancel_requested_at is not None:
            return "cancelled", "cancelled"
        if verb == "completions":
            return "completed", "completed"
        if verb == "releases":
            return "released", "pending"
        if item.get("blocked_reason"):
            return "blocked", "blocked"
        if item.get("later"):
            return "retried", "pending"
        if item.get("retryable", True) and task.retry_count < task.max_retries:
            return "retried", "pending"
        return "failed", "failed"

    def _end(self, task: FakeTask, outcome: str, state: str, error: Any = None) -> None:
        ended = {"attempt": task.attempt, "agent_id": self.agent_id, "outcome": outcome, "error": error}
        times = {"started_at": task.created_at, "ended_at": now()}
        task.attempts.append({**ended, **times, "lease_token": task.lease_token})
        task.state, task.lease_token = state, None

    def cost(self) -> Decimal:
        return sum((charge["amount"] for task in self.tasks.values() for charge in task.charges), Decimal(0))
