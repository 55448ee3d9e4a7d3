"""The routes of the fake control plane about agents and how they come in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from fake_people import add, edited, find
from fake_routes import Answer, page, route
from fake_store import Refusal, now

if TYPE_CHECKING:
    from fake_devos import FakeDevos, Seen


@route("POST", "/api/agents/register")
def register(fake: FakeDevos, seen: Seen) -> Answer:
    bearer = seen.headers.get("authorization", "").removeprefix("Bearer ")
    if bearer.startswith("devos_reg_"):
        if fake.registration_tokens.get(bearer, 0) < 1:
            raise Refusal(401, "unauthorized", "The registration token is not valid.")
        fake.registration_tokens[bearer] -= 1
    key = f"devos_{uuid.uuid4().hex}_secret"
    fake.keys.add(key)
    agent = add(fake, "agents", {"id": fake.agent_id, "state": "offline", "is_active": True, **seen.body})
    return 201, {"agent": agent, "api_key": key}


@route("GET", "/api/agents")
def list_agents(fake: FakeDevos, seen: Seen) -> Answer:
    return page(fake.rows["agents"], seen)


@route("GET", "/api/agents/([^/]+)")
def read_agent(fake: FakeDevos, seen: Seen, agent_id: str) -> Answer:
    return 200, find(fake, "agents", agent_id)


@route("PUT", "/api/agents/([^/]+)")
def edit_agent(fake: FakeDevos, seen: Seen, agent_id: str) -> Answer:
    return edited(find(fake, "agents", agent_id), seen)


@route("PUT", "/api/agents/([^/]+)/activation")
def activate(fake: FakeDevos, seen: Seen, agent_id: str) -> Answer:
    agent = find(fake, "agents", agent_id)
    agent.update(seen.body)
    return 200, agent


@route("PUT", "/api/agents/([^/]+)/broker")
def set_broker(fake: FakeDevos, seen: Seen, agent_id: str) -> Answer:
    agent = find(fake, "agents", agent_id)
    agent["broker_allowed"] = seen.body["is_allowed"]
    return 200, agent


@route("POST", "/api/agents/([^/]+)/rotate-key")
def rotate_key(fake: FakeDevos, seen: Seen, agent_id: str) -> Answer:
    key = f"devos_{uuid.uuid4().hex}_secret"
    fake.keys.add(key)
    add(fake, "keys", {})
    return 200, {"agent": find(fake, "agents", agent_id), "api_key": key}


@route("GET", "/api/agents/([^/]+)/keys")
def list_keys(fake: FakeDevos, seen: Seen, agent_id: str) -> Answer:
    return page(fake.rows["keys"], seen)


@route("DELETE", "/api/agents/([^/]+)/keys/([^/]+)")
def revoke_key(fake: FakeDevos, seen: Seen, agent_id: str, key_id: str) -> Answer:
    find(fake, "keys", key_id)["revoked_at"] = now()
    return 204, None


@route("POST", "/api/registration-tokens")
def create_registration_token(fake: FakeDevos, seen: Seen) -> Answer:
    defaults = {"capabilities": [], "max_uses": 1, "uses": 0, "expires_at": now()}
    row = add(fake, "registration-tokens", {**defaults, **seen.body})
    token = f"devos_reg_{uuid.uuid4().hex}_secret"
    fake.registration_tokens[token] = row["max_uses"]
    return 201, {"registration_token": row, "token": token}


@route("GET", "/api/registration-tokens")
def list_registration_tokens(fake: FakeDevos, seen: Seen) -> Answer:
    return page(fake.rows["registration-tokens"], seen)


@route("DELETE", "/api/registration-tokens/([^/]+)")
def revoke_registration_token(fake: FakeDevos, seen: Seen, token_id: str) -> Answer:
    find(fake, "registration-tokens", token_id)["revoked_at"] = now()
    return 204, None
