"""How often one may try: counted in Postgres, before any work is done."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from tests.http.identity.acting import REFRESH, SIGN_UP, TOKEN, counted, refresh, session_of
from tests.support.api import PASSWORD, client, give_password, problem, running, settings_for
from tests.support.world import World

ALLOWED = 10


@pytest.fixture
async def email(world: World) -> str:
    return await give_password(world.supervisor, world.owner)


async def guess(
    somebody: httpx.AsyncClient, email: str, number: int = 0, headers: dict[str, str] | None = None
) -> httpx.Response:
    body = {"email": email, "password": f"guess {number}"}
    return await somebody.post(TOKEN, json=body, headers=headers)


async def pass_seconds(world: World, seconds: int) -> None:
    """Let the allowances fill up, as time would."""
    await world.owner.fetch(
        "update private.rate_limits set full_at = full_at - make_interval(secs => $1)", seconds
    )


async def take(world: World, action: str, times: int) -> None:
    """Use up a part of the allowance of the test's own address."""
    for _ in range(times):
        await world.login.call("private.take_allowance", action=action, email=None, address="127.0.0.1")


async def test_a_hundred_guesses_at_once_are_ten(
    nobody: httpx.AsyncClient, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(monkeypatch) as work:
        answers = await asyncio.gather(*(guess(nobody, email, number) for number in range(100)))
    assert Counter(answer.status_code for answer in answers) == {400: ALLOWED, 429: 90}
    assert len(work) == ALLOWED
    told = problem(next(a for a in answers if a.status_code == 429), 429, "over_request_rate_limit")
    assert told["error_code"] == "over_request_rate_limit"


async def test_guesses_through_two_copies_of_the_api_are_counted_together(
    nobody: httpx.AsyncClient, email: str, world: World
) -> None:
    async with running(settings_for(world.database)) as other, client(other) as elsewhere:
        answers = await asyncio.gather(
            *(guess(somebody, email, number) for number in range(15) for somebody in (nobody, elsewhere))
        )
    assert Counter(answer.status_code for answer in answers) == {400: ALLOWED, 429: 20}


async def test_a_refused_guess_says_when_to_come_back(
    nobody: httpx.AsyncClient, email: str, world: World
) -> None:
    for number in range(ALLOWED):
        assert (await guess(nobody, email, number)).status_code == 400
    answer = await guess(nobody, email)
    seconds = int(answer.headers["retry-after"])
    assert 1 <= seconds <= 30
    assert str(seconds) in problem(answer, 429, "over_request_rate_limit")["detail"]
    # Not even the right one: whoever waits finds out, and nobody else.
    right = {"email": email, "password": PASSWORD}
    problem(await nobody.post(TOKEN, json=right), 429, "over_request_rate_limit")
    await pass_seconds(world, seconds)
    assert (await nobody.post(TOKEN, json=right)).status_code == 200


async def test_being_refused_makes_nobody_wait_longer(
    nobody: httpx.AsyncClient, email: str, world: World
) -> None:
    for number in range(ALLOWED + 30):
        await guess(nobody, email, number)
    assert int((await guess(nobody, email)).headers["retry-after"]) <= 30


async def test_an_unknown_email_has_the_same_allowance(nobody: httpx.AsyncClient, email: str) -> None:
    for address in (email, "nobody@example.test"):
        codes = [(await guess(nobody, address, number)).status_code for number in range(ALLOWED + 2)]
        assert codes == [400] * ALLOWED + [429] * 2


async def test_another_spelling_is_no_other_account(nobody: httpx.AsyncClient, email: str) -> None:
    for number in range(ALLOWED):
        await guess(nobody, email, number)
    for twin in (email.upper(), f" {email}\n", email.capitalize()):
        problem(await guess(nobody, twin), 429, "over_request_rate_limit")


async def test_an_unknown_email_costs_as_much_work_as_a_wrong_password(
    nobody: httpx.AsyncClient, email: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = PasswordHasher().hash(PASSWORD)
    await world.owner.fetch("update auth.users set encrypted_password = $1 where email = $2", hashed, email)
    banned = await give_password(world.admin, world.owner)
    await world.owner.fetch("update auth.users set banned_until = 'infinity' where email = $1", banned)
    without = await world.owner.value("select email from auth.users where id = $1", world.viewer.id)
    for address in (email, "nobody@example.test", "no address", without, banned):
        with counted(monkeypatch) as work:
            problem(await guess(nobody, address), 400, "invalid_credentials")
        assert [extract_parameters(kept) for kept in work] == [RFC_9106_LOW_MEMORY], address


async def test_who_knows_the_password_signs_in_as_often_as_it_likes(
    nobody: httpx.AsyncClient, email: str
) -> None:
    for _ in range(ALLOWED * 3):
        session = await session_of(nobody, email)
        assert (await refresh(nobody, session)).status_code == 200


async def test_nobody_but_a_trusted_proxy_says_where_a_request_comes_from(
    nobody: httpx.AsyncClient, email: str
) -> None:
    for number in range(ALLOWED):
        await guess(nobody, email, number, {"X-Forwarded-For": f"192.0.2.{number}"})
    claimed = {"X-Forwarded-For": "192.0.2.99", "Forwarded": "for=192.0.2.99"}
    answer = await guess(nobody, email, headers=claimed)
    problem(answer, 429, "over_request_rate_limit")


async def test_behind_a_trusted_proxy_each_client_has_its_own_allowance(email: str, world: World) -> None:
    settings = settings_for(world.database, trusted_proxies="10.0.0.1, 127.0.0.0/8")
    async with running(settings) as app, client(app) as proxy:

        async def tries(forwarded: str, times: int = 1) -> list[int]:
            headers = {"X-Forwarded-For": forwarded}
            return [(await guess(proxy, email, n, headers)).status_code for n in range(times)]

        assert await tries("192.0.2.1", ALLOWED + 1) == [400] * ALLOWED + [429]
        assert await tries("192.0.2.2") == [400]
        # What the client itself wrote in front counts for nothing, nor does a proxy of ours behind it.
        assert await tries("198.51.100.7, 192.0.2.1, 10.0.0.1") == [429]
        # A customer's IPv6 addresses are one, and so is an IPv4 address in its long form.
        assert await tries("::ffff:192.0.2.1") == [429]
        assert set(await tries("2001:db8::1", ALLOWED)) == {400}
        assert await tries("2001:db8::ffff:2") == [429]
        assert await tries("2001:db8:0:1::1") == [400]
        for nonsense in ("unknown", "192.0.2.300", "1.2.3.4:80", "fe80::1%eth0", "' or 1=1 --"):
            assert (await tries(nonsense))[0] in {400, 429}


async def test_making_accounts_has_an_allowance(nobody: httpx.AsyncClient, world: World) -> None:
    body = {"email": "no address", "password": PASSWORD}
    await take(world, "sign_up", 19)
    codes = [(await nobody.post(SIGN_UP, json=body)).status_code for _ in range(3)]
    assert codes == [422, 429, 429]
    await pass_seconds(world, 60)
    assert (await nobody.post(SIGN_UP, json=body)).status_code == 422


async def test_guessing_refresh_tokens_has_an_allowance(nobody: httpx.AsyncClient, world: World) -> None:
    await take(world, "refresh", 99)
    await world.owner.fetch("update private.rate_limits set full_at = full_at + interval '1 second'")
    answer = await nobody.post(REFRESH, json={"refresh_token": "guess"})
    problem(answer, 429, "over_request_rate_limit")


async def test_the_buckets_tell_nothing(nobody: httpx.AsyncClient, email: str, world: World) -> None:
    await guess(nobody, email)
    rows: list[Any] = await world.owner.fetch("select bucket from private.rate_limits")
    assert len(rows) == 3
    assert {len(row["bucket"]) for row in rows} == {32}
