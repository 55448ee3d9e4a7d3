"""Is this process alive, and can it serve?"""

from __future__ import annotations

from typing import Literal

from litestar import Controller, get
from litestar.di import NamedDependency

from control_plane.db.pool import Database
from control_plane.http.scopes import PUBLIC
from control_plane.platform.model import Model


class Health(Model):
    """A healthy answer; an unhealthy one is a problem."""

    status: Literal["ok"] = "ok"


class HealthController(Controller):
    """For load balancers and supervisors."""

    path = "/health"
    tags = ("system",)
    opt = PUBLIC
    security = []  # noqa: RUF012

    @get("/live", operation_id="healthLive", sync_to_thread=False)
    def live(self) -> Health:
        """The process answers."""
        return Health()

    @get("/ready", operation_id="healthReady")
    async def ready(self, database: NamedDependency[Database]) -> Health:
        """The database answers too. 503 with Retry-After while it is away."""
        await database.ping()
        return Health()
