"""What the tests of agents do, in one line each."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from typing import Any
from uuid import UUID

from control_plane.db.caller import Caller
from tests.support.world import Actor, World

HASH = hashlib.sha256(b"secret").digest()


async def token(person: Actor, *projects: UUID, **fields: Any) -> Any:
    """A new registration token; the row."""
    arguments: dict[str, Any] = {
        "name": "fleet",
        "capabilities": ["ci", "rust"],
        "max_uses": 1,
        "expires_in_hours": 1,
        "key_id": secrets.token_hex(6),
        "key_hash": HASH,
    } | fields
    return await person.call("create_registration_token", project_ids=list(projects), **arguments)


def bearer(world: World, made: Any) -> Actor:
    """Whoever comes with a registration token: a program, on a connection of its own."""
    return replace(world.anon.twin(), caller=Caller("integration", token_id=UUID(made["id"])))


async def register(holder: Actor, **fields: Any) -> Any:
    """Register with a token; the agent."""
    arguments: dict[str, Any] = {
        "name": "self-made",
        "capabilities": [],
        "labels": {},
        "key_id": secrets.token_hex(6),
        "key_hash": HASH,
    } | fields
    return await holder.call("register_with_token", **arguments)


async def lanes_of(world: World, agent: object) -> list[tuple[str, str]]:
    """Kind and required capabilities of each lane of an agent."""
    rows = await world.owner.fetch(
        """select l.kind, array_to_string(l.required_capabilities, ',') as needs
             from public.agent_lanes al join public.lanes l on l.id = al.lane_id
            where al.agent_id = $1 order by l.kind, needs""",
        agent,
    )
    return [(row["kind"], row["needs"]) for row in rows]
