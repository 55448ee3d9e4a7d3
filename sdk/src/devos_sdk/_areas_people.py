"""The verbs of the client about people: users, invitations, teams, API tokens."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import SecretStr

from devos_sdk._area import HttpArea, given
from devos_sdk._identity import ApiToken, Invitation, NewApiToken, NewInvitation, Person, Team
from devos_sdk._models import Page
from devos_sdk._portal import M, Verb
from devos_sdk._transport import plain


class Users(HttpArea[M]):
    @Verb
    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Person]:
        """People who share a team or a project with you; all of them for an admin."""
        return await self._http.get(Page[Person], "/api/users", limit=limit, cursor=cursor)

    @Verb
    async def get(self, user_id: str) -> Person:
        """One person."""
        return await self._http.get(Person, f"/api/users/{user_id}")

    @Verb
    async def set_role(self, user_id: str, role: str) -> Person:
        """Make a person viewer, supervisor or admin. It holds from their next request."""
        return await self._http.put(Person, f"/api/users/{user_id}/role", {"role": role})

    @Verb
    async def activate(self, user_id: str) -> Person:
        """Let a person in again."""
        return await self._http.put(Person, f"/api/users/{user_id}/activation", {"is_active": True})

    @Verb
    async def deactivate(self, user_id: str) -> Person:
        """Keep a person out, and end their sessions and tokens."""
        return await self._http.put(Person, f"/api/users/{user_id}/activation", {"is_active": False})


class Invitations(HttpArea[M]):
    @Verb
    async def create(
        self,
        email: str,
        *,
        role: str | None = None,
        team_id: str | None = None,
        project_id: str | None = None,
        expires_in_days: int | None = None,
        idempotency_key: str | None = None,
    ) -> NewInvitation:
        """Ask somebody in. The token is in the answer, and nowhere else; hand it to them."""
        body = {
            "email": email,
            "role": role,
            "team_id": team_id,
            "project_id": project_id,
            "expires_in_days": expires_in_days,
        }
        return await self._http.post(NewInvitation, "/api/invitations", given(body), key=idempotency_key)

    @Verb
    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Invitation]:
        """Whom you may see to be invited."""
        return await self._http.get(Page[Invitation], "/api/invitations", limit=limit, cursor=cursor)

    @Verb
    async def revoke(self, invitation_id: str) -> None:
        """Take an invitation back."""
        await self._http.delete(f"/api/invitations/{invitation_id}")

    @Verb
    async def accept(self, token: str | SecretStr) -> Invitation:
        """Accept an invitation as the person who is signed in."""
        return await self._http.post(Invitation, "/api/invitations/accept", {"token": plain(token)})


class Teams(HttpArea[M]):
    @Verb
    async def create(self, name: str, *, idempotency_key: str | None = None) -> Team:
        """Create a team. You are its first member."""
        return await self._http.post(Team, "/api/teams", {"name": name}, key=idempotency_key)

    @Verb
    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Team]:
        """Your teams."""
        return await self._http.get(Page[Team], "/api/teams", limit=limit, cursor=cursor)

    @Verb
    async def get(self, team_id: str) -> Team:
        """One team."""
        return await self._http.get(Team, f"/api/teams/{team_id}")

    @Verb
    async def update(self, team_id: str, *, name: str, version: int | None = None) -> Team:
        """Rename a team; with a `version`, only if nobody else has edited it since."""
        return await self._http.put(Team, f"/api/teams/{team_id}", {"name": name}, version=version)

    @Verb
    async def delete(self, team_id: str) -> None:
        """Delete a team that has no projects."""
        await self._http.delete(f"/api/teams/{team_id}")

    @Verb
    async def members(
        self, team_id: str, *, limit: int | None = None, cursor: str | None = None
    ) -> Page[Person]:
        """Who belongs to a team."""
        return await self._http.get(Page[Person], f"/api/teams/{team_id}/members", limit=limit, cursor=cursor)

    @Verb
    async def add_member(self, team_id: str, user_id: str) -> None:
        """Take a person into a team."""
        await self._http.send("PUT", f"/api/teams/{team_id}/members/{user_id}", repeatable=True)

    @Verb
    async def remove_member(self, team_id: str, user_id: str) -> None:
        """Take a person out of a team."""
        await self._http.delete(f"/api/teams/{team_id}/members/{user_id}")


class Tokens(HttpArea[M]):
    @Verb
    async def create(
        self,
        name: str,
        *,
        scopes: Sequence[str],
        expires_in_days: int | None = 90,
        idempotency_key: str | None = None,
    ) -> NewApiToken:
        """Make a token that acts for you within these scopes. None days: it never expires."""
        body = {"name": name, "scopes": [*scopes], "expires_in_days": expires_in_days}
        return await self._http.post(NewApiToken, "/api/tokens", body, key=idempotency_key)

    @Verb
    async def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[ApiToken]:
        """Your tokens."""
        return await self._http.get(Page[ApiToken], "/api/tokens", limit=limit, cursor=cursor)

    @Verb
    async def revoke(self, token_id: str) -> None:
        """End a token. It holds on the next request."""
        await self._http.delete(f"/api/tokens/{token_id}")
