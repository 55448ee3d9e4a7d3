"""What the demo promises, checked against what the server and the forge say afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from timeline import dollars

from devos_sdk import Attempt, Charge, Service, Task


@dataclass(frozen=True)
class Facts:
    """What there is when the demo is over."""

    repository: str
    head_sha: str
    steps: Sequence[str]
    price: Decimal
    tasks: Sequence[Task]
    attempts: Sequence[Attempt]
    charges: Sequence[Charge]
    services: Mapping[str, Service]
    comments: Sequence[Mapping[str, Any]]
    statuses: Sequence[Mapping[str, Any]]
    deliveries: Sequence[Mapping[str, str]]
    first_agent_exit: int

    def used(self) -> dict[str, list[Charge]]:
        """Charges by the name of the service that was paid."""
        by_service: dict[str, list[Charge]] = {}
        for charge in self.charges:
            by_service.setdefault(self.services[charge.service_id].name, []).append(charge)
        return by_service

    def cost(self) -> Decimal:
        return sum((charge.amount for charge in self.charges), Decimal(0))

    def as_json(self) -> dict[str, Any]:
        return {
            "repository": self.repository,
            "head_sha": self.head_sha,
            "tasks": [task.model_dump(mode="json") for task in self.tasks],
            "attempts": [attempt.model_dump(mode="json") for attempt in self.attempts],
            "charges": [charge.model_dump(mode="json") for charge in self.charges],
            "services": [service.model_dump(mode="json") for service in self.services.values()],
            "comments": [*self.comments],
            "statuses": [*self.statuses],
            "deliveries": [*self.deliveries],
            "first_agent_exit": self.first_agent_exit,
        }


def missing(facts: Facts) -> list[str]:
    """A sentence for each promise that was not kept."""
    return [
        *_missing_of_the_task(facts),
        *_missing_of_the_money(facts),
        *_missing_of_the_feedback(facts),
        *_missing_of_the_duplicates(facts),
    ]


def _missing_of_the_task(facts: Facts) -> Iterator[str]:
    if facts.first_agent_exit != -9:
        yield f"the first agent should have been ended by signal 9, but ended with {facts.first_agent_exit}"
    outcomes = [attempt.outcome for attempt in facts.attempts]
    if outcomes != ["lease_expired", "completed"]:
        yield f"there should be two attempts, lease_expired and completed, but there are {outcomes}"
    for task in facts.tasks:
        found = (task.kind, task.priority, task.state)
        if found != ("code_review", "CRITICAL", "completed"):
            yield f"the task should be a completed, CRITICAL code_review, but is {found}"


def _missing_of_the_money(facts: Facts) -> Iterator[str]:
    paid = Counter(charge.key for charge in facts.charges)
    if paid != Counter(facts.steps):
        yield f"each step should be paid for once, over both attempts, but the charges are {dict(paid)}"
    if any(charge.amount != facts.price for charge in facts.charges):
        yield f"each charge should be ${facts.price}"
    if len(facts.used()) != 2:
        yield f"charges should be on two services, but are on {[*facts.used()]}"
    states = {service.name: service.state for service in facts.services.values()}
    if sorted(states.values()) != ["ACTIVE", "SUSPENDED"]:
        yield f"one service should be suspended, but they are {states}"
    for name, charges in facts.used().items():
        spent = next(service.spent for service in facts.services.values() if service.name == name)
        if spent != sum(charge.amount for charge in charges):
            yield f"{name} should have spent the sum of its charges, but has spent ${spent}"


def _missing_of_the_feedback(facts: Facts) -> Iterator[str]:
    if len(facts.comments) != 1:
        yield f"there should be one comment on the pull request, but there are {len(facts.comments)}"
    states = [(status["sha"], status["state"]) for status in facts.statuses]
    if states != [(facts.head_sha, "failure")]:
        yield f"the head commit should have one status, failure, but there are {states}"


def _missing_of_the_duplicates(facts: Facts) -> Iterator[str]:
    outcomes = [delivery["outcome"] for delivery in facts.deliveries]
    if outcomes != ["accepted", "duplicate", "accepted"]:
        yield f"the deliveries should be accepted, duplicate and accepted, but are {outcomes}"
    if len(facts.tasks) != 1:
        yield f"three deliveries of one commit should make one task, but there are {len(facts.tasks)}"


def summary(facts: Facts) -> list[str]:
    """The end in a table."""
    rows = [
        *(("task", f"{task.title}: {task.state}") for task in facts.tasks),
        *((f"attempt {attempt.attempt}", _ending(facts, attempt)) for attempt in facts.attempts),
        *(_service_row(facts, service) for service in sorted(facts.services.values(), key=_by_state)),
        ("cost", f"{dollars(facts.cost())} for {len(facts.charges)} steps"),
        ("feedback", _feedback(facts)),
        *(("delivery", f"{delivery['what']}: {delivery['outcome']}") for delivery in facts.deliveries),
        ("result", f"{len(facts.tasks)} task for {len(facts.deliveries)} deliveries"),
    ]
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}}  {value}" for name, value in rows]


def _ending(facts: Facts, attempt: Attempt) -> str:
    seconds = (attempt.ended_at - attempt.started_at).total_seconds()
    why = f": its agent was ended by signal {-facts.first_agent_exit}" if attempt.attempt == 1 else ""
    return f"{attempt.outcome} after {seconds:.1f} s{why}"


def _by_state(service: Service) -> str:
    return "" if service.state == "SUSPENDED" else service.name


def _service_row(facts: Facts, service: Service) -> tuple[str, str]:
    count = len(facts.used().get(service.name, []))
    return (
        service.name,
        f"{service.state}: {dollars(service.spent)} of {dollars(service.limit)} in {count} charges",
    )


def _feedback(facts: Facts) -> str:
    states = ", ".join(f"status {status['state']}: {status['description']}" for status in facts.statuses)
    return f"{len(facts.comments)} comment, {states}"
