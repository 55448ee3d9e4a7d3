"""Making tokens: the text is made here and goes to its owner, the database learns its hash alone."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.tokens import queries
from control_plane.domains.tokens.models import (
    CreateApiToken,
    CreateProjectToken,
    NewApiToken,
    NewProjectToken,
)
from control_plane.http.credentials import new_token


async def create_api_token(db: Session, token: CreateApiToken) -> NewApiToken:
    """A token of the caller, with its text."""
    made = new_token("api")
    kept = await queries.create_api_token(db, token, made)
    return NewApiToken(**kept.model_dump(), token=made.text)


async def create_project_token(db: Session, project_id: UUID, token: CreateProjectToken) -> NewProjectToken:
    """A token of a project, with its text."""
    made = new_token("prj")
    kept = await queries.create_project_token(db, project_id, token, made)
    return NewProjectToken(project_token=kept, token=made.text)
