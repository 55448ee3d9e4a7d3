"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import Session
from control_plane.domains.events.models import Event, Fresh, Visibility
from control_plane.platform.model import Page


def place(cursor: str) -> tuple[int, int]:
    """A cursor as what it is: a transaction and a number, in the order of both."""
    xid, _, number = cursor.partition(".")
    return int(xid), int(number or 0)


async def list_events(db: Session, project_id: UUID, *, after: str, limit: int) -> Page[Event]:
    """Events of a project after a cursor, which ends at the last one read, so that it can be asked again."""
    xid, number = place(after)
    events = await db.many(
        Event, "list_events", project_id=project_id, after_xid=xid, after_id=number, limit=limit
    )
    return Page[Event](items=events, next_cursor=events[-1].cursor if events else after)


async def event_visibility(db: Session, project_id: UUID | None, task_id: UUID | None) -> Visibility:
    """What the caller sees now; a refusal when that is not the project or task that it asks for."""
    return await db.one(Visibility, "event_visibility", project_id=project_id, task_id=task_id)


async def follow_events(
    db: Session, after: str, until: str, *, project_id: UUID | None, subject_id: UUID | None, limit: int
) -> list[Event]:
    """Events that the caller sees, between two cursors."""
    (after_xid, after_id), (until_xid, until_id) = place(after), place(until)
    return await db.many(
        Event,
        "follow_events",
        after_xid=after_xid,
        after_id=after_id,
        until_xid=until_xid,
        until_id=until_id,
        project_id=project_id,
        subject_id=subject_id,
        limit=limit,
    )


async def feed_position(database: Database) -> str:
    """The cursor of the last event before which nothing is still to come."""
    return read_json((await database.call(Call("private.feed_position")))[0])


async def knows_cursor(database: Database, cursor: str) -> bool:
    """Whether every event after a cursor is still kept."""
    xid, number = place(cursor)
    return read_json((await database.call(Call("private.knows_cursor", xid=xid, id=number)))[0])


async def read_feed(database: Database, after: str, *, limit: int) -> Fresh:
    """Events of all projects after a cursor, for the process itself."""
    xid, number = place(after)
    rows = await database.call(Call("private.read_feed", after_xid=xid, after_id=number, limit=limit))
    return Fresh.model_validate(read_json(rows[0]))
