"""Routes of events."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, HeaderParameter, QueryParameter
from litestar.response import Stream

from control_plane.db.session import Session
from control_plane.domains.events import queries
from control_plane.domains.events.feed import EventFeed
from control_plane.domains.events.models import Event
from control_plane.domains.events.service import EventStream, Wanted
from control_plane.http.credentials import Admission
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.platform.model import Page

_CURSOR = r"^\d{1,18}(\.\d{1,18})?$"
Cursor = Annotated[
    str, QueryParameter(pattern=_CURSOR, description="The cursor of the last event that was read.")
]
LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        pattern=_CURSOR,
        description="The last id that was read: the stream goes on behind it. 0 for all that is kept; "
        "without it the stream begins now.",
    ),
]
Types = Annotated[
    list[str] | None,
    QueryParameter(
        max_items=20,
        description="Events of these types alone: `task.failed`, or `task` for all that begin with `task.`.",
    ),
]
# Proxies must neither keep what passes nor collect it.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class StreamController(Controller):
    """Events as they happen."""

    path = "/api/stream"
    tags = ("system",)

    @get(
        operation_id="streamEvents",
        media_type="text/event-stream",
        opt=scope("events:read"),
        responses={
            200: ResponseSpec(
                data_container=Event,
                media_type="text/event-stream",
                description="The `data` of each message; its `event` is the type, its `id` the cursor.",
            )
        },
    )
    async def stream_events(
        self,
        db: NamedDependency[Session],
        feed: NamedDependency[EventFeed],
        admission: NamedDependency[Admission],
        project_id: FromQuery[UUID | None] = None,
        task_id: FromQuery[UUID | None] = None,
        types: Types = None,
        last_event_id: LastEventId = None,
    ) -> Stream:
        """Server-sent events that the caller sees, in commit order, as long as the credential holds.

        `reset` says that events after the last id are not kept any more, `end` why the stream ends: come
        again with the last id, unless that is refused. 429 `too_many_streams` for whoever has 20 open here.
        """
        # Before the answer begins: afterwards nobody can be refused.
        feed.require_room(db.caller.user_id)
        await queries.event_visibility(db, project_id, task_id)
        wanted = Wanted(project_id, task_id, tuple(types or ()))
        return Stream(EventStream(feed, db, admission, wanted).told(last_event_id), headers=_HEADERS)


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
