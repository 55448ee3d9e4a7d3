"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import Session
from control_plane.domains.agents.models import (
    Agent,
    AgentActivation,
    AgentBroker,
    AgentKey,
    AgentState,
    BrokerUser,
    CreateRegistrationToken,
    RegisterAgent,
    RegistrationToken,
    RotateKey,
    UpdateAgent,
)
from control_plane.http.credentials import NewToken
from control_plane.platform.keyring import Sealed
from control_plane.platform.model import Page


async def register_agent(db: Session, agent: RegisterAgent, key: NewToken) -> Agent:
    """Register an agent under the hash of its key."""
    return await db.once(
        Agent,
        "register_agent",
        name=agent.name,
        project_ids=agent.project_ids,
        capabilities=agent.capabilities,
        labels=agent.labels,
        key_id=key.id,
        key_hash=key.hash,
    )


async def register_with_token(db: Session, agent: RegisterAgent, key: NewToken) -> Agent:
    """Register the agent that holds the registration token of this request."""
    return await db.once(
        Agent,
        "register_with_token",
        name=agent.name,
        capabilities=agent.capabilities,
        labels=agent.labels,
        key_id=key.id,
        key_hash=key.hash,
    )


async def list_agents(
    db: Session,
    *,
    project_id: UUID | None,
    capability: str | None,
    label: dict[str, str] | None,
    state: AgentState | None,
    limit: int,
    cursor: UUID | None,
) -> Page[Agent]:
    """Agents of the caller's projects."""
    return await db.page(
        Agent,
        "list_agents",
        "id",
        limit=limit,
        after=cursor,
        project_id=project_id,
        capability=capability,
        label=label,
        state=state,
    )


async def read_agent(db: Session, agent_id: UUID) -> Agent:
    """One agent."""
    return await db.one(Agent, "read_agent", agent_id=agent_id)


async def update_agent(db: Session, agent_id: UUID, agent: UpdateAgent, version: int | None) -> Agent:
    """Change an agent, if it is still the version that the caller knows."""
    return await db.one(
        Agent,
        "update_agent",
        agent_id=agent_id,
        name=agent.name,
        capabilities=agent.capabilities,
        labels=agent.labels,
        version=version,
    )


async def set_activation(db: Session, agent_id: UUID, activation: AgentActivation) -> Agent:
    """Switch an agent on or off."""
    return await db.one(Agent, "set_agent_activation", agent_id=agent_id, is_active=activation.is_active)


async def set_broker(db: Session, agent_id: UUID, broker: AgentBroker) -> Agent:
    """Let an agent have credentials of the broker, or take them back."""
    return await db.one(Agent, "set_agent_broker", agent_id=agent_id, is_allowed=broker.is_allowed)


async def keep_broker_user(database: Database, key_id: str, sealed: Sealed, *, replace: bool) -> BrokerUser:
    """Offer a password for an agent key, and get the one that is kept."""
    call = Call(
        "private.keep_broker_user",
        agent_key_id=key_id,
        key_id=sealed.key_id,
        sealed=sealed.data,
        replace=replace,
    )
    return BrokerUser.model_validate(read_json((await database.call(call))[0]))


async def add_to_project(db: Session, project_id: UUID, agent_id: UUID) -> None:
    """The agent works for this project, too."""
    await db.value("add_agent_to_project", project_id=project_id, agent_id=agent_id)


async def remove_from_project(db: Session, project_id: UUID, agent_id: UUID) -> None:
    """The agent works for this project no longer."""
    await db.value("remove_agent_from_project", project_id=project_id, agent_id=agent_id)


async def rotate_key(db: Session, agent_id: UUID, rotation: RotateKey, key: NewToken) -> Agent:
    """Give an agent a new key; the ones before go on for the overlap."""
    return await db.once(
        Agent,
        "rotate_agent_key",
        agent_id=agent_id,
        overlap_seconds=rotation.overlap_seconds,
        key_id=key.id,
        key_hash=key.hash,
    )


async def list_keys(db: Session, agent_id: UUID, *, limit: int, cursor: str | None) -> Page[AgentKey]:
    """The keys of an agent."""
    return await db.page(AgentKey, "list_agent_keys", "id", limit=limit, after=cursor, agent_id=agent_id)


async def revoke_key(db: Session, agent_id: UUID, key_id: str) -> None:
    """End a key."""
    await db.value("revoke_agent_key", agent_id=agent_id, key_id=key_id)


async def create_registration_token(
    db: Session, token: CreateRegistrationToken, key: NewToken
) -> RegistrationToken:
    """A registration token under the hash of its text."""
    return await db.once(
        RegistrationToken,
        "create_registration_token",
        name=token.name,
        project_ids=token.project_ids,
        capabilities=token.capabilities,
        max_uses=token.max_uses,
        expires_in_hours=token.expires_in_hours,
        key_id=key.id,
        key_hash=key.hash,
    )


async def list_registration_tokens(
    db: Session, *, limit: int, cursor: UUID | None
) -> Page[RegistrationToken]:
    """The registration tokens of the caller's projects."""
    return await db.page(RegistrationToken, "list_registration_tokens", "id", limit=limit, after=cursor)


async def revoke_registration_token(db: Session, token_id: UUID) -> None:
    """End a registration token."""
    await db.value("revoke_registration_token", token_id=token_id)
