"""Allowances: so many tries at once in each bucket, one more after each refill, all of it under one lock."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.support.world import World

EMAIL = "ada@example.test"


async def take(
    world: World, action: str = "sign_in", email: str | None = EMAIL, address: str | None = "192.0.2.1"
) -> Any:
    """0, or the seconds to wait."""
    return await world.login.call("private.take_allowance", action=action, email=email, address=address)


async def taken(world: World, tries: list[dict[str, Any]]) -> int:
    """How many of these tries are allowed."""
    return [await take(world, **one) == 0 for one in tries].count(True)


async def pass_seconds(world: World, seconds: float) -> None:
    await world.owner.fetch(
        "update private.rate_limits set full_at = full_at - make_interval(secs => $1)", float(seconds)
    )


async def test_an_account_has_ten_tries_from_an_address(world: World) -> None:
    assert await taken(world, [{}] * 14) == 10
    assert await taken(world, [{"address": "192.0.2.2"}] * 14) == 10
    assert await taken(world, [{"email": "eve@example.test"}] * 14) == 10


async def test_an_account_has_a_hundred_tries_from_everywhere(world: World) -> None:
    assert await taken(world, [{"address": f"192.0.2.{number}"} for number in range(110)]) in {100, 101}


async def test_an_address_has_a_hundred_tries_for_all_accounts(world: World) -> None:
    tries = [{"email": f"person-{number}@example.test"} for number in range(120)]
    assert 100 <= await taken(world, tries) < 110


@pytest.mark.parametrize(
    ("action", "size", "refill"), [("sign_in", 10, 30), ("sign_up", 20, 60), ("refresh", 100, 1)]
)
async def test_one_more_try_comes_with_each_refill(action: str, size: int, refill: int, world: World) -> None:
    assert size <= await taken(world, [{"action": action}] * (size + 5)) <= size + 5 // refill
    wait = await take(world, action)
    assert 0 < wait <= refill or refill == 1
    await pass_seconds(world, refill)
    assert await taken(world, [{"action": action}] * 2) in {1, 2 // refill}
    await pass_seconds(world, size * refill + 1)
    assert await taken(world, [{"action": action}] * size) == size


async def test_a_refused_try_takes_nothing_from_anybody(world: World) -> None:
    await taken(world, [{}] * 10)
    before = await world.owner.fetch("select * from private.rate_limits order by bucket")
    assert await take(world) > 0
    after = await world.owner.fetch("select * from private.rate_limits order by bucket")
    assert [row["full_at"] for row in after] == [row["full_at"] for row in before]


async def test_tries_at_once_are_counted_one_by_one(world: World) -> None:
    actors = [world.login.twin() for _ in range(12)]

    async def tries(number: int) -> list[int]:
        call = actors[number].call
        return [
            await call("private.take_allowance", action="sign_in", email=EMAIL, address="192.0.2.1")
            for _ in range(5)
        ]

    answers = [answer for some in await asyncio.gather(*map(tries, range(12))) for answer in some]
    assert Counter(answer == 0 for answer in answers) == {True: 10, False: 50}


async def test_tries_that_cross_each_other_never_wait_in_a_circle(world: World) -> None:
    actors = [world.login.twin() for _ in range(8)]
    who = [
        {"email": f"{name}@example.test", "address": a} for name in "ab" for a in ("192.0.2.1", "192.0.2.2")
    ]

    async def tries(number: int) -> None:
        for turn in range(20):
            named = {"action": "sign_in", **who[(number + turn) % 4]}
            if await actors[number].call("private.take_allowance", **named) == 0:
                await actors[number].call("private.return_allowance", **named)

    await asyncio.gather(*map(tries, range(8)))
    assert await taken(world, [{**one} for one in who]) == 4


async def test_a_try_that_is_given_back_was_none(world: World) -> None:
    for _ in range(30):
        assert await take(world) == 0
        await world.login.call("private.return_allowance", action="sign_in", email=EMAIL, address="192.0.2.1")
    assert await taken(world, [{}] * 12) == 10


async def test_an_action_that_has_no_allowance_is_free(world: World) -> None:
    assert await taken(world, [{"action": "nothing"}] * 3) == 3
    assert await world.owner.value("select count(*) from private.rate_limits") == 0


async def test_what_is_no_address_is_one_bucket(world: World) -> None:
    assert (
        await taken(world, [{"email": email} for email in (None, "", "x", "é@b", "a@b.") for _ in "123"])
        == 10
    )
    assert await take(world, address=None) == 0


async def test_what_is_full_again_is_forgotten(world: World) -> None:
    await taken(world, [{}] * 3)
    assert await world.worker.call("private.prune_auth") == 0
    await pass_seconds(world, 3600)
    assert await world.worker.call("private.prune_auth") == 3


async def test_ended_sessions_and_old_refresh_tokens_are_forgotten(world: World) -> None:
    session = {"user_agent": "", "ip": None}
    for token in ("ended", "living"):
        await world.login.call(
            "private.open_session", user_id=world.viewer.id, refresh_token=token, **session
        )
    await world.login.call("private.refresh_session", token="living", next="next")
    await world.owner.fetch(
        """update auth.sessions s set not_after = now() - interval '1 second'
             from auth.refresh_tokens t where t.session_id = s.id and t.token = 'ended'"""
    )
    await world.owner.fetch(
        "update auth.refresh_tokens set updated_at = now() - interval '31 days' where token <> 'ended'"
    )
    assert await world.worker.call("private.prune_auth") == 2
    assert await world.owner.value("select array_agg(token) from auth.refresh_tokens") == ["next"]
    assert (await world.login.call("private.refresh_session", token="next", next="last"))[
        "outcome"
    ] == "refreshed"
