"""Registering an agent: the key is made here, and the database learns its hash alone."""

from __future__ import annotations

import hashlib
import secrets

from control_plane.db.session import Session
from control_plane.domains.agents import queries
from control_plane.domains.agents.models import RegisterAgent, RegisteredAgent


async def register_agent(db: Session, agent: RegisterAgent) -> RegisteredAgent:
    """Register an agent; the key in the answer is not stored anywhere."""
    key_id = secrets.token_hex(6)
    api_key = f"devos_{key_id}_{secrets.token_urlsafe(32)}"
    registered = await queries.register_agent(
        db, agent, key_id=key_id, key_hash=hashlib.sha256(api_key.encode()).digest()
    )
    return RegisteredAgent(agent=registered, api_key=api_key)
