"""Sealing all stored secrets anew with the keyring's first key; run by the deployer, as often as needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from control_plane.db.pool import Call, Database, read_json
from control_plane.db.secrets import SealedSecret
from control_plane.platform.keyring import Keyring, KeyringError

_BATCH = 100


class _Stored(SealedSecret):
    id: UUID


@dataclass
class Rotation:
    """How many values were sealed anew, and which could not be opened."""

    resealed: int = 0
    unreadable: list[str] = field(default_factory=list[str])


async def reseal(dsn: str, keyring: Keyring) -> Rotation:
    """Bring every value under the first key. Each batch is committed by itself: a second run goes on."""
    database = Database(dsn, name="devos secrets", size=1)
    await database.open()
    try:
        total = await _pass(database, keyring)
        # What an API sealed with the old key in the meantime is found by another pass.
        while (late := await _pass(database, keyring)).resealed:
            total.resealed += late.resealed
        return Rotation(total.resealed, late.unreadable)
    finally:
        await database.close()


async def _pass(database: Database, keyring: Keyring) -> Rotation:
    done, after = Rotation(), None
    while True:
        call = Call("private.list_sealed", key_id=keyring.key_id, after=after, limit=_BATCH)
        rows = [_Stored.model_validate(read_json(row)) for row in await database.call(call)]
        if not rows:
            return done
        after = rows[-1].id
        values: list[tuple[_Stored, bytes]] = []
        for row in rows:
            try:
                values.append((row, row.open(keyring)))
            except KeyringError:
                done.unreadable.append(row.about)
        done.resealed += await _keep(database, keyring, values)


async def _keep(database: Database, keyring: Keyring, values: list[tuple[_Stored, bytes]]) -> int:
    if not values:
        return 0
    sealed = [keyring.seal(value, row.about) for row, value in values]
    call = Call(
        "private.reseal_secrets",
        ids=[row.id for row, _ in values],
        were=[row.data for row, _ in values],
        # Another rotation may have put its key in front while this one sealed.
        key_ids=[one.key_id for one in sealed],
        sealed=[one.data for one in sealed],
    )
    return int((await database.call(call))[0])
