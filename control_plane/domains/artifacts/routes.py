"""Routes of artifacts: agents send files, people fetch them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter
from litestar.response import Stream

from control_plane.db.session import Session
from control_plane.domains.artifacts import queries, service
from control_plane.domains.artifacts.models import Artifact
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, scope
from control_plane.platform.artifact_store import ArtifactStore
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings

_LeaseToken = Annotated[
    int, HeaderParameter(name="X-Lease-Token", ge=1, le=2**63 - 1, description="The token of the lease.")
]


class TaskArtifactController(Controller):
    """Files of a task."""

    path = "/api/tasks"
    tags = ("tasks",)

    @put(
        "/{task_id:uuid}/artifacts/{name:path}",
        operation_id="storeArtifact",
        # Streamed, and held against the limit of an artifact.
        request_max_body_size=None,
        opt={**AGENT, "raw_body": True},
    )
    async def store_artifact(
        self,
        task_id: FromPath[UUID],
        name: FromPath[str],
        request: Request[Any, Any, Any],
        db: NamedDependency[Session],
        artifact_store: NamedDependency[ArtifactStore],
        settings: NamedDependency[Settings],
        lease_token: _LeaseToken,
    ) -> Artifact:
        """Keep a file of a leased task, in place of the one with that name. `Content-Digest` is checked."""
        upload = service.upload_of(request.headers, task_id, lease_token, name.removeprefix("/"))
        return await service.store(db, artifact_store, settings, upload, request.stream())

    @get("/{task_id:uuid}/artifacts", operation_id="listTaskArtifacts", opt=scope("tasks:read"))
    async def list_task_artifacts(
        self,
        task_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Artifact]:
        """The files that a task left behind, oldest first."""
        return await queries.list_task_artifacts(db, task_id, limit=limit, cursor=cursor)


class ArtifactController(Controller):
    """Files that tasks left behind."""

    path = "/api/artifacts"
    tags = ("tasks",)

    @get("/{artifact_id:uuid}", operation_id="readArtifact", opt=scope("tasks:read"))
    async def read_artifact(self, artifact_id: FromPath[UUID], db: NamedDependency[Session]) -> Artifact:
        """What is known of a file."""
        return Artifact.model_validate(vars(await queries.read_artifact(db, artifact_id)))

    @get(
        "/{artifact_id:uuid}/content",
        operation_id="readArtifactContent",
        opt=scope("tasks:read"),
        media_type="application/octet-stream",
    )
    async def read_artifact_content(
        self,
        artifact_id: FromPath[UUID],
        request: Request[Any, Any, Any],
        db: NamedDependency[Session],
        artifact_store: NamedDependency[ArtifactStore],
    ) -> Stream:
        """The file itself, as a download, whole or the `Range` of it; its ETag is its SHA-256."""
        artifact = await queries.read_artifact(db, artifact_id)
        return await service.content(artifact, artifact_store, request.headers)

    @delete("/{artifact_id:uuid}", operation_id="deleteArtifact", opt=scope("tasks:write"))
    async def delete_artifact(self, artifact_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """Remove a file; its bytes go a little later."""
        await queries.delete_artifact(db, artifact_id)
