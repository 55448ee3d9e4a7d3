"""Agents as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import Body, Model

Capability = Annotated[str, Field(min_length=1, max_length=100)]


class RegisterAgent(Body):
    """A new agent: its name, where it may work and what it can do."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    project_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    capabilities: Annotated[list[Capability], Field(max_length=100)] = []


class Agent(Model):
    """A registered program that claims tasks; `state` follows from its heartbeat and its leases."""

    id: UUID
    name: str
    capabilities: list[str]
    project_ids: list[UUID]
    state: Literal["idle", "busy", "offline", "deactivated"]
    seen_at: datetime | None
    created_at: datetime


class RegisteredAgent(Model):
    """A new agent with its key, which is shown this one time."""

    agent: Agent
    api_key: str
