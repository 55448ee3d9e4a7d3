"""What is shown with a secret: it is made here, and the database learns its hash alone."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.agents import queries
from control_plane.domains.agents.models import (
    AgentWithKey,
    CreateRegistrationToken,
    NewRegistrationToken,
    RegisterAgent,
    RotateKey,
)
from control_plane.http.credentials import new_token
from control_plane.platform.errors import DomainError


async def register_agent(db: Session, agent: RegisterAgent) -> AgentWithKey:
    """Register an agent: for a person, or for itself when the request came with a registration token."""
    key = new_token("agent")
    if db.caller.role != "integration":
        return AgentWithKey(agent=await queries.register_agent(db, agent, key), api_key=key.text)
    if agent.project_ids:
        raise DomainError(
            422,
            "project_ids_not_allowed",
            "A registration token names the projects.",
            "Leave project_ids out.",
        )
    return AgentWithKey(agent=await queries.register_with_token(db, agent, key), api_key=key.text)


async def rotate_key(db: Session, agent_id: UUID, rotation: RotateKey) -> AgentWithKey:
    """A new key for an agent."""
    key = new_token("agent")
    agent = await queries.rotate_key(db, agent_id, rotation, key)
    return AgentWithKey(agent=agent, api_key=key.text)


async def create_registration_token(db: Session, token: CreateRegistrationToken) -> NewRegistrationToken:
    """A token by which agents register themselves."""
    key = new_token("reg")
    made = await queries.create_registration_token(db, token, key)
    return NewRegistrationToken(registration_token=made, token=key.text)
