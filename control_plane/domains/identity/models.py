"""People and sessions as the API shows them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from control_plane.platform.model import Body, Model


class Credentials(Body):
    """E-mail and password."""

    email: Annotated[str, Field(min_length=1, max_length=320)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]


class User(Model):
    """A person, in the shape that Supabase clients know."""

    id: UUID
    email: str
    role: str = "authenticated"
    aud: str = "authenticated"


class AccessToken(Model):
    """The answer of the token route, in the shape that Supabase clients know; times in seconds."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105
    expires_in: int
    expires_at: int
    user: User


class Login(Model):
    """What signing in needs to know of a person."""

    id: UUID
    email: str
    encrypted_password: str | None


class OpenedSession(Model):
    """A new session; times in Unix seconds of the database's clock."""

    session_id: UUID
    issued_at: int
    expires_at: int
