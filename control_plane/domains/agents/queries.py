"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.session import Session
from control_plane.domains.agents.models import Agent, RegisterAgent
from control_plane.platform.model import Page


async def register_agent(db: Session, agent: RegisterAgent, *, key_id: str, key_hash: bytes) -> Agent:
    """Register an agent under the hash of its key."""
    return await db.once(
        Agent,
        "register_agent",
        name=agent.name,
        project_ids=agent.project_ids,
        capabilities=agent.capabilities,
        key_id=key_id,
        key_hash=key_hash,
    )


async def list_agents(
    db: Session, project_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Agent]:
    """Agents of the caller's projects."""
    return await db.page(Agent, "list_agents", "id", limit=limit, after=cursor, project_id=project_id)


async def read_agent(db: Session, agent_id: UUID) -> Agent:
    """One agent."""
    return await db.one(Agent, "read_agent", agent_id=agent_id)


async def heartbeat(db: Session) -> None:
    """The calling agent lives."""
    await db.value("heartbeat")
