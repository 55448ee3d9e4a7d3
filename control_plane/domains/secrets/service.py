"""Keeping a secret: it is sealed here, and the database never holds the value."""

from __future__ import annotations

from control_plane.db.secrets import SecretPlace
from control_plane.db.session import Session
from control_plane.domains.secrets import queries
from control_plane.domains.secrets.models import Secret, SetSecret
from control_plane.platform.keyring import Keyring


async def set_secret(db: Session, keyring: Keyring, place: SecretPlace, secret: SetSecret) -> Secret:
    """Seal the value for its place and keep it."""
    sealed = keyring.seal(secret.value.get_secret_value().encode(), place.about)
    return await queries.set_secret(db, place, secret.kind, sealed)
