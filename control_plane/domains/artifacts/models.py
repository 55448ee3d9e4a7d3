"""Artifacts as the API shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from control_plane.platform.model import Model


class Artifact(Model):
    """A file that a task left behind."""

    id: UUID
    project_id: UUID
    task_id: UUID
    attempt: int
    agent_id: UUID
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: datetime


class StoredArtifact(Artifact):
    """An artifact, and where its bytes lie."""

    blob_id: UUID


@dataclass(frozen=True)
class Upload:
    """What a request says of the file that it carries."""

    task_id: UUID
    lease_token: int
    name: str
    media_type: str
    announced: int
    digest: bytes | None
