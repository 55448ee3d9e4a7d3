"""How much of a project may run at once, and how fast: the models and the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from devos_sdk._area import HttpArea, given
from devos_sdk._models import Model, Page
from devos_sdk._portal import M, Verb

LimitScope = Literal["project", "kind", "key"]


class Rate(Model):
    """So many tasks begin at the most in any span of so many seconds."""

    count: int
    seconds: int


class Limit(Model):
    """How many tasks of a project, of a kind or of each concurrency key may run at once, or begin."""

    id: str
    project_id: str
    name: str
    scope: str
    kind: str | None = None
    max_running: int | None = None
    rate: Rate | None = None
    version: int
    created_at: datetime


class Limits(HttpArea[M]):
    """Limits hold from the next claim on; what runs goes on."""

    @Verb
    async def create(
        self,
        name: str,
        *,
        project_id: str,
        scope: LimitScope,
        kind: str | None = None,
        max_running: int | None = None,
        rate: tuple[int, timedelta] | None = None,
        idempotency_key: str | None = None,
    ) -> Limit:
        """Limit what runs at once, or `rate`: how many begin in any span of that length."""
        body = {
            "name": name,
            "project_id": project_id,
            "scope": scope,
            "kind": kind,
            "max_running": max_running,
            "rate": None if rate is None else {"count": rate[0], "seconds": round(rate[1].total_seconds())},
        }
        return await self._http.post(Limit, "/api/limits", given(body), key=idempotency_key)

    @Verb
    async def list(
        self, *, project_id: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Page[Limit]:
        """Limits of your projects, one page."""
        return await self._http.get(
            Page[Limit], "/api/limits", project_id=project_id, limit=limit, cursor=cursor
        )

    @Verb
    async def get(self, limit_id: str) -> Limit:
        """One limit."""
        return await self._http.get(Limit, f"/api/limits/{limit_id}")

    @Verb
    async def update(self, limit_id: str, changes: Mapping[str, Any], *, version: int | None = None) -> Limit:
        """Change fields of a limit; with a `version`, only if nobody else has edited it since."""
        return await self._http.put(Limit, f"/api/limits/{limit_id}", changes, version=version)

    @Verb
    async def delete(self, limit_id: str) -> None:
        """Count no more: what waited for room may be claimed."""
        await self._http.delete(f"/api/limits/{limit_id}")
