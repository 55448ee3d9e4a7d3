"""Staying signed in: each refresh token is good once, and one that comes back later ends its session."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.http.identity.acting import REFRESH, bearer, pass_seconds, refresh, session_of
from tests.support.api import PASSWORD, client, give_password, new_signing_key, problem, running, settings_for
from tests.support.world import World

RENEWED = {"password": PASSWORD + "!", "current_password": PASSWORD}


@pytest.fixture
async def email(world: World) -> str:
    return await give_password(world.supervisor, world.owner)


@pytest.fixture
async def session(nobody: httpx.AsyncClient, email: str) -> Any:
    """A session of the supervisor."""
    return await session_of(nobody, email)


async def tokens(world: World) -> int:
    return await world.owner.value("select count(*) from auth.refresh_tokens")


async def test_a_refresh_gives_the_next_pair(nobody: httpx.AsyncClient, session: Any, world: World) -> None:
    answer = await refresh(nobody, session)
    told = answer.json()
    assert answer.status_code == 200, told
    assert told["refresh_token"] != session["refresh_token"]
    assert told["user"]["id"] == session["user"]["id"]
    assert (await nobody.get("/auth/v1/user", headers=bearer(told))).status_code == 200
    assert (await refresh(nobody, told)).status_code == 200
    assert await tokens(world) == 3
    assert await world.owner.value("select count(*) from auth.refresh_tokens where not revoked") == 1


async def test_what_is_kept_of_a_refresh_token_is_its_hash(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    following = (await refresh(nobody, session)).json()["refresh_token"]
    kept = str(await world.owner.fetch("select token, parent from auth.refresh_tokens"))
    assert session["refresh_token"] not in kept
    assert following not in kept


async def test_a_session_lives_thirty_days_from_its_last_refresh(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    await world.owner.fetch("update auth.sessions set not_after = now() + interval '1 minute'")
    told = (await refresh(nobody, session)).json()
    assert told["expires_in"] == 600
    ends = await world.owner.value("select max(not_after) from auth.sessions")
    assert ends > datetime.now(ends.tzinfo) + timedelta(days=29)


async def test_an_access_token_does_not_outlive_its_session(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    await world.owner.fetch("update auth.sessions set not_after = now() - interval '1 second'")
    problem(await nobody.get("/auth/v1/user", headers=bearer(session)), 401, "not_signed_in")
    problem(await refresh(nobody, session), 400, "refresh_token_not_found")


async def test_two_refreshes_at_once_go_on_with_the_same_token(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    answers = await asyncio.gather(*(refresh(nobody, session) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert await tokens(world) == 2


async def test_a_lost_answer_is_asked_for_again(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    first = (await refresh(nobody, session)).json()
    await pass_seconds(world, 9)
    again = (await refresh(nobody, session)).json()
    assert again["refresh_token"] == first["refresh_token"]
    assert await tokens(world) == 2


async def test_a_second_copy_of_the_api_gives_the_same_token(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    first = (await refresh(nobody, session)).json()
    async with running(settings_for(world.database)) as other, client(other) as elsewhere:
        assert (await refresh(elsewhere, session)).json()["refresh_token"] == first["refresh_token"]


async def test_a_refresh_token_that_comes_back_ends_the_session(
    nobody: httpx.AsyncClient, session: Any, email: str, world: World
) -> None:
    other = await session_of(nobody, email)
    latest = (await refresh(nobody, (await refresh(nobody, session)).json())).json()
    await pass_seconds(world, 11)
    told = problem(await refresh(nobody, session), 400, "refresh_token_already_used")
    assert (told["error_code"], told["msg"]) == ("refresh_token_already_used", told["detail"])
    # The refusal is an answer, and what it did is seen by everybody.
    assert await world.owner.value("select count(*) from auth.sessions where not_after is not null") == 1
    problem(await nobody.get("/api/projects", headers=bearer(latest)), 401, "not_signed_in")
    problem(await refresh(nobody, latest), 400, "refresh_token_not_found")
    assert (await nobody.get("/api/projects", headers=bearer(other))).status_code == 200
    assert (await refresh(nobody, other)).status_code == 200
    audited = await world.owner.value(
        "select subject_id from public.audit_log where action = 'session.reuse'"
    )
    assert audited == world.supervisor.id


async def test_a_refresh_token_that_nobody_was_given_ends_nothing(
    nobody: httpx.AsyncClient, session: Any
) -> None:
    good = session["refresh_token"]
    for token in (
        "x",
        good + "x",
        good[:-1],
        good.swapcase(),
        " " + good,
        "\0",
        "é",
        session["access_token"],
    ):
        problem(await nobody.post(REFRESH, json={"refresh_token": token}), 400, "refresh_token_not_found")
    assert (await refresh(nobody, session)).status_code == 200


async def test_the_hash_of_a_refresh_token_is_none(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    kept = await world.owner.value("select token from auth.refresh_tokens")
    problem(await nobody.post(REFRESH, json={"refresh_token": kept}), 400, "refresh_token_not_found")


@pytest.mark.parametrize(
    "ending",
    [
        "update auth.users set banned_until = 'infinity' where id = $1",
        "update auth.users set deleted_at = now() where id = $1",
        "delete from auth.sessions where user_id = $1",
    ],
    ids=["banned", "deleted", "ended"],
)
async def test_an_ended_person_refreshes_nothing(
    ending: str, nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    await world.owner.fetch(ending, world.supervisor.id)
    problem(await refresh(nobody, session), 400, "refresh_token_not_found")
    assert await world.owner.value("select count(*) from auth.refresh_tokens where revoked") == 0


async def test_after_signing_out_nothing_is_refreshed(nobody: httpx.AsyncClient, session: Any) -> None:
    assert (await nobody.post("/auth/v1/logout", headers=bearer(session))).status_code == 204
    problem(await refresh(nobody, session), 400, "refresh_token_not_found")


async def test_a_new_password_ends_what_the_old_one_began(
    nobody: httpx.AsyncClient, session: Any, email: str
) -> None:
    here = await session_of(nobody, email)
    changed = await nobody.put("/auth/v1/user", json=RENEWED, headers=bearer(here))
    assert changed.status_code == 200, changed.text
    problem(await refresh(nobody, session), 400, "refresh_token_not_found")
    problem(await nobody.get("/auth/v1/user", headers=bearer(session)), 401, "not_signed_in")
    assert (await refresh(nobody, here)).status_code == 200


async def test_refreshing_while_the_password_changes_leaves_one_session(
    nobody: httpx.AsyncClient, email: str, world: World
) -> None:
    here = await session_of(nobody, email)
    others = [await session_of(nobody, email) for _ in range(5)]
    change = nobody.put("/auth/v1/user", json=RENEWED, headers=bearer(here))
    answers = await asyncio.gather(change, *(refresh(nobody, other) for other in others))
    assert answers[0].status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 400}
    for answer in answers[1:]:
        if answer.status_code == 200:
            problem(await refresh(nobody, answer.json()), 400, "refresh_token_not_found")
    assert (await refresh(nobody, here)).status_code == 200


async def test_a_new_encryption_key_takes_nobody_out(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    """Just after a rotation two copies of the API hold different keys: a repeat is still no theft."""
    first = (await refresh(nobody, session)).json()
    settings = settings_for(world.database, encryption_keys="A" * 43)
    async with running(settings) as other, client(other) as elsewhere:
        again = await refresh(elsewhere, session)
        assert again.status_code == 200
        assert again.json()["refresh_token"] != first["refresh_token"]
        assert (await refresh(elsewhere, first)).status_code == 200
    assert (await refresh(nobody, again.json())).status_code == 200


async def test_nobody_is_signed_into_a_session_that_was_there_before(
    app: Litestar, nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    """Whatever a sign-in brings along of another session, it opens its own."""
    victim = await give_password(world.viewer, world.owner)
    planted = {
        **bearer(session),
        "Cookie": f"session={session['refresh_token']}; sb-access-token={session['access_token']}",
    }
    async with client(app, **planted) as lured:
        told = await session_of(lured, victim)
    assert told["user"]["email"] == victim
    assert told["refresh_token"] != session["refresh_token"]
    sessions = await world.owner.fetch("select id, user_id from auth.sessions where not_after is not null")
    assert {row["user_id"] for row in sessions} == {world.viewer.id, world.supervisor.id}
    for name in ("session_id", "refresh_token", "access_token"):
        answer = await nobody.post(
            "/auth/v1/token?grant_type=password",
            json={"email": victim, "password": PASSWORD, name: session["refresh_token"]},
        )
        problem(answer, 422, "invalid_request")


async def test_a_token_of_another_installation_is_unknown(
    nobody: httpx.AsyncClient, email: str, world: World
) -> None:
    settings = settings_for(world.database, jwt_private_key=new_signing_key(1))
    async with running(settings) as other, client(other) as elsewhere:
        foreign = await session_of(elsewhere, email)
    problem(await nobody.get("/auth/v1/user", headers=bearer(foreign)), 401, "not_signed_in")
