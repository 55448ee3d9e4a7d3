"""Stored secrets as they are sealed for a place, and opened for a use."""

from __future__ import annotations

from base64 import b64decode
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr

from control_plane.db.pool import Call, Database, read_json
from control_plane.platform.keyring import Keyring, Sealed


class SecretPlace(BaseModel):
    """Whose a secret is, and its name there. What was sealed for one place opens in no other."""

    model_config = ConfigDict(frozen=True)

    project_id: UUID | None = None
    team_id: UUID | None = None
    name: str

    @property
    def about(self) -> str:
        """What the value is bound to."""
        owner = f"project {self.project_id}" if self.project_id else f"team {self.team_id}"
        return f"{owner} {self.name}"


class SealedSecret(SecretPlace):
    """A secret as it is stored; `sealed` in base64."""

    key_id: str
    sealed: str

    @property
    def data(self) -> bytes:
        """What was sealed."""
        return b64decode(self.sealed)

    def open(self, keyring: Keyring) -> bytes:
        """The value. KeyringError when it cannot be opened."""
        return keyring.open(Sealed(self.key_id, self.data), self.about)


async def open_secret(
    worker: Database, keyring: Keyring, project_id: UUID, *, kind: str, name: str, purpose: str
) -> SecretStr | None:
    """The value that a project uses under a name, its own or its team's; None when it has none. Audited."""
    call = Call("private.open_secret", project_id=project_id, kind=kind, name=name, purpose=purpose)
    rows = await worker.call(call)
    if not rows:
        return None
    return SecretStr(SealedSecret.model_validate(read_json(rows[0])).open(keyring).decode())
