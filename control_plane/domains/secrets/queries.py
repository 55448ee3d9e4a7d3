"""The SQL of this domain, one typed call each."""

from __future__ import annotations

from uuid import UUID

from control_plane.db.secrets import SecretPlace
from control_plane.db.session import Session
from control_plane.domains.secrets.models import Secret
from control_plane.platform.keyring import Sealed
from control_plane.platform.model import Page


async def set_secret(db: Session, place: SecretPlace, kind: str, sealed: Sealed) -> Secret:
    """Keep a sealed value."""
    return await db.one(
        Secret, "set_secret", **place.model_dump(), kind=kind, key_id=sealed.key_id, sealed=sealed.data
    )


async def list_secrets(
    db: Session, project_id: UUID | None, team_id: UUID | None, *, limit: int, cursor: UUID | None
) -> Page[Secret]:
    """The secrets of a project or a team."""
    return await db.page(
        Secret, "list_secrets", "id", limit=limit, after=cursor, project_id=project_id, team_id=team_id
    )


async def delete_secret(db: Session, place: SecretPlace) -> None:
    """Forget a secret."""
    await db.value("delete_secret", **place.model_dump())
