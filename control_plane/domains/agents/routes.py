"""Routes of agents."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from control_plane.db.session import Session
from control_plane.domains.agents import queries, service
from control_plane.domains.agents.models import Agent, RegisterAgent, RegisteredAgent
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, scope
from control_plane.platform.model import Page


class AgentController(Controller):
    """Registered programs."""

    path = "/api/agents"
    tags = ("agents",)

    @post("/register", operation_id="registerAgent", opt=scope("agents:write"))
    async def register_agent(
        self, data: JSONBody[RegisterAgent], db: NamedDependency[Session]
    ) -> RegisteredAgent:
        """Register an agent. Its key is in this answer and nowhere else."""
        return await service.register_agent(db, data)

    @put("/heartbeat", operation_id="heartbeat", status_code=204, opt=AGENT)
    async def heartbeat(self, db: NamedDependency[Session]) -> None:
        """The calling agent lives."""
        await queries.heartbeat(db)

    @get(operation_id="listAgents", opt=scope("agents:read"))
    async def list_agents(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Agent]:
        """Agents of the caller's projects, with their states."""
        return await queries.list_agents(db, project_id, limit=limit, cursor=cursor)

    @get("/{agent_id:uuid}", operation_id="readAgent", opt=scope("agents:read"))
    async def read_agent(self, agent_id: FromPath[UUID], db: NamedDependency[Session]) -> Agent:
        """One agent."""
        return await queries.read_agent(db, agent_id)
