"""What is shown with a secret: it is made here, and the database learns its hash alone."""

from __future__ import annotations

import secrets
from base64 import b64decode
from uuid import UUID

from control_plane.broker.names import BrokerAddress, lane_queue, password_about
from control_plane.db.pool import Database
from control_plane.db.session import Session
from control_plane.domains.agents import queries
from control_plane.domains.agents.models import (
    AgentWithKey,
    BrokerCredentials,
    BrokerUser,
    CreateRegistrationToken,
    NewRegistrationToken,
    RegisterAgent,
    RotateKey,
)
from control_plane.http.credentials import new_token
from control_plane.platform.errors import DomainError
from control_plane.platform.keyring import Keyring, KeyringError, Sealed
from control_plane.platform.settings import Settings


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


async def broker_credentials(
    database: Database, keyring: Keyring, settings: Settings, key_id: str
) -> BrokerCredentials:
    """By what an agent key waits at the broker. The worker makes the user there, a moment later."""
    if settings.broker_url is None or settings.broker_management_url is None:
        raise DomainError(
            409, "broker_not_configured", "This control plane gives out no broker.", "Wait by long poll."
        )
    address = BrokerAddress.of(settings.broker_url.get_secret_value())
    offered = secrets.token_urlsafe(32)
    sealed = keyring.seal(offered.encode(), password_about(key_id))
    kept = await queries.keep_broker_user(database, key_id, sealed, replace=False)
    password = _open(kept, keyring, key_id)
    if password is None:
        # Its key was taken out of the keyring: the agent gets a new password, and nothing is lost.
        kept = await queries.keep_broker_user(database, key_id, sealed, replace=True)
        password = offered
    return BrokerCredentials(
        url=address.url,
        virtual_host=address.virtual_host,
        user=address.user_of(key_id),
        password=password,
        queues=[lane_queue(lane) for lane in kept.lanes],
    )


def _open(kept: BrokerUser, keyring: Keyring, key_id: str) -> str | None:
    try:
        return keyring.open(Sealed(kept.key_id, b64decode(kept.sealed)), password_about(key_id)).decode()
    except KeyringError:
        return None
