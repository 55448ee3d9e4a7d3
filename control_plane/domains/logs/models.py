"""Log lines of tasks as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import Body, LeaseToken, Model

Level = Literal["debug", "info", "warning", "error"]
Order = Literal["asc", "desc"]
_LEVELS: tuple[Level, ...] = get_args(Level)


def at_least(level: Level | None) -> list[str] | None:
    """The levels from this one up; None for all."""
    return None if level is None else list(_LEVELS[_LEVELS.index(level) :])


class LogLine(Model):
    """One line that a handler wrote."""

    id: int
    attempt: int
    level: Level
    message: str
    at: datetime


class ProjectLogLine(LogLine):
    """One line, and the task whose handler wrote it."""

    task_id: UUID


class NewLogLine(Body):
    """One line to keep."""

    level: Level = "info"
    message: Annotated[str, Field(max_length=16384)]


class NewLogLines(Body):
    """Lines to keep, in order."""

    lease_token: LeaseToken
    lines: Annotated[list[NewLogLine], Field(min_length=1, max_length=1000)]


class StoredLogs(Model):
    """How many lines were stored, how many not because the log is full; and whether the task should stop."""

    stored: int
    dropped: int
    cancel_requested: bool
