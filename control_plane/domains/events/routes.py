"""Routes of events."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from control_plane.db.session import Session
from control_plane.domains.events import queries
from control_plane.domains.events.models import Event
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.platform.model import Page

Cursor = Annotated[
    str,
    QueryParameter(
        pattern=r"^\d{1,18}(\.\d{1,18})?$", description="The cursor of the last event that was read."
    ),
]


class EventController(Controller):
    """Facts that happened."""

    path = "/api/workflow/events"
    tags = ("delivery",)

    @get(operation_id="listEvents", opt=scope("events:read"))
    async def list_events(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID],
        after: Cursor = "0",
        limit: Limit = 100,
    ) -> Page[Event]:
        """Events of a project in commit order. `next_cursor` is never null: ask again with it."""
        return await queries.list_events(db, project_id, after=after, limit=limit)
