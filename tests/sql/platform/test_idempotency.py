"""Keyed requests: of two at once one works and the other gets its answer; another body is refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from tests.sql.acting import blocked
from tests.support.world import Database, refused

RECALL = "select private.recall_answer($1, $2, $3, $4)"
REMEMBER = "select private.remember_answer($1, $2, $3, $4)"
REQUEST = ("person:1", "POST /api/tasks", "key-1")
BODY, OTHER_BODY = b"\1" * 32, b"\2" * 32


@pytest.fixture
async def login(database: Database) -> asyncpg.Connection:
    """A connection of the API."""
    return await database.connect("devos_login")


async def do_once(login: asyncpg.Connection, answer: Any) -> Any:
    """A keyed request, as the API runs it."""
    async with login.transaction():
        known = await login.fetchval(RECALL, *REQUEST, BODY)
        if known is None:
            await login.execute(REMEMBER, *REQUEST, json.dumps(answer))
        return json.loads(known) if known else answer


async def test_a_new_key_has_no_answer_and_a_known_one_the_first(login: asyncpg.Connection) -> None:
    assert await do_once(login, ["first"]) == ["first"]
    assert await do_once(login, ["second"]) == ["first"]


async def test_another_body_under_the_same_key_is_refused(login: asyncpg.Connection) -> None:
    await do_once(login, ["first"])
    with refused("PT409", "idempotency_key_reused"):
        await login.fetchval(RECALL, *REQUEST, OTHER_BODY)
    assert await do_once(login, ["second"]) == ["first"]


@pytest.mark.parametrize("position", [0, 1, 2])
async def test_a_key_holds_for_one_caller_and_one_route(login: asyncpg.Connection, position: int) -> None:
    await do_once(login, ["first"])
    other = [part + "x" * (at == position) for at, part in enumerate(REQUEST)]
    assert await login.fetchval(RECALL, *other, OTHER_BODY) is None


async def test_the_second_of_two_at_once_waits_for_the_answer_of_the_first(
    database: Database, login: asyncpg.Connection
) -> None:
    second = await database.connect("devos_login")
    holding = login.transaction()
    await holding.start()
    assert await login.fetchval(RECALL, *REQUEST, BODY) is None
    waiting = asyncio.create_task(second.fetchval(RECALL, *REQUEST, BODY))
    await blocked(database)
    await login.execute(REMEMBER, *REQUEST, '["first"]')
    await holding.commit()
    assert await asyncio.wait_for(waiting, 5) == '["first"]'


async def test_the_second_of_two_at_once_works_when_the_first_went_back(
    database: Database, login: asyncpg.Connection
) -> None:
    second = await database.connect("devos_login")
    holding = login.transaction()
    await holding.start()
    assert await login.fetchval(RECALL, *REQUEST, BODY) is None
    waiting = asyncio.create_task(second.fetchval(RECALL, *REQUEST, BODY))
    await blocked(database)
    await holding.rollback()
    assert await asyncio.wait_for(waiting, 5) is None


async def test_of_twenty_at_once_one_works_and_all_answer_the_same(database: Database) -> None:
    logins = [await database.connect("devos_login") for _ in range(20)]
    told = await asyncio.gather(*(do_once(login, [nr]) for nr, login in enumerate(logins)))
    assert len({tuple(answer) for answer in told}) == 1


async def test_a_key_has_1_to_200_characters(login: asyncpg.Connection) -> None:
    for key in ("", "x" * 201):
        with pytest.raises(asyncpg.CheckViolationError, match="key_length"):
            await login.fetchval(RECALL, "person:1", "POST /", key, BODY)


async def test_keys_are_forgotten_after_a_day(database: Database, login: asyncpg.Connection) -> None:
    worker, owner = await database.connect("devos_worker"), await database.connect()
    await do_once(login, ["first"])
    await owner.execute(
        "update private.idempotency_keys set created_at = now() - interval '23 hours 59 minutes'"
    )
    assert await worker.fetchval("select private.prune_idempotency_keys()") == 0
    assert await do_once(login, ["second"]) == ["first"]
    await owner.execute(
        "update private.idempotency_keys set created_at = now() - interval '24 hours 1 minute'"
    )
    assert await worker.fetchval("select private.prune_idempotency_keys()") == 1
    assert await do_once(login, ["second"]) == ["second"]
