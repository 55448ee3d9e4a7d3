"""What the control plane answers. Frozen; fields that a newer server adds are ignored."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr

T = TypeVar("T")

Amount = Decimal | str | int
"""US dollars as a caller may write them; never a float."""


def amount_text(amount: Amount) -> str:
    """The amount as the API takes it: digits, no exponent."""
    return format(amount, "f") if isinstance(amount, Decimal) else str(amount)


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Page(Model, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None = None


class Repository(Model):
    id: str
    project_id: str
    forge: str
    external_id: str
    full_name: str
    clone_url: str


class AgentInfo(Model):
    """An agent as the control plane knows it."""

    id: str
    name: str
    capabilities: list[str] = Field(default_factory=list[str])
    labels: dict[str, str] = Field(default_factory=dict[str, str])
    project_ids: list[str] = Field(default_factory=list[str])
    state: str
    is_active: bool = True
    broker_allowed: bool = False
    version: int = 1
    seen_at: datetime | None = None
    created_at: datetime | None = None


class Registration(Model):
    """A new agent and its key, which is shown this once."""

    agent: AgentInfo
    api_key: SecretStr


class AgentKey(Model):
    """One key of an agent, by its id. `expires_at` is when one that was rotated away stops."""

    id: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class RetryPolicy(Model):
    """How long a failed attempt waits: the base, then twice as long each time up to the cap."""

    base_seconds: int
    cap_seconds: int


class TaskSummary(Model):
    """A task as lists show it: without description, input, output and checkpoint."""

    id: str
    project_id: str
    kind: str
    title: str
    state: str
    priority: str
    tags: list[str] = Field(default_factory=list[str])
    progress: float = 0.0
    progress_note: str | None = None
    attempt: int
    retry_count: int
    max_retries: int
    last_error: dict[str, Any] | None = None
    blocked_reason: str | None = None
    run_at: datetime
    agent_id: str | None = None
    assigned_agent_id: str | None = None
    parent_task_id: str | None = None
    lease_expires_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Task(Model):
    id: str
    project_id: str
    kind: str
    title: str
    description: str = ""
    state: str
    priority: str
    required_capabilities: list[str] = Field(default_factory=list[str])
    input: dict[str, Any] = Field(default_factory=dict[str, Any])
    output: dict[str, Any] | None = None
    checkpoint: dict[str, Any] | None = None
    progress: float = 0.0
    progress_note: str | None = None
    attempt: int
    retry_count: int
    max_retries: int
    retry_policy: RetryPolicy | None = None
    postponed: int = 0
    last_error: dict[str, Any] | None = None
    blocked_reason: str | None = None
    run_at: datetime
    agent_id: str | None = None
    assigned_agent_id: str | None = None
    concurrency_key: str | None = None
    parent_task_id: str | None = None
    open_dependencies: int = 0
    lease_expires_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    cancel_reason: str | None = None
    tags: list[str] = Field(default_factory=list[str])
    related_task_ids: list[str] = Field(default_factory=list[str])
    timeout_seconds: int | None = None
    resource_requirements: dict[str, Any] = Field(default_factory=dict[str, Any])
    expected_artifacts: list[Any] = Field(default_factory=list[Any])
    acceptance: list[Any] = Field(default_factory=list[Any])
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    version: int = 1


class TaskCount(Model):
    """How many tasks of a kind are in a state; with `more`, there are more than were counted."""

    kind: str
    state: str
    count: int
    more: bool = False


class TaskCounts(Model):
    items: list[TaskCount]


class ClaimedTask(Model):
    """A task under a lease, as the agent that holds it sees it."""

    id: str
    project_id: str
    kind: str
    title: str
    description: str = ""
    priority: str
    input: dict[str, Any] = Field(default_factory=dict[str, Any])
    attempt: int
    retry_count: int = 0
    checkpoint: dict[str, Any] | None = None
    lease_token: int
    lease_seconds: float
    lease_expires_at: datetime
    timeout_seconds: int | None = None
    tags: list[str] = Field(default_factory=list[str])
    resource_requirements: dict[str, Any] = Field(default_factory=dict[str, Any])
    expected_artifacts: list[Any] = Field(default_factory=list[Any])
    acceptance: list[Any] = Field(default_factory=list[Any])


class Kind(Model):
    """One kind of work in a project. Without a `project_id` it is built in."""

    name: str
    project_id: str | None = None
    title: str = ""
    description: str = ""
    input_schema: dict[str, Any] | None = None
    output_schema: dict[str, Any] | None = None
    defaults: dict[str, Any] = Field(default_factory=dict[str, Any])
    version: int
    changed_at: datetime | None = None


class KindComplaint(Model):
    """What is wrong at one place of an input or an output, by a JSON pointer."""

    field: str
    pointer: str
    message: str


class KindVerdict(Model):
    """Whether an example fits its kind."""

    fits: bool
    errors: list[KindComplaint] = Field(default_factory=list[KindComplaint])


class Attempt(Model):
    """How one attempt at a task ended."""

    attempt: int
    agent_id: str
    outcome: str
    error: dict[str, Any] | None = None
    started_at: datetime
    ended_at: datetime


class DeadLetter(Model):
    """A task that failed for good, and how each attempt at it ended."""

    id: str
    project_id: str
    kind: str
    title: str
    priority: str
    tags: list[str] = Field(default_factory=list[str])
    attempt: int
    retry_count: int
    max_retries: int
    last_error: dict[str, Any] | None = None
    version: int = 1
    created_at: datetime
    finished_at: datetime | None = None
    attempts: list[Attempt]

    @property
    def error(self) -> str | None:
        """The code of the last error."""
        return None if self.last_error is None else self.last_error.get("code")


class Requeued(Model):
    """What was put back; `more` when there are others like it."""

    requeued: int
    task_ids: list[str]
    more: bool = False


class LogLine(Model):
    """One line of a task's log. `task_id` is there in the log of a project."""

    id: int
    task_id: str | None = None
    attempt: int
    level: str
    message: str
    at: datetime


class Artifact(Model):
    """A file that a task left behind. Its name is the agent's: text, and no path to follow."""

    id: str
    project_id: str
    task_id: str
    attempt: int
    agent_id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: datetime


class Charge(Model):
    """One line of the spend ledger. `asked_service_id` differs where a substitute stepped in."""

    id: str
    service_id: str
    asked_service_id: str | None = None
    task_id: str | None = None
    attempt: int | None = None
    key: str | None = None
    amount: Decimal
    note: str | None = None
    at: datetime | None = None


class ServiceRef(Model):
    id: str
    name: str


class Service(Model):
    """A metered upstream. An agent sees no money: `limit`, `spent`, `remaining` are None for it."""

    id: str
    project_id: str
    name: str
    state: str
    limit: Decimal | None = None
    spent: Decimal | None = None
    reserved: Decimal | None = None
    overrun: Decimal | None = None
    remaining: Decimal | None = None
    substitute_id: str | None = None
    created_at: datetime | None = None


class ChargeResult(Model):
    """What became of a charge: which service paid, and for which one it stepped in."""

    charge_id: str
    service_used: ServiceRef
    delegated_from: ServiceRef | None = None
    suspended_now: bool = False
    remaining: Decimal | None = None


class Dispatch(Model):
    """Which service to use now. It moves no money."""

    allowed: bool
    reason: str | None = None
    service_asked: ServiceRef
    service_used: ServiceRef | None = None


class Feedback(Model):
    """A comment or a commit status on its way to the forge."""

    id: str
    kind: str
    state: str


class Event(Model):
    """A fact that happened."""

    cursor: str
    type: str
    project_id: str | None = None
    subject_id: str | None = None
    actor_kind: str
    actor_id: str | None = None
    data: dict[str, Any] = Field(default_factory=dict[str, Any])
    at: datetime
