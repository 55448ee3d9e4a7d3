"""The first admin is made once."""

from __future__ import annotations

import asyncio

from tests.support.world import Database, World


async def test_the_first_admin_is_made_once(database: Database) -> None:
    owners = [await database.connect() for _ in range(4)]
    made = await asyncio.gather(
        *(
            owner.fetchval("select private.ensure_admin($1, 'hash')", f"{nr}@x")
            for nr, owner in enumerate(owners)
        )
    )
    assert sorted(made) == [False, False, False, True]
    roles = await owners[0].fetch(
        "select r.role::text from auth.users u join public.user_roles r on r.user_id = u.id"
    )
    assert [row[0] for row in roles] == ["admin"]
    assert (
        await owners[0].fetchval("select count(*) from public.audit_log where action = 'admin.create'") == 1
    )


async def test_an_installation_with_people_gets_no_admin(world: World) -> None:
    assert await world.owner.value("select private.ensure_admin('x@x', 'hash')") is False
