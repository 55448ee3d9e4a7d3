"""Who is who: people, teams, projects, and what lets them and their programs in."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, SecretStr

from devos_sdk._models import Model


class User(Model):
    """The person of a session, as Supabase's Auth tells it."""

    id: str
    email: str


class Session(Model):
    """A person's sign-in. The client that made it uses it from then on, and refreshes it."""

    access_token: SecretStr
    refresh_token: SecretStr
    expires_in: int
    user: User


class Person(Model):
    """A person as others see them. Without a role they see nothing."""

    id: str
    email: str | None = None
    role: str | None = None
    is_active: bool
    created_at: datetime


class Whoami(Model):
    """Whom a credential speaks for. `scopes` is None for all that the role may do."""

    kind: str
    id: str
    name: str
    role: str | None = None
    scopes: list[str] | None = None
    project_ids: list[str] = Field(default_factory=list[str])


class Invitation(Model):
    """Who was asked to come in, with which role, to which team or project."""

    id: str
    email: str
    role: str
    team_id: str | None = None
    project_id: str | None = None
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    revoked_at: datetime | None = None


class NewInvitation(Model):
    """An invitation and its token, which is shown this once."""

    invitation: Invitation
    token: SecretStr


class Team(Model):
    """People who see the same projects."""

    id: str
    name: str
    version: int
    created_at: datetime


class Project(Model):
    """What people are members of and agents belong to."""

    id: str
    name: str
    description: str = ""
    team_id: str | None = None
    version: int = 1
    created_at: datetime


class ProjectConfig(Model):
    """What a new task gets when it does not say."""

    default_priority: str
    default_max_retries: int
    cancel_grace_seconds: int = 60
    ageing_seconds: int | None = None
    unknown_kinds: str = "allow"
    creations_per_minute: int | None = None
    version: int


class ApiToken(Model):
    """A token that acts for a person within its scopes."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None


class NewApiToken(ApiToken):
    """The same with the token itself, which is shown this once."""

    token: SecretStr


class ProjectToken(Model):
    """A token by which CI speaks for a project."""

    id: str
    project_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None


class NewProjectToken(Model):
    """A project's token, which is shown this once."""

    project_token: ProjectToken
    token: SecretStr


class Secret(Model):
    """A credential of a team or a project by its name. Its value is written and never shown."""

    id: str
    name: str
    kind: str
    version: int
    team_id: str | None = None
    project_id: str | None = None
    created_at: datetime
    changed_at: datetime


class RegistrationToken(Model):
    """By which agents register themselves: their projects, what they may ask for, how often, until when."""

    id: str
    name: str
    project_ids: list[str]
    capabilities: list[str]
    max_uses: int
    uses: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class NewRegistrationToken(Model):
    """A registration token, which is shown this once."""

    registration_token: RegistrationToken
    token: SecretStr
