"""Services, charges and budgets as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import Amount, Body, LeaseToken, Model, Usd

ServiceState = Literal["ACTIVE", "SUSPENDED"]


class CreateService(Body):
    """A new metered upstream with its limit in USD."""

    project_id: UUID
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$", examples=["openai:gpt-5"])]
    limit: Annotated[Usd, Field(ge=0, lt=10**12, max_digits=18, decimal_places=6, allow_inf_nan=False)]
    substitute_id: UUID | None = None


class Service(Model):
    """A metered upstream. The money is null for an agent."""

    id: UUID
    project_id: UUID
    name: str
    state: ServiceState
    limit: Usd | None
    spent: Usd | None
    reserved: Usd | None
    overrun: Usd | None
    remaining: Usd | None
    substitute_id: UUID | None
    created_at: datetime


class ServiceStatus(Model):
    """All services in one line."""

    active: int
    suspended: int
    limit: Usd
    spent: Usd


class IncreaseBudget(Body):
    """By how much, and why."""

    amount: Amount
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ServiceRef(Model):
    """A service as answers name it."""

    id: UUID
    name: str


class ChargeService(Body):
    """A charge by the agent that holds the task; `key` makes it once per attempt."""

    amount: Amount
    task_id: UUID | None = None
    lease_token: LeaseToken | None = None
    key: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    note: Annotated[str | None, Field(max_length=1000)] = None


class ChargeOutcome(Model):
    """Whether the charge was booked, on which service, and what is left there."""

    charged: bool
    reason: str | None
    service_asked: ServiceRef
    service_used: ServiceRef | None
    delegated_from: ServiceRef | None
    suspended_now: bool
    remaining: Usd
    charge_id: UUID | None


class Charge(Model):
    """One line of the ledger."""

    id: UUID
    task_id: UUID | None
    attempt: int | None
    service_id: UUID
    asked_service_id: UUID
    agent_id: UUID | None
    key: str | None
    amount: Usd
    source: str
    note: str | None
    at: datetime


class Dispatch(Body):
    """Which service must a task use now?"""

    task_id: UUID
    lease_token: LeaseToken
    service_id: UUID
    estimated_amount: Amount | None = None


class DispatchOutcome(Model):
    """The service to use; none when nothing has room."""

    allowed: bool
    reason: str | None
    service_asked: ServiceRef
    service_used: ServiceRef | None
