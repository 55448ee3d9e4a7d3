"""Routes of agents, of their keys and of the tokens they register with."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from control_plane.db.batch import Batcher
from control_plane.db.caller import Caller
from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.agents import queries, service
from control_plane.domains.agents.models import (
    Agent,
    AgentActivation,
    AgentBroker,
    AgentKey,
    AgentState,
    AgentWithKey,
    BrokerCredentials,
    CreateRegistrationToken,
    NewRegistrationToken,
    RegisterAgent,
    RegistrationToken,
    RotateKey,
    UpdateAgent,
)
from control_plane.http.etag import TAGGED, IfMatch, wanted_version
from control_plane.http.paging import Limit
from control_plane.http.scopes import AGENT, REGISTRATION, scope
from control_plane.platform.keyring import Keyring
from control_plane.platform.model import Page
from control_plane.platform.settings import Settings

_KEY_ID = r"^[0-9a-f]{12}$"
LabelFilter = Annotated[
    str | None, QueryParameter(pattern=r"^[^:]+:.*$", max_length=300, description="`key:value`.")
]
KeyCursor = Annotated[
    str | None, QueryParameter(pattern=_KEY_ID, description="The `next_cursor` of the page before.")
]


class AgentController(Controller):
    """Registered programs."""

    path = "/api/agents"
    tags = ("agents",)

    @post("/register", operation_id="registerAgent", opt={**scope("agents:write"), **REGISTRATION})
    async def register_agent(
        self, data: JSONBody[RegisterAgent], db: NamedDependency[Session]
    ) -> AgentWithKey:
        """Register an agent. Its key is in this answer and nowhere else.

        With a registration token an agent registers itself: in the projects of the token, with those of the
        capabilities it asks for that the token allows, or with all of these when it asks for none.
        """
        return await service.register_agent(db, data)

    @put("/heartbeat", operation_id="heartbeat", status_code=204, opt=AGENT)
    async def heartbeat(self, caller: NamedDependency[Caller], heartbeats: NamedDependency[Batcher]) -> None:
        """The calling agent lives. Written within a second, at most every five."""
        assert caller.agent_id is not None, "the guard has seen it"
        heartbeats.add(caller.agent_id)

    @put("/broker-credentials", operation_id="brokerCredentials", opt=AGENT)
    async def broker_credentials(
        self,
        caller: NamedDependency[Caller],
        database: NamedDependency[Database],
        keyring: NamedDependency[Keyring],
        settings: NamedDependency[Settings],
    ) -> BrokerCredentials:
        """Where the calling agent waits for hints of work, and as whom; the same until its key ends.

        Only for an agent that an admin trusts with it. The user is made within a second of the first call.
        """
        assert caller.key_id is not None, "the guard has seen it"
        return await service.broker_credentials(database, keyring, settings, caller.key_id)

    @get(operation_id="listAgents", opt=scope("agents:read"))
    async def list_agents(
        self,
        db: NamedDependency[Session],
        project_id: FromQuery[UUID | None] = None,
        capability: FromQuery[str | None] = None,
        label: LabelFilter = None,
        agent_state: Annotated[AgentState | None, QueryParameter(name="state")] = None,
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[Agent]:
        """Agents of the caller's projects, with their states."""
        return await queries.list_agents(
            db,
            project_id=project_id,
            capability=capability,
            label=dict([label.split(":", 1)]) if label else None,
            state=agent_state,
            limit=limit,
            cursor=cursor,
        )

    @get("/{agent_id:uuid}", operation_id="readAgent", opt=scope("agents:read"), **TAGGED)
    async def read_agent(self, agent_id: FromPath[UUID], db: NamedDependency[Session]) -> Agent:
        """One agent."""
        return await queries.read_agent(db, agent_id)

    @put("/{agent_id:uuid}", operation_id="updateAgent", opt=scope("agents:write"), **TAGGED)
    async def update_agent(
        self,
        agent_id: FromPath[UUID],
        data: JSONBody[UpdateAgent],
        db: NamedDependency[Session],
        if_match: IfMatch = None,
    ) -> Agent:
        """Change name, capabilities and labels. What it may claim follows at once."""
        return await queries.update_agent(db, agent_id, data, wanted_version(if_match))

    @put("/{agent_id:uuid}/activation", operation_id="setAgentActivation", opt=scope("agents:write"))
    async def set_activation(
        self, agent_id: FromPath[UUID], data: JSONBody[AgentActivation], db: NamedDependency[Session]
    ) -> Agent:
        """Switch an agent on or off. Off, its keys are refused and its leases pass at once."""
        return await queries.set_activation(db, agent_id, data)

    @put("/{agent_id:uuid}/broker", operation_id="setAgentBroker", opt=scope("agents:write"))
    async def set_broker(
        self, agent_id: FromPath[UUID], data: JSONBody[AgentBroker], db: NamedDependency[Session]
    ) -> Agent:
        """Trust an agent with credentials of the broker, or take them back: within a second it is cut off."""
        return await queries.set_broker(db, agent_id, data)

    @post("/{agent_id:uuid}/rotate-key", operation_id="rotateAgentKey", opt=scope("agents:write"))
    async def rotate_key(
        self, agent_id: FromPath[UUID], data: JSONBody[RotateKey], db: NamedDependency[Session]
    ) -> AgentWithKey:
        """A new key, for an agent's supervisor or the agent itself; the old ones go on for the overlap."""
        return await service.rotate_key(db, agent_id, data)

    @get("/{agent_id:uuid}/keys", operation_id="listAgentKeys", opt=scope("agents:read"))
    async def list_keys(
        self,
        agent_id: FromPath[UUID],
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: KeyCursor = None,
    ) -> Page[AgentKey]:
        """The keys of an agent, ended ones too."""
        return await queries.list_keys(db, agent_id, limit=limit, cursor=cursor)

    @delete("/{agent_id:uuid}/keys/{key_id:str}", operation_id="revokeAgentKey", opt=scope("agents:write"))
    async def revoke_key(
        self,
        agent_id: FromPath[UUID],
        key_id: Annotated[str, PathParameter(pattern=_KEY_ID)],
        db: NamedDependency[Session],
    ) -> None:
        """End a key now."""
        await queries.revoke_key(db, agent_id, key_id)


class ProjectAgentController(Controller):
    """Which agents work for a project."""

    path = "/api/projects/{project_id:uuid}/agents"
    tags = ("agents",)

    @put("/{agent_id:uuid}", operation_id="addProjectAgent", status_code=204, opt=scope("agents:write"))
    async def add_agent(
        self, project_id: FromPath[UUID], agent_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """An agent of one of the caller's projects works for this one, too."""
        await queries.add_to_project(db, project_id, agent_id)

    @delete("/{agent_id:uuid}", operation_id="removeProjectAgent", opt=scope("agents:write"))
    async def remove_agent(
        self, project_id: FromPath[UUID], agent_id: FromPath[UUID], db: NamedDependency[Session]
    ) -> None:
        """The agent works for this project no longer; its leases there pass at once."""
        await queries.remove_from_project(db, project_id, agent_id)


class RegistrationTokenController(Controller):
    """Tokens by which agents register themselves."""

    path = "/api/registration-tokens"
    tags = ("agents",)

    @post(operation_id="createRegistrationToken", opt=scope("agents:write"))
    async def create_registration_token(
        self, data: JSONBody[CreateRegistrationToken], db: NamedDependency[Session]
    ) -> NewRegistrationToken:
        """A new registration token. Its text is in this answer and nowhere else."""
        return await service.create_registration_token(db, data)

    @get(operation_id="listRegistrationTokens", opt=scope("agents:read"))
    async def list_registration_tokens(
        self,
        db: NamedDependency[Session],
        limit: Limit = 50,
        cursor: FromQuery[UUID | None] = None,
    ) -> Page[RegistrationToken]:
        """The registration tokens of the caller's projects, ended ones too."""
        return await queries.list_registration_tokens(db, limit=limit, cursor=cursor)

    @delete("/{token_id:uuid}", operation_id="revokeRegistrationToken", opt=scope("agents:write"))
    async def revoke_registration_token(self, token_id: FromPath[UUID], db: NamedDependency[Session]) -> None:
        """End a registration token. The agents that it registered live on."""
        await queries.revoke_registration_token(db, token_id)
