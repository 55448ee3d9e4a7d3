"""People, teams and projects as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import Body, Model, PriorityName

Role = Literal["viewer", "supervisor", "admin"]
UnknownKinds = Literal["allow", "refuse"]
_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Description = Annotated[str, Field(max_length=2000)]


class Person(Model):
    """A person as others see it. The role is null for one who was never given any, and so sees nothing."""

    id: UUID
    email: str | None
    role: Role | None
    is_active: bool
    created_at: datetime


class NewRole(Body):
    """The role that a person gets."""

    role: Role


class Activation(Body):
    """Whether a person may come in."""

    is_active: bool


class CreateTeam(Body):
    """A new team."""

    name: _Name


class UpdateTeam(Body):
    """A team as it should be."""

    name: _Name


class Team(Model):
    """People who see the same projects."""

    id: UUID
    name: str
    version: int
    created_at: datetime


class CreateProject(Body):
    """A new project."""

    name: _Name
    description: _Description = ""
    team_id: UUID | None = None


class UpdateProject(Body):
    """A project as it should be, the whole of it."""

    name: _Name
    description: _Description
    team_id: UUID | None


class Project(Model):
    """A project: what its members, its team and its agents see together."""

    id: UUID
    name: str
    description: str
    team_id: UUID | None
    version: int
    created_at: datetime


class UpdateProjectConfig(Body):
    """What tasks of the project get that say nothing themselves, and whether their kinds must be known."""

    default_priority: PriorityName
    default_max_retries: Annotated[int, Field(ge=0, le=100)]
    cancel_grace_seconds: Annotated[
        int | None, Field(ge=1, le=86400, description="For who holds a cancelled task. Unset: as it is.")
    ] = None
    ageing_seconds: Annotated[
        int | None,
        Field(ge=60, le=2592000, description="What has waited so long is claimed as MEDIUM. Null: never."),
    ] = None
    unknown_kinds: Annotated[UnknownKinds | None, Field(description="Unset: as before.")] = None
    creations_per_minute: Annotated[
        int | None,
        Field(ge=0, le=100000, description="That requests create; 0: any number. Unset: as before."),
    ] = None


class ProjectConfig(Model):
    """What tasks of a project get that say nothing themselves, and whether their kinds must be known.

    `version` is the project's.
    """

    default_priority: PriorityName
    default_max_retries: int
    cancel_grace_seconds: int
    ageing_seconds: int | None
    unknown_kinds: UnknownKinds
    creations_per_minute: int | None
    version: int
