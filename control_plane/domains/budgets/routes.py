"""Routes of services and their budgets."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.session import Session
from control_plane.domains.budgets import queries
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
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, scope
from control_plane.platform.errors import DomainError
from control_plane.platform.model import Page


class ServiceController(Controller):
    """Metered upstreams."""

    path = "/api/services"
    tags = ("money",)

    @post(operation_id="createService", opt=scope("services:write"))
    async def create_service(self, data: JSONBody[CreateService], db: NamedDependency[Session]) -> Service:
        """Register a metered upstream with its limit in USD."""
        return await queries.create_service(db, data)

    @get(operation_id="listServices", opt=scope("services:read"))
    async def list_services(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Service]:
        """Services of the caller's projects; an agent sees them without their money."""
        return await queries.list_services(db, project_id, limit=limit, cursor=cursor)

    @get("/status", operation_id="readServiceStatus", opt=scope("services:read"))
    async def service_status(
        self, db: NamedDependency[Session], project_id: FromQuery[UUID | None] = None
    ) -> ServiceStatus:
        """How many services are active and suspended, and what they may spend and have spent."""
        return await queries.service_status(db, project_id)

    @get("/{service_id:uuid}", operation_id="readService", opt=scope("services:read"))
    async def read_service(self, service_id: FromPath[UUID], db: NamedDependency[Session]) -> Service:
        """One service."""
        return await queries.read_service(db, service_id)

    @post(
        "/{service_id:uuid}/increase-budget",
        operation_id="increaseBudget",
        status_code=200,
        opt=scope("services:write"),
    )
    async def increase_budget(
        self, service_id: FromPath[UUID], data: JSONBody[IncreaseBudget], db: NamedDependency[Session]
    ) -> Service:
        """Raise the limit; a suspended service with room works again, and tasks it blocked go on."""
        return await queries.increase_budget(db, service_id, data)

    @post("/{service_id:uuid}/charge", operation_id="chargeService", opt=scope("services:write"))
    async def charge_service(
        self, service_id: FromPath[UUID], data: JSONBody[ChargeService], db: NamedDependency[Session]
    ) -> ChargeOutcome:
        """Book a charge on the service, or on its first substitute with room. 402 when it fits nowhere."""
        outcome = await queries.charge_service(db, service_id, data)
        if not outcome.charged:
            raise DomainError(
                402,
                "budget_exhausted",
                f"The budget of {outcome.service_asked.name} is used up, and no substitute has room.",
                "A supervisor can raise it: POST /api/services/{id}/increase-budget.",
                extra=outcome.model_dump(mode="json", exclude={"reason"}),
            )
        return outcome


class TaskMoneyController(Controller):
    """The money of tasks."""

    path = "/api/tasks"
    tags = ("money",)

    @post("/dispatch", operation_id="dispatch", status_code=200, opt=AGENT)
    async def dispatch(self, data: JSONBody[Dispatch], db: NamedDependency[Session]) -> DispatchOutcome:
        """Which service a leased task must use now. Moves no money; the question is recorded."""
        return await queries.dispatch(db, data)

    @get("/{task_id:uuid}/charges", operation_id="listTaskCharges", opt=scope("tasks:read"))
    async def list_task_charges(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Charge]:
        """What a task has cost, charge by charge."""
        return await queries.list_task_charges(db, task_id, limit=limit, cursor=cursor)
