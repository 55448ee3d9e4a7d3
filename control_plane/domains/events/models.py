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
