"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.tokens.models import (
    ApiToken,
    CreateApiToken,
    CreateProjectToken,
    ProjectToken,
    Whoami,
)
from control_plane.http.credentials import NewToken
from control_plane.platform.model import Page


async def whoami(db: Session) -> Whoami:
    """Whom the credential of this request speaks for."""
    return await db.one(Whoami, "whoami")


async def create_api_token(db: Session, token: CreateApiToken, made: NewToken) -> ApiToken:
    """Keep the hash of a new token of the caller."""
    return await db.once(
        ApiToken, "create_api_token", **token.model_dump(), key_id=made.id, key_hash=made.hash
    )


async def list_api_tokens(db: Session, *, limit: int, cursor: UUID | None) -> Page[ApiToken]:
    """The caller's own tokens."""
    return await db.page(ApiToken, "list_api_tokens", "id", limit=limit, after=cursor)


async def revoke_api_token(db: Session, token_id: UUID) -> None:
    """End a token."""
    await db.value("revoke_api_token", token_id=token_id)


async def create_project_token(
    db: Session, project_id: UUID, token: CreateProjectToken, made: NewToken
) -> ProjectToken:
    """Keep the hash of a new token of a project."""
    return await db.once(
        ProjectToken,
        "create_project_token",
        project_id=project_id,
        **token.model_dump(),
        key_id=made.id,
        key_hash=made.hash,
    )


async def list_project_tokens(
    db: Session, project_id: UUID, *, limit: int, cursor: UUID | None
) -> Page[ProjectToken]:
    """The tokens of a project."""
    return await db.page(
        ProjectToken, "list_project_tokens", "id", limit=limit, after=cursor, project_id=project_id
    )


async def revoke_project_token(db: Session, project_id: UUID, token_id: UUID) -> None:
    """End a token of a project."""
    await db.value("revoke_project_token", project_id=project_id, token_id=token_id)
