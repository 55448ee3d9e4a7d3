"""Secrets as the API shows them: everything but the value."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from control_plane.platform.model import Body, Model


def _text(value: SecretStr) -> SecretStr:
    if "\0" in value.get_secret_value():
        raise ValueError("it holds a NUL")
    return value


class SetSecret(Body):
    """The value of a secret, and what it is for."""

    kind: Literal["git", "model", "ci", "registry"]
    value: Annotated[SecretStr, Field(min_length=1, max_length=65_536), AfterValidator(_text)]


class Secret(Model):
    """A credential of a project or a team. `version` counts its values."""

    id: UUID
    project_id: UUID | None
    team_id: UUID | None
    name: str
    kind: Literal["git", "model", "ci", "registry"]
    version: int
    created_by: UUID | None
    created_at: datetime
    changed_at: datetime
