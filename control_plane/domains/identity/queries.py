"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.pool import Call, Database, read_json
from control_plane.db.session import Session
from control_plane.domains.identity.models import Login, OpenedSession, User


async def find_login(database: Database, email: str) -> Login | None:
    """What is needed to check a password; None for an unknown e-mail."""
    rows = await database.call(Call("private.find_login", email=email))
    return Login.model_validate(read_json(rows[0])) if rows else None


async def open_session(
    database: Database, user_id: UUID, user_agent: str, address: str | None
) -> OpenedSession:
    """Open a session for a person whose password was checked."""
    call = Call("private.open_session", user_id=user_id, user_agent=user_agent, ip=address)
    return OpenedSession.model_validate(read_json((await database.call(call))[0]))


async def read_user(database: Database, user_id: UUID, session_id: UUID) -> User | None:
    """The person of a session; None when it has ended."""
    rows = await database.call(Call("private.authenticate_session", user_id=user_id, session_id=session_id))
    if not rows:
        return None
    return User.model_validate(
        {key: value for key, value in read_json(rows[0]).items() if key in {"id", "email"}}
    )


async def close_session(db: Session) -> None:
    """End the session of this request."""
    await db.value("close_session")


async def ensure_admin(database: Database, email: str, encrypted_password: str) -> bool:
    """Make the first person, an admin; False when there are people already."""
    call = Call("private.ensure_admin", email=email, encrypted_password=encrypted_password)
    return (await database.call(call))[0] == "true"
