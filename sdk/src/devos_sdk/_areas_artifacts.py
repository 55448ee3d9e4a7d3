"""The verbs of the client about files of tasks."""

from __future__ import annotations

import os
from pathlib import Path

from devos_sdk._area import HttpArea
from devos_sdk._files import download, file_name
from devos_sdk._models import Artifact
from devos_sdk._portal import M, Verb


class Artifacts(HttpArea[M]):
    @Verb
    async def get(self, artifact_id: str) -> Artifact:
        """What is known of a file."""
        return await self._http.get(Artifact, f"/api/artifacts/{artifact_id}")

    @Verb
    async def download(self, artifact_id: str, *, to: str | os.PathLike[str]) -> Path:
        """Fetch a file and check it. It is written to `to`, or into the folder `to`, whole or not at all."""
        artifact = await self._http.get(Artifact, f"/api/artifacts/{artifact_id}")
        path = Path(to)
        path = path / file_name(artifact.name) if path.is_dir() else path
        await download(self._http, f"/api/artifacts/{artifact_id}/content", path, artifact.sha256)
        return path

    @Verb
    async def delete(self, artifact_id: str) -> None:
        """Remove a file."""
        await self._http.delete(f"/api/artifacts/{artifact_id}")
