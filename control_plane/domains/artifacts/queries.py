"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.artifacts.models import Artifact, StoredArtifact, Upload
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings


async def begin_artifact(db: Session, upload: Upload, settings: Settings) -> UUID:
    """A key for bytes that are about to come."""
    key = await db.value(
        "begin_artifact",
        task_id=upload.task_id,
        lease_token=upload.lease_token,
        name=upload.name,
        size_bytes=upload.announced,
        quota_bytes=settings.artifact_quota_bytes,
        quota_files=settings.artifact_quota_files,
    )
    return UUID(str(key))


async def store_artifact(
    db: Session, upload: Upload, settings: Settings, *, blob_id: UUID, size_bytes: int, sha256: str
) -> Artifact:
    """The bytes lie in the store: an artifact of the task."""
    return await db.one(
        Artifact,
        "store_artifact",
        task_id=upload.task_id,
        lease_token=upload.lease_token,
        blob_id=blob_id,
        name=upload.name,
        media_type=upload.media_type,
        size_bytes=size_bytes,
        sha256=sha256,
        quota_bytes=settings.artifact_quota_bytes,
        quota_files=settings.artifact_quota_files,
    )


async def list_task_artifacts(
    db: Session, task_id: UUID, *, limit: int, cursor: UUID | None
) -> Page[Artifact]:
    """The artifacts of a task."""
    return await db.page(Artifact, "list_task_artifacts", "id", limit=limit, after=cursor, task_id=task_id)


async def read_artifact(db: Session, artifact_id: UUID) -> StoredArtifact:
    """One artifact."""
    return await db.one(StoredArtifact, "read_artifact", artifact_id=artifact_id)


async def delete_artifact(db: Session, artifact_id: UUID) -> None:
    """Remove an artifact."""
    await db.value("delete_artifact", artifact_id=artifact_id)
