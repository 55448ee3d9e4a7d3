"""New ids: UUID version 7, so that they sort by time and nobody can guess them."""

from __future__ import annotations

import time

from tests.support.world import Database


async def test_ids_carry_their_time_and_74_random_bits(database: Database) -> None:
    owner = await database.connect()
    before = time.time() * 1000 - 5000
    ids = [row[0] for row in await owner.fetch("select private.new_id() from generate_series(1, 1000)")]
    assert {(new.version, new.variant) for new in ids} == {(7, "specified in RFC 4122")}
    assert all(before < new.int >> 80 < before + 60_000 for new in ids)
    assert len({new.int & (1 << 62) - 1 for new in ids}) == 1000


async def test_later_ids_are_greater(database: Database) -> None:
    owner = await database.connect()
    first = await owner.fetchval("select private.new_id()")
    await owner.execute("select pg_sleep(0.002)")
    assert await owner.fetchval("select private.new_id()") > first
