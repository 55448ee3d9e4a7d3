"""Tokens as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.http.scopes import Scope
from control_plane.platform.model import Body, Model

_Days = Annotated[
    int | None,
    Field(ge=1, le=366, description="After how many days it ends; null for no end."),
]
_Name = Annotated[str, Field(min_length=1, max_length=100)]


class CreateApiToken(Body):
    """A new token that acts for the signed-in person."""

    name: _Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=50)]
    expires_in_days: _Days = 90


class ApiToken(Model):
    """A token that acts for a person within its scopes. `used_at` is up to a few seconds late."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


class NewApiToken(ApiToken):
    """A new token. The token itself is shown here and never again."""

    token: str


class CreateProjectToken(Body):
    """A new token that speaks for a project."""

    name: _Name
    expires_in_days: _Days = 90


class ProjectToken(Model):
    """A token by which CI speaks for a project. `used_at` is up to a few seconds late."""

    id: UUID
    project_id: UUID
    name: str
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


class NewProjectToken(Model):
    """A new token of a project. The token itself is shown here and never again."""

    project_token: ProjectToken
    token: str


class Whoami(Model):
    """Whom a credential speaks for. `scopes` bound an API token; null is all that the role may do."""

    kind: Literal["person", "agent", "project"]
    id: UUID
    name: str
    role: Literal["viewer", "supervisor", "admin"] | None
    scopes: list[str] | None
    project_ids: list[UUID]
