"""The verbs of the client about agents, and about the tokens by which they register themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from devos_sdk._area import HttpArea, given
from devos_sdk._identity import NewRegistrationToken, RegistrationToken
from devos_sdk._models import AgentInfo, AgentKey, Page, Registration
from devos_sdk._portal import M, Verb


class Agents(HttpArea[M]):
    @Verb
    async def register(
        self,
        name: str,
        *,
        project_ids: Sequence[str],
        capabilities: Sequence[str] = (),
        labels: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> Registration:
        """Register an agent. Its key is in the answer, and nowhere else."""
        body = {
            "name": name,
            "project_ids": [*project_ids],
            "capabilities": [*capabilities],
            "labels": None if labels is None else dict(labels),
        }
        return await self._http.post(Registration, "/api/agents/register", given(body), key=idempotency_key)

    @Verb
    async def list(
        self,
        *,
        project_id: str | None = None,
        capability: str | None = None,
        label: str | None = None,
        state: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[AgentInfo]:
        """Agents of your projects. A label is asked for as `key:value`."""
        return await self._http.get(
            Page[AgentInfo],
            "/api/agents",
            project_id=project_id,
            capability=capability,
            label=label,
            state=state,
            limit=limit,
            cursor=cursor,
        )

    @Verb
    async def get(self, agent_id: str) -> AgentInfo:
        """One agent."""
        return await self._http.get(AgentInfo, f"/api/agents/{agent_id}")

    @Verb
    async def update(
        self,
        agent_id: str,
        *,
        name: str,
        capabilities: Sequence[str],
        labels: Mapping[str, str],
        version: int | None = None,
    ) -> AgentInfo:
        """Say anew what an agent is; with a `version`, only if nobody else has edited it since."""
        body = {"name": name, "capabilities": [*capabilities], "labels": dict(labels)}
        return await self._http.put(AgentInfo, f"/api/agents/{agent_id}", body, version=version)

    @Verb
    async def allow_broker(self, agent_id: str) -> AgentInfo:
        """Trust an agent with credentials of the broker. It takes an admin."""
        return await self._http.put(AgentInfo, f"/api/agents/{agent_id}/broker", {"is_allowed": True})

    @Verb
    async def deny_broker(self, agent_id: str) -> AgentInfo:
        """Take an agent's credentials of the broker back; it goes on by long poll."""
        return await self._http.put(AgentInfo, f"/api/agents/{agent_id}/broker", {"is_allowed": False})

    @Verb
    async def activate(self, agent_id: str) -> AgentInfo:
        """Let an agent work again."""
        return await self._http.put(AgentInfo, f"/api/agents/{agent_id}/activation", {"is_active": True})

    @Verb
    async def deactivate(self, agent_id: str) -> AgentInfo:
        """Refuse an agent's key from the next request on. What it works on goes to others at once."""
        return await self._http.put(AgentInfo, f"/api/agents/{agent_id}/activation", {"is_active": False})

    @Verb
    async def rotate_key(
        self, agent_id: str, *, overlap: timedelta | None = None, idempotency_key: str | None = None
    ) -> Registration:
        """Give an agent a new key. The old one works on for `overlap`, an hour unless you say."""
        seconds = None if overlap is None else round(overlap.total_seconds())
        path = f"/api/agents/{agent_id}/rotate-key"
        body = given({"overlap_seconds": seconds})
        return await self._http.post(Registration, path, body, key=idempotency_key)

    @Verb
    async def keys(
        self, agent_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[AgentKey]:
        """An agent's keys by their ids, never the keys themselves."""
        return await self._http.get(
            Page[AgentKey], f"/api/agents/{agent_id}/keys", limit=limit, cursor=cursor
        )

    @Verb
    async def revoke_key(self, agent_id: str, key_id: str) -> None:
        """End one key of an agent. It holds on the next request."""
        await self._http.delete(f"/api/agents/{agent_id}/keys/{key_id}")


class RegistrationTokens(HttpArea[M]):
    @Verb
    async def create(
        self,
        name: str,
        *,
        project_ids: Sequence[str],
        capabilities: Sequence[str] = (),
        max_uses: int | None = None,
        expires_in: timedelta | None = None,
        idempotency_key: str | None = None,
    ) -> NewRegistrationToken:
        """Make a token by which agents register themselves: once and for a day, unless you say otherwise."""
        hours = None if expires_in is None else round(expires_in / timedelta(hours=1))
        body = {
            "name": name,
            "project_ids": [*project_ids],
            "capabilities": [*capabilities],
            "max_uses": max_uses,
            "expires_in_hours": hours,
        }
        return await self._http.post(
            NewRegistrationToken, "/api/registration-tokens", given(body), key=idempotency_key
        )

    @Verb
    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[RegistrationToken]:
        """Registration tokens of your projects."""
        return await self._http.get(
            Page[RegistrationToken], "/api/registration-tokens", limit=limit, cursor=cursor
        )

    @Verb
    async def revoke(self, token_id: str) -> None:
        """End a registration token. Agents that came by it stay."""
        await self._http.delete(f"/api/registration-tokens/{token_id}")
