"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.budgets.models import (
    Charge,
    ChargeOutcome,
    ChargeService,
    CreateService,
    Dispatch,
    DispatchOutcome,
    IncreaseBudget,
    Service,
    ServiceStatus,
)
from control_plane.platform.model import Page


async def create_service(db: Session, service: CreateService) -> Service:
    """Register a metered upstream."""
    return await db.one(
        Service,
        "create_service",
        project_id=service.project_id,
        name=service.name,
        limit=service.limit,
        substitute_id=service.substitute_id,
    )


async def list_services(
    db: Session, project_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Service]:
    """Services of the caller's projects; for an agent without their money."""
    return await db.page(Service, "list_services", "id", limit=limit, after=cursor, project_id=project_id)


async def read_service(db: Session, service_id: UUID) -> Service:
    """One service."""
    return await db.one(Service, "read_service", service_id=service_id)


async def service_status(db: Session, project_id: UUID | None) -> ServiceStatus:
    """All services in one line."""
    return await db.one(ServiceStatus, "service_status", project_id=project_id)


async def increase_budget(db: Session, service_id: UUID, increase: IncreaseBudget) -> Service:
    """Raise a limit; a suspended service with room works again."""
    return await db.one(
        Service, "increase_budget", service_id=service_id, amount=increase.amount, reason=increase.reason
    )


async def charge_service(db: Session, service_id: UUID, charge: ChargeService) -> ChargeOutcome:
    """Book a charge on a service or its substitutes; a refusal is an outcome, for its suspension is kept."""
    return await db.one(
        ChargeOutcome,
        "charge_service",
        service_id=service_id,
        amount=charge.amount,
        task_id=charge.task_id,
        lease_token=charge.lease_token,
        key=charge.key,
        note=charge.note,
    )


async def dispatch(db: Session, question: Dispatch) -> DispatchOutcome:
    """Which service the task must use now."""
    return await db.one(
        DispatchOutcome,
        "dispatch",
        task_id=question.task_id,
        lease_token=question.lease_token,
        service_id=question.service_id,
        estimated_amount=question.estimated_amount,
    )


async def list_task_charges(db: Session, task_id: UUID, *, limit: int, cursor: UUID | None) -> Page[Charge]:
    """What a task has cost."""
    return await db.page(Charge, "list_task_charges", "id", limit=limit, after=cursor, task_id=task_id)
