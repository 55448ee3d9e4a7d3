"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.logs.models import (
    Level,
    LogLine,
    NewLogLines,
    Order,
    ProjectLogLine,
    StoredLogs,
    at_least,
)
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings

# What Postgres and Python both can write, with room for every time zone.
_FIRST, _LAST = datetime(2000, 1, 2, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)


async def list_task_logs(
    db: Session,
    task_id: UUID,
    *,
    after: int,
    level: Level | None,
    attempt: int | None,
    search: str | None,
    order: Order,
    limit: int,
    cursor: int | None,
) -> Page[LogLine]:
    """What the handlers of a task wrote."""
    newest_first = order == "desc"
    return await db.page(
        LogLine,
        "list_task_logs",
        "id",
        limit=limit,
        task_id=task_id,
        after=after if newest_first else max(after, cursor or 0),
        before=cursor if newest_first else None,
        levels=at_least(level),
        attempt=attempt,
        search=search,
        newest_first=newest_first,
    )


async def list_logs(
    db: Session,
    project_id: UUID,
    *,
    level: Level | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: int | None,
) -> Page[ProjectLogLine]:
    """What the handlers of all tasks of a project wrote."""
    return await db.page(
        ProjectLogLine,
        "list_logs",
        "id",
        limit=limit,
        project_id=project_id,
        before=cursor,
        levels=at_least(level),
        since=_moment(since),
        until=_moment(until),
    )


async def write_task_logs(db: Session, task_id: UUID, logs: NewLogLines, settings: Settings) -> StoredLogs:
    """Append log lines."""
    return await db.one(
        StoredLogs,
        "write_task_logs",
        task_id=task_id,
        lease_token=logs.lease_token,
        lines=[line.model_dump() for line in logs.lines],
        limit_lines=settings.task_log_limit_lines,
        limit_bytes=settings.task_log_limit_bytes,
    )


def _moment(asked: datetime | None) -> datetime | None:
    """A moment as Postgres takes it; without a zone it is UTC."""
    if asked is None:
        return None
    return max(_FIRST, min(_LAST, asked if asked.tzinfo else asked.replace(tzinfo=UTC)))
