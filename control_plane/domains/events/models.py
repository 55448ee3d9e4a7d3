"""Events as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from control_plane.platform.model import Json, Model


class Event(Model):
    """A fact that happened. `cursor` is its place in commit order."""

    cursor: str
    type: str
    project_id: UUID | None
    subject_id: UUID | None
    actor_kind: Literal["person", "agent", "integration", "system"]
    actor_id: UUID | None
    data: Json
    at: datetime


class Fresh(Model):
    """What a read of the feed found: `access` are ids of events that may change who sees what."""

    events: list[Event]
    access: list[int]


class Visibility(Model):
    """By what the policies let a caller see an event."""

    project_ids: frozenset[UUID]
    team_ids: frozenset[UUID]
    is_admin: bool

    def shows(self, event: Event) -> bool:
        """Whether the caller sees it: the policies of events, for one that was read already."""
        if event.project_id is not None:
            return event.project_id in self.project_ids
        return self.is_admin or event.subject_id in self.team_ids
