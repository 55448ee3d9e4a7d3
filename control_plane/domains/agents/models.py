"""Agents, their keys and the tokens they register with, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import Body, Capability, Model

AgentState = Literal["idle", "busy", "offline", "deactivated"]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Capabilities = Annotated[list[Capability], Field(max_length=100)]
LabelKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_./-]{0,62}$")]
Labels = Annotated[
    dict[LabelKey, Annotated[str, Field(max_length=200)]], Field(max_length=50, examples=[{"region": "eu"}])
]


class RegisterAgent(Body):
    """A new agent: its name, where it may work and what it can do.

    With a registration token `project_ids` stays empty: the token names the projects.
    """

    name: Name
    project_ids: Annotated[list[UUID], Field(max_length=100)] = []
    capabilities: Capabilities = []
    labels: Labels = {}


class UpdateAgent(Body):
    """An agent as it shall be."""

    name: Name
    capabilities: Capabilities
    labels: Labels


class Agent(Model):
    """A registered program that claims tasks; `state` follows from its heartbeat and its leases."""

    id: UUID
    name: str
    capabilities: list[str]
    labels: dict[str, str]
    project_ids: list[UUID]
    state: AgentState
    is_active: bool
    broker_allowed: bool
    version: int
    seen_at: datetime | None
    created_at: datetime


class AgentWithKey(Model):
    """An agent with a new key, which is shown this one time."""

    agent: Agent
    api_key: str


class AgentActivation(Body):
    """Whether an agent works."""

    is_active: bool


class AgentBroker(Body):
    """Whether an agent is trusted with credentials of the broker."""

    is_allowed: bool


class BrokerCredentials(Model):
    """By which an agent waits at the broker: it may read these queues, and nothing else."""

    url: str
    virtual_host: str
    user: str
    password: str
    queues: list[str]


class BrokerUser(Model):
    """What is kept of those credentials: the password, sealed (in base64), and the lanes."""

    key_id: str
    sealed: str
    lanes: list[int]


class RotateKey(Body):
    """How long the keys before the new one go on."""

    overlap_seconds: Annotated[int, Field(ge=0, le=604800)] = 3600


class AgentKey(Model):
    """A key of an agent, without its secret; `expires_at` is set once it was rotated away."""

    id: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class CreateRegistrationToken(Body):
    """By which agents register themselves: where they work, what they can, how often, until when."""

    name: Name
    project_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    capabilities: Capabilities = []
    max_uses: Annotated[int, Field(ge=1, le=10000)] = 1
    expires_in_hours: Annotated[int, Field(ge=1, le=8760)] = 24


class RegistrationToken(Model):
    """A registration token without its secret."""

    id: UUID
    name: str
    project_ids: list[UUID]
    capabilities: list[str]
    max_uses: int
    uses: int
    created_by: UUID
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class NewRegistrationToken(Model):
    """A new registration token with its text, which is shown this one time."""

    registration_token: RegistrationToken
    token: str
