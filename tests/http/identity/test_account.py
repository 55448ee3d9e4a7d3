"""A person's own account: reading it, changing it, and signing out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.http.identity.acting import bearer, counted, refresh, session_of
from tests.support.api import PASSWORD, client, give_password, problem, running, settings_for
from tests.support.world import World

USER = "/auth/v1/user"
NEW = "another horse, another staple"
RENEWED = {"password": NEW, "current_password": PASSWORD}


@pytest.fixture
async def email(world: World) -> str:
    return await give_password(world.supervisor, world.owner)


@pytest.fixture
async def session(nobody: httpx.AsyncClient, email: str) -> Any:
    return await session_of(nobody, email)


async def change(nobody: httpx.AsyncClient, session: Any, **changes: Any) -> httpx.Response:
    return await nobody.put(USER, json=changes, headers=bearer(session))


async def test_a_person_reads_what_it_was_told_when_it_signed_in(
    nobody: httpx.AsyncClient, session: Any
) -> None:
    read = (await nobody.get(USER, headers=bearer(session))).json()
    assert read == session["user"]
    assert (read["phone"], read["identities"], read["is_anonymous"]) == ("", [], False)
    assert read["last_sign_in_at"]


async def test_data_is_merged_and_a_null_takes_a_member_away(nobody: httpx.AsyncClient, session: Any) -> None:
    await change(nobody, session, data={"name": "Ada", "theme": "dark", "nested": {"a": None}})
    told = (await change(nobody, session, data={"theme": None, "age": 36.5})).json()
    assert told["user_metadata"] == {"name": "Ada", "nested": {"a": None}, "age": 36.5}
    assert (await change(nobody, session)).json()["user_metadata"] == told["user_metadata"]
    problem(await change(nobody, session, data={"a": "x" * 20_000}), 413, "metadata_too_large")


async def test_nobody_changes_what_is_not_its_own(
    nobody: httpx.AsyncClient, session: Any, world: World
) -> None:
    roles = "select jsonb_agg(to_jsonb(r) order by user_id) from public.user_roles r"
    before = await world.owner.value(roles)
    for name, value in {
        "role": "service_role",
        "app_metadata": {"role": "admin"},
        "id": str(world.admin.id),
        "email_confirmed_at": "2026-01-01T00:00:00Z",
        "banned_until": None,
        "phone": "1",
    }.items():
        problem(await change(nobody, session, **{name: value}), 422, "invalid_request")
    told = (await change(nobody, session, data={"role": "admin", "app_metadata": {"role": "admin"}})).json()
    assert told["app_metadata"] == {"provider": "email", "providers": ["email"]}
    assert told["role"] == "authenticated"
    assert await world.owner.value(roles) == before


async def test_an_email_stays_what_it_is(nobody: httpx.AsyncClient, session: Any, email: str) -> None:
    taken = {"email": "eve@example.test", **RENEWED}
    problem(await change(nobody, session, **taken), 422, "email_change_not_supported")
    problem(await change(nobody, session, email="nonsense"), 422, "email_change_not_supported")
    assert await session_of(nobody, email), "and the password with it"
    assert (await change(nobody, session, email=email.upper())).status_code == 200


async def test_a_new_password_counts_at_once_and_ends_all_other_sessions(
    nobody: httpx.AsyncClient, session: Any, email: str, world: World
) -> None:
    other = await session_of(nobody, email)
    assert (await change(nobody, session, **RENEWED)).status_code == 200
    problem(await nobody.get(USER, headers=bearer(other)), 401, "not_signed_in")
    problem(await refresh(nobody, other), 400, "refresh_token_not_found")
    assert (await nobody.get(USER, headers=bearer(session))).status_code == 200
    assert (await refresh(nobody, session)).status_code == 200
    assert await session_of(nobody, email, NEW)
    old = await nobody.post("/auth/v1/token?grant_type=password", json={"email": email, "password": PASSWORD})
    problem(old, 400, "invalid_credentials")
    action = "select action from public.audit_log where actor_id = $1 and action like 'password%'"
    assert await world.owner.value(action, world.supervisor.id) == "password.change"


async def test_a_password_that_is_no_new_one_is_refused(
    nobody: httpx.AsyncClient, session: Any, email: str
) -> None:
    same = {"password": PASSWORD, "current_password": PASSWORD}
    problem(await change(nobody, session, **same), 422, "same_password")
    problem(await change(nobody, session, password="short"), 422, "weak_password")
    problem(await change(nobody, session, password=email), 422, "weak_password")
    wrong = {"password": NEW, "current_password": "wrong"}
    problem(await change(nobody, session, **wrong), 400, "invalid_credentials")
    # Who holds a session alone has no password to give it another one.
    problem(await change(nobody, session, password=NEW), 400, "current_password_required")
    assert (await change(nobody, session, **RENEWED)).status_code == 200


async def test_a_stolen_session_does_not_try_passwords_without_end(
    nobody: httpx.AsyncClient, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counted(monkeypatch) as work:
        answers = [
            await change(nobody, session, password=NEW, current_password=f"guess {number}")
            for number in range(15)
        ]
    assert [answer.status_code for answer in answers].count(400) == len(work) == 10
    assert {answer.json()["code"] for answer in answers[10:]} == {"over_request_rate_limit"}


async def test_a_new_password_removes_the_note_of_the_first_one(world: World, tmp_path: Path) -> None:
    email = await give_password(world.admin, world.owner)
    other = await give_password(world.viewer, world.owner)
    note = tmp_path / "initial-login"
    note.write_text(f"email    {email}\npassword {PASSWORD}\n")
    async with running(settings_for(world.database, data=tmp_path)) as app, client(app) as nobody:
        await change(nobody, await session_of(nobody, other), **RENEWED)
        await change(nobody, await session_of(nobody, email), data={"name": "Ada"})
        assert note.exists()
        assert (await change(nobody, await session_of(nobody, email), **RENEWED)).status_code == 200
    assert not note.exists()


@pytest.mark.parametrize(
    ("scope", "alive"),
    [("local", ["other"]), ("others", ["mine"]), ("global", []), (None, [])],
)
async def test_signing_out_ends_what_was_asked_for(
    scope: str | None, alive: list[str], nobody: httpx.AsyncClient, email: str, world: World
) -> None:
    sessions = {"mine": await session_of(nobody, email), "other": await session_of(nobody, email)}
    stranger = await session_of(nobody, await give_password(world.stranger, world.owner))
    url = "/auth/v1/logout" + (f"?scope={scope}" if scope else "")
    assert (await nobody.post(url, headers=bearer(sessions["mine"]))).status_code == 204
    for name, session in sessions.items():
        answer = await nobody.get(USER, headers=bearer(session))
        assert answer.status_code == (200 if name in alive else 401), name
        assert (await refresh(nobody, session)).status_code == (200 if name in alive else 400), name
    assert (await nobody.get(USER, headers=bearer(stranger))).status_code == 200


async def test_there_is_no_other_way_to_sign_out(nobody: httpx.AsyncClient, session: Any) -> None:
    for scope in ("", "all", "GLOBAL", "local%00"):
        answer = await nobody.post(f"/auth/v1/logout?scope={scope}", headers=bearer(session))
        problem(answer, 422, "invalid_request")


async def test_the_ways_in_are_told_to_anybody(nobody: httpx.AsyncClient, world: World) -> None:
    told = (await nobody.get("/auth/v1/settings")).json()
    assert told["external"]["email"] is True
    assert (told["disable_signup"], told["sign_up"]) == (True, "invite")
    async with running(settings_for(world.database, sign_up="open")) as app, client(app) as anybody:
        told = (await anybody.get("/auth/v1/settings")).json()
    assert (told["disable_signup"], told["sign_up"]) == (False, "open")


async def test_a_refusal_speaks_to_supabase_clients_too(nobody: httpx.AsyncClient) -> None:
    told = problem(await nobody.get(USER), 401, "not_signed_in")
    assert (told["error_code"], told["msg"]) == (told["code"], told["detail"])
    told = problem(await nobody.get("/auth/v1/nothing"), 404, "route_not_found")
    assert told["error_code"] == "route_not_found"
    assert "error_code" not in problem(await nobody.get("/api/projects"), 401, "not_signed_in")
