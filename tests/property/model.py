"""What the queue should do, in a page of Python: it predicts every answer and every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LIFECYCLE = frozenset(
    f"task.{name}"
    for name in (
        *("created", "claimed", "completed", "failed", "retried", "released", "blocked", "cancelled"),
        *("lease_expired", "cancel_requested", "requeued", "updated"),
    )
)
EDITABLE = ("pending", "blocked")
# How a handler may end, and what it then sends to the control plane.
ENDINGS: dict[str, dict[str, object]] = {
    "complete": {"action": "complete", "output": {"done": True}},
    "release": {"action": "release"},
    "fail": {"action": "fail"},
    "fail_for_good": {"action": "fail", "retryable": False},
    "fail_until_now": {"action": "fail", "retry_after_seconds": 0},
    "fail_until_later": {"action": "fail", "retry_after_seconds": 3600},
    "block": {"action": "fail", "blocked_reason": "ci"},
}


@dataclass(eq=False)
class Task:
    """One task as it should be."""

    id: str
    kind: str
    priority: int
    max_retries: int
    # When it may run, in steps of the test: (step, number within it). None: not before time passes.
    due: tuple[int, int] | None
    state: str = "pending"
    attempt: int = 0
    retries: int = 0
    version: int = 1
    cancelling: bool = False
    lease: Lease | None = None
    outcomes: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=lambda: ["task.created"])

    @property
    def in_line(self) -> tuple[int, tuple[int, int], str]:
        """Its place among what can be claimed."""
        assert self.due is not None
        return self.priority, self.due, self.id


@dataclass(eq=False)
class Lease:
    """A claim that an agent once made, whatever has become of it."""

    task: Task
    token: int
    agent: int
    passed: bool = False
    # What ended it; None while it is the task's.
    outcome: str | None = None

    @property
    def lives(self) -> bool:
        return self.task.lease is self and not self.passed


class Model:
    """The tasks of one example, and what each call should make of them."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.leases: list[Lease] = []
        self.step = 0

    def claimable(self, kinds: Iterable[str]) -> list[Task]:
        """What there is to claim, in line."""
        waiting = [
            task
            for task in self.tasks.values()
            if task.state == "pending" and task.due is not None and task.kind in kinds
        ]
        return sorted(waiting, key=lambda task: task.in_line)

    def taken(self, ids: Sequence[str], kinds: Iterable[str], limit: int) -> list[Task]:
        """The tasks that a claim answered, if it may: lanes of one priority draw lots, each goes by age."""
        waiting = self.claimable(kinds)
        taken = [task for task in waiting if task.id in ids]
        assert [task.id for task in taken] == [*ids], "it is not there to claim, or not in line"
        assert len(taken) == min(limit, len(waiting))
        for task in taken:
            for other in waiting:
                if other not in taken:
                    assert other.priority >= task.priority, "what was more urgent was left"
                    same_lane = (other.priority, other.kind) == (task.priority, task.kind)
                    assert not same_lane or other.in_line > task.in_line, "what was older was left"
        return taken

    def claim(self, task: Task, token: int, agent: int) -> Lease:
        task.state, task.attempt = "running", task.attempt + 1
        task.lease = lease = Lease(task, token, agent)
        task.events.append("task.claimed")
        self.leases.append(lease)
        return lease

    def finish(self, agent: int, lease: Lease, ending: str) -> str:
        """The outcome that the agent is told."""
        if lease.lives and lease.agent == agent:
            return self._end(lease, *self._after(lease.task, ending))
        told_before = lease.agent == agent and lease.outcome not in (None, "lease_expired")
        return "duplicate" if told_before else "lease_lost"

    def _after(self, task: Task, ending: str) -> tuple[str, str]:
        """The state after a handler has ended, and the outcome of its attempt."""
        if task.cancelling:
            return "cancelled", "cancelled"
        if ending == "complete":
            return "completed", "completed"
        if ending == "release":
            return "pending", "released"
        if ending == "block":
            return "blocked", "blocked"
        if ending == "fail_for_good" or task.retries >= task.max_retries:
            return "failed", "failed"
        task.retries += 1
        task.due = (self.step, 0) if ending == "fail_until_now" else None
        return "pending", "retried"

    def _end(self, lease: Lease, state: str, outcome: str) -> str:
        task = lease.task
        task.state, task.lease, lease.outcome = state, None, outcome
        task.outcomes.append(outcome)
        task.events.append(f"task.{outcome}")
        return outcome

    def reap(self) -> int:
        """Take back what silent agents hold; how many tasks that are."""
        gone = [task.lease for task in self.tasks.values() if task.lease and task.lease.passed]
        for lease in gone:
            task = lease.task
            if task.cancelling:
                state = "cancelled"
            elif task.retries < task.max_retries:
                state, task.retries = "pending", task.retries + 1
            else:
                state = "failed"
            self._end(lease, state, "lease_expired")
        return len(gone)

    def pass_time(self) -> None:
        """Every wait is over."""
        for task in self.tasks.values():
            if task.due is None and task.state == "pending":
                task.due = (self.step, 0)

    def cancel(self, task: Task) -> str | None:
        """The code of the refusal, if it is one."""
        if task.id not in self.tasks:
            return "task_not_found"
        if task.state in ("completed", "failed"):
            return "illegal_transition"
        if task.state == "running" and not task.cancelling:
            task.cancelling = True
            task.events.append("task.cancel_requested")
        elif task.state in EDITABLE:
            task.state, task.cancelling = "cancelled", True
            task.events.append("task.cancelled")
        return None

    def requeue(self, tasks: Sequence[Task]) -> str | None:
        """All or none; the code of the refusal, if it is one."""
        if any(task.id not in self.tasks for task in tasks):
            return "task_not_found"
        if any(task.state in ("running", "completed", "cancelled") for task in tasks):
            return "illegal_transition"
        for task in tasks:
            if task.state != "pending":
                task.state, task.retries, task.cancelling = "pending", 0, False
                task.due = (self.step, 0)
                task.events.append("task.requeued")
        return None

    def edit(self, task: Task, priority: int, version: int) -> str | None:
        """The code of the refusal, if it is one."""
        if task.id not in self.tasks:
            return "task_not_found"
        if task.state not in EDITABLE:
            return "task_not_editable"
        if version != task.version:
            return "version_changed"
        task.priority, task.version = priority, task.version + 1
        task.events.append("task.updated")
        return None

    def delete(self, task: Task) -> str | None:
        """The code of the refusal, if it is one."""
        if task.id not in self.tasks:
            return "task_not_found"
        if task.attempt > 0 or task.state not in (*EDITABLE, "cancelled"):
            return "task_has_history"
        del self.tasks[task.id]
        return None

    def write(self, agent: int, lease: Lease) -> str | None:
        """Whether an agent may write to the task of a lease; the code of the refusal, if it is one."""
        if lease.lives and lease.agent == agent:
            return None
        task = lease.task
        held = [mine for mine in self.leases if mine.task is task and mine.agent == agent]
        return "lease_lost" if held else "task_not_found"
