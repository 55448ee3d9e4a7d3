"""Routes of tokens."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.session import Session
from control_plane.domains.tokens import queries, service
from control_plane.domains.tokens.models import (
    ApiToken,
    CreateApiToken,
    CreateProjectToken,
    NewApiToken,
    NewProjectToken,
    ProjectToken,
    Whoami,
)
from control_plane.http.paging import Limit
from control_plane.http.scopes import ANYBODY, SESSION, scope
from control_plane.platform.model import Page


class WhoamiController(Controller):
    """What a credential is."""

    path = "/api/whoami"
    tags = ("tokens",)

    @get(operation_id="whoami", opt=ANYBODY)
    async def whoami(self, db: NamedDependency[Session]) -> Whoami:
        """Whom the credential of this request speaks for, and what it may reach."""
        return await queries.whoami(db)


class ApiTokenController(Controller):
    """Tokens that act for a person. Only a signed-in person makes them: a token makes no other token."""

    path = "/api/tokens"
    tags = ("tokens",)

    @post(operation_id="createApiToken", opt=SESSION)
    async def create_api_token(
        self, data: JSONBody[CreateApiToken], db: NamedDependency[Session]
    ) -> NewApiToken:
        """Make a token that acts for the caller within its scopes. It is in this answer and nowhere else."""
        return await service.create_api_token(db, data)

    @get(operation_id="listApiTokens", opt=SESSION)
    async def list_api_tokens(
        self, db: NamedDependency[Session], limit: Limit = 50, cursor: FromQuery[UUID | None] = None
    ) -> Page[ApiToken]:
        """The caller's own tokens, ended ones too."""
        return await queries.list_api_tokens(db, limit=limit, cursor=cursor)

    @delete("/{token_id:uuid}", operation_id="revokeApiToken", opt=SESSION)
    async def revoke_api_token(self, token_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """End a token of one's own, as an admin anyone's. It holds on the next request."""
        await queries.revoke_api_token(db, token_id)


class ProjectTokenController(Controller):
    """Tokens by which CI speaks for a project."""

    path = "/api/projects/{project_id:uuid}/tokens"
    tags = ("tokens",)

    @post(operation_id="createProjectToken", opt=scope("projects:write"))
    async def create_project_token(
        self, project_id: FromPath[UUID], data: JSONBody[CreateProjectToken], db: NamedDependency[Session]
    ) -> NewProjectToken:
        """Make a token that speaks for the project. It is in this answer and nowhere else."""
        return await service.create_project_token(db, project_id, data)

    @get(operation_id="listProjectTokens", opt=scope("projects:read"))
    async def list_project_tokens(
        self,
        project_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[ProjectToken]:
        """The tokens of a project, ended ones too."""
        return await queries.list_project_tokens(db, project_id, limit=limit, cursor=cursor)

    @delete("/{token_id:uuid}", operation_id="revokeProjectToken", opt=scope("projects:write"))
    async def revoke_project_token(
        self, project_id: FromPath[UUID], token_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """End a token of a project. It holds on the next request."""
        await queries.revoke_project_token(db, project_id, token_id)
