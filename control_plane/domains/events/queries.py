"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.events.models import Event
from control_plane.platform.model import Page


async def list_events(db: Session, project_id: UUID, *, after: str, limit: int) -> Page[Event]:
    """Events of a project after a cursor, which ends at the last one read, so that it can be asked again."""
    xid, _, number = after.partition(".")
    events = await db.many(
        Event,
        "list_events",
        project_id=project_id,
        after_xid=int(xid),
        after_id=int(number or 0),
        limit=limit,
    )
    return Page[Event](items=events, next_cursor=events[-1].cursor if events else after)
