"""Registering an agent: the key is made here, and the database learns its hash alone."""

from __future__ import annotations

from control_plane.db.session import Session
from control_plane.domains.agents import queries
from control_plane.domains.agents.models import RegisterAgent, RegisteredAgent
from control_plane.http.credentials import new_token


async def register_agent(db: Session, agent: RegisterAgent) -> RegisteredAgent:
    """Register an agent; the key in the answer is not stored anywhere."""
    key = new_token("agent")
    registered = await queries.register_agent(db, agent, key_id=key.id, key_hash=key.hash)
    return RegisteredAgent(agent=registered, api_key=key.text)
