"""Routes of secrets: the same three of a project and of a team."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.secrets import SecretPlace
from control_plane.db.session import Session
from control_plane.domains.secrets import queries, service
from control_plane.domains.secrets.models import Secret, SetSecret
from control_plane.http.paging import Limit
from control_plane.http.scopes import scope
from control_plane.platform.keyring import Keyring
from control_plane.platform.model import Page


class ProjectSecretController(Controller):
    """Credentials of a project."""

    path = "/api/projects/{project_id:uuid}/secrets"
    tags = ("secrets",)

    @put("/{name:str}", operation_id="setProjectSecret", opt=scope("secrets:write"))
    async def set_project_secret(
        self,
        project_id: FromPath[UUID],
        name: FromPath[str],
        data: JSONBody[SetSecret],
        db: NamedDependency[Session],
        keyring: NamedDependency[Keyring],
    ) -> Secret:
        """Keep a secret of the project under a name, or replace it. Its value is never shown."""
        return await service.set_secret(db, keyring, SecretPlace(project_id=project_id, name=name), data)

    @get(operation_id="listProjectSecrets", opt=scope("secrets:read"))
    async def list_project_secrets(
        self,
        project_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Secret]:
        """The secrets of a project, without their values."""
        return await queries.list_secrets(db, project_id, None, limit=limit, cursor=cursor)

    @delete("/{name:str}", operation_id="deleteProjectSecret", opt=scope("secrets:write"))
    async def delete_project_secret(
        self, project_id: FromPath[UUID], name: FromPath[str], db: NamedDependency[Session]
    ) -> None:
        """Forget a secret of the project."""
        await queries.delete_secret(db, SecretPlace(project_id=project_id, name=name))


class TeamSecretController(Controller):
    """Credentials of a team, for those of its projects that have no own one of the name."""

    path = "/api/teams/{team_id:uuid}/secrets"
    tags = ("secrets",)

    @put("/{name:str}", operation_id="setTeamSecret", opt=scope("secrets:write"))
    async def set_team_secret(
        self,
        team_id: FromPath[UUID],
        name: FromPath[str],
        data: JSONBody[SetSecret],
        db: NamedDependency[Session],
        keyring: NamedDependency[Keyring],
    ) -> Secret:
        """Keep a secret of the team under a name, or replace it. Its value is never shown."""
        return await service.set_secret(db, keyring, SecretPlace(team_id=team_id, name=name), data)

    @get(operation_id="listTeamSecrets", opt=scope("secrets:read"))
    async def list_team_secrets(
        self,
        team_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Secret]:
        """The secrets of a team, without their values."""
        return await queries.list_secrets(db, None, team_id, limit=limit, cursor=cursor)

    @delete("/{name:str}", operation_id="deleteTeamSecret", opt=scope("secrets:write"))
    async def delete_team_secret(
        self, team_id: FromPath[UUID], name: FromPath[str], db: NamedDependency[Session]
    ) -> None:
        """Forget a secret of the team."""
        await queries.delete_secret(db, SecretPlace(team_id=team_id, name=name))
