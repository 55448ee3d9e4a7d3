"""Who a request runs as: a role of the database and the claims that the policies read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Role = Literal["anon", "authenticated", "agent", "integration"]

# What may stand in the literal that is sent with SET LOCAL; anything else is a bug and must not reach SQL.
_CLAIMS = re.compile(r'[a-z0-9_:,"{}-]*')


@dataclass(frozen=True)
class Caller:
    """A role and typed claims. Raw token claims never get here."""

    role: Role
    user_id: UUID | None = None
    session_id: UUID | None = None
    agent_id: UUID | None = None
    key_id: str | None = None
    token_id: UUID | None = None
    project_id: UUID | None = None

    @property
    def claims(self) -> str:
        """The claims as the JSON text that `request.jwt.claims` is set to."""
        named = {
            "sub": self.user_id,
            "session_id": self.session_id,
            "agent_id": self.agent_id,
            "key_id": self.key_id,
            "token_id": self.token_id,
            "project_id": self.project_id,
        }
        members = [f'"role":"{self.role}"'] + [
            f'"{name}":"{value}"' for name, value in named.items() if value
        ]
        claims = "{" + ",".join(members) + "}"
        if not _CLAIMS.fullmatch(claims):
            raise ValueError("claims hold a character that is not allowed")
        return claims

    @property
    def begin(self) -> str:
        """Open a transaction as this caller: one message of the simple protocol, so one trip."""
        return f"begin; set local role {self.role}; set local request.jwt.claims = '{self.claims}'"

    @property
    def key(self) -> str:
        """A name for the caller under which keyed answers are kept."""
        return f"{self.role}:{self.user_id or self.agent_id or self.project_id or self.token_id or ''}"


INTEGRATION = Caller("integration")
"""A sender whose signature was checked."""
