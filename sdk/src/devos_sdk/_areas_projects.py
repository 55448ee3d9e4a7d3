"""The verbs of the client about projects: themselves, their members, defaults, tokens and secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pydantic import SecretStr

from devos_sdk._area import HttpArea, given
from devos_sdk._identity import NewProjectToken, Person, Project, ProjectConfig, ProjectToken, Secret
from devos_sdk._models import Page
from devos_sdk._portal import M, Verb
from devos_sdk._transport import plain


class Projects(HttpArea[M]):
    @Verb
    async def create(
        self,
        name: str,
        *,
        description: str | None = None,
        team_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Project:
        """Create a project, of a team if you name one."""
        body = given({"name": name, "description": description, "team_id": team_id})
        return await self._http.post(Project, "/api/projects", body, key=idempotency_key)

    @Verb
    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Project]:
        """Projects you may see."""
        return await self._http.get(Page[Project], "/api/projects", limit=limit, cursor=cursor)

    @Verb
    async def get(self, project_id: str) -> Project:
        """One project."""
        return await self._http.get(Project, f"/api/projects/{project_id}")

    @Verb
    async def update(
        self,
        project_id: str,
        *,
        name: str,
        description: str = "",
        team_id: str | None = None,
        version: int | None = None,
    ) -> Project:
        """Say anew what a project is; with a `version`, only if nobody else has edited it since."""
        body = {"name": name, "description": description, "team_id": team_id}
        return await self._http.put(Project, f"/api/projects/{project_id}", body, version=version)

    @Verb
    async def delete(self, project_id: str) -> None:
        """Delete a project in which nothing has happened yet."""
        await self._http.delete(f"/api/projects/{project_id}")

    @Verb
    async def config(self, project_id: str) -> ProjectConfig:
        """What a new task of the project gets when it does not say."""
        return await self._http.get(ProjectConfig, f"/api/projects/{project_id}/config")

    @Verb
    async def set_config(
        self,
        project_id: str,
        *,
        default_priority: str,
        default_max_retries: int,
        cancel_grace: timedelta | None = None,
        ageing: timedelta | None = None,
        unknown_kinds: str | None = None,
        creations_per_minute: int | None = None,
        version: int | None = None,
    ) -> ProjectConfig:
        """Set it; with a `version`, only over that one. Without `ageing` nothing ages.

        `unknown_kinds` is `allow` or `refuse`: whether tasks may be of kinds that nobody has described.
        `creations_per_minute` limits how many tasks requests create; 0 takes the limit away.
        """
        body: dict[str, Any] = {
            "default_priority": default_priority,
            "default_max_retries": default_max_retries,
            "ageing_seconds": None if ageing is None else round(ageing.total_seconds()),
        }
        if cancel_grace is not None:
            body["cancel_grace_seconds"] = round(cancel_grace.total_seconds())
        if unknown_kinds is not None:
            body["unknown_kinds"] = unknown_kinds
        if creations_per_minute is not None:
            body["creations_per_minute"] = creations_per_minute
        path = f"/api/projects/{project_id}/config"
        return await self._http.put(ProjectConfig, path, body, version=version)

    @Verb
    async def members(
        self, project_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Person]:
        """Who belongs to a project."""
        return await self._http.get(
            Page[Person], f"/api/projects/{project_id}/members", limit=limit, cursor=cursor
        )

    @Verb
    async def add_member(self, project_id: str, user_id: str) -> None:
        """Take a person into a project. People you cannot see are invited instead."""
        await self._http.send("PUT", f"/api/projects/{project_id}/members/{user_id}", repeatable=True)

    @Verb
    async def remove_member(self, project_id: str, user_id: str) -> None:
        """Take a person out of a project."""
        await self._http.delete(f"/api/projects/{project_id}/members/{user_id}")

    @Verb
    async def add_agent(self, project_id: str, agent_id: str) -> None:
        """Let an agent work in a project too."""
        await self._http.send("PUT", f"/api/projects/{project_id}/agents/{agent_id}", repeatable=True)

    @Verb
    async def remove_agent(self, project_id: str, agent_id: str) -> None:
        """Take an agent out of a project."""
        await self._http.delete(f"/api/projects/{project_id}/agents/{agent_id}")


class ProjectTokens(HttpArea[M]):
    @Verb
    async def create(
        self,
        project_id: str,
        name: str,
        *,
        expires_in_days: int | None = 90,
        idempotency_key: str | None = None,
    ) -> NewProjectToken:
        """Make a token by which CI speaks for a project. None days: it never expires."""
        body = {"name": name, "expires_in_days": expires_in_days}
        path = f"/api/projects/{project_id}/tokens"
        return await self._http.post(NewProjectToken, path, body, key=idempotency_key)

    @Verb
    async def list(
        self, project_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[ProjectToken]:
        """The tokens of a project."""
        return await self._http.get(
            Page[ProjectToken], f"/api/projects/{project_id}/tokens", limit=limit, cursor=cursor
        )

    @Verb
    async def revoke(self, project_id: str, token_id: str) -> None:
        """End a project's token. It holds on the next request."""
        await self._http.delete(f"/api/projects/{project_id}/tokens/{token_id}")


class Secrets(HttpArea[M]):
    """Credentials of a project or a team: every verb names one of the two."""

    @Verb
    async def set(
        self,
        name: str,
        value: str | SecretStr,
        *,
        kind: str,
        project_id: str | None = None,
        team_id: str | None = None,
    ) -> Secret:
        """Keep a secret of kind git, model, ci or registry, or give it a new value."""
        path = _secret(name, project_id, team_id)
        return await self._http.put(Secret, path, {"kind": kind, "value": plain(value)})

    @Verb
    async def list(
        self,
        *,
        project_id: str | None = None,
        team_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Secret]:
        """Which secrets there are; never their values."""
        path = _secrets_of(project_id, team_id)
        return await self._http.get(Page[Secret], path, limit=limit, cursor=cursor)

    @Verb
    async def delete(self, name: str, *, project_id: str | None = None, team_id: str | None = None) -> None:
        """Forget a secret."""
        await self._http.delete(_secret(name, project_id, team_id))


def _secret(name: str, project_id: str | None, team_id: str | None) -> str:
    return f"{_secrets_of(project_id, team_id)}/{quote(name, safe='')}"


def _secrets_of(project_id: str | None, team_id: str | None) -> str:
    if (project_id is None) == (team_id is None):
        raise ValueError("A secret is of one project or of one team: name one of them.")
    return f"/api/projects/{project_id}/secrets" if team_id is None else f"/api/teams/{team_id}/secrets"
