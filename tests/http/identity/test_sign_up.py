"""Making an account: by invitation, or freely where that is set; never more than was given."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.http.conftest import SignedIn
from tests.http.identity.acting import SIGN_UP, TOKEN, bearer, session_of
from tests.support.api import PASSWORD, client, give_password, problem, running, settings_for
from tests.support.scene import add_invitation
from tests.support.world import Actor, World

EMAIL = "ada@example.test"


@pytest.fixture
async def anybody(world: World) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody without a credential, where sign-up is open."""
    async with running(settings_for(world.database, sign_up="open")) as app, client(app) as opened:
        yield opened


async def sign_up(
    somebody: httpx.AsyncClient, email: str = EMAIL, *, invitation: str | None = None, **changes: Any
) -> httpx.Response:
    data = {"invitation": invitation} if invitation else {}
    return await somebody.post(SIGN_UP, json={"email": email, "password": PASSWORD, "data": data, **changes})


async def account(world: World, email: str = EMAIL) -> Any:
    """What the database knows of a person, its role and its projects."""
    return await world.owner.value(
        """select to_jsonb(u) || jsonb_build_object('app_role', r.role, 'projects', array(
                      select m.project_id from public.project_members m where m.user_id = u.id))
             from auth.users u join public.user_roles r on r.user_id = u.id where u.email = $1""",
        email,
    )


async def test_an_invited_person_signs_up(nobody: httpx.AsyncClient, world: World) -> None:
    _, token = await add_invitation(world.admin, EMAIL, project=world.project)
    answer = await sign_up(nobody, invitation=token)
    told = answer.json()
    assert answer.status_code == 200, told
    assert told["user"]["email_confirmed_at"]
    assert told["user"]["user_metadata"] == {}, "the token is nothing to keep"
    listed = (await nobody.get("/api/projects", headers=bearer(told))).json()["items"]
    assert [project["id"] for project in listed] == [str(world.project)]
    assert await session_of(nobody, EMAIL)


async def test_a_supervisors_invitation_proves_nobodys_email(nobody: httpx.AsyncClient, world: World) -> None:
    """Its maker could use it alone, and wait in the account for the owner of the address."""
    _, token = await add_invitation(world.supervisor, EMAIL, project=world.project)
    told = (await sign_up(nobody, invitation=token)).json()
    assert told["user"]["email_confirmed_at"] is None
    assert (await account(world))["projects"] == [str(world.project)]


async def test_without_an_invitation_nobody_comes_in(nobody: httpx.AsyncClient, world: World) -> None:
    problem(await sign_up(nobody), 403, "signup_disabled")
    known = await give_password(world.viewer, world.owner)
    problem(await sign_up(nobody, known), 403, "signup_disabled")
    assert await account(world) is None


async def test_where_it_is_open_anybody_is_a_viewer_of_nothing(
    anybody: httpx.AsyncClient, world: World
) -> None:
    told = (await sign_up(anybody, data={"name": "Ada"})).json()
    assert told["user"]["user_metadata"] == {"name": "Ada"}
    assert told["user"]["email_confirmed_at"] is None
    assert (await anybody.get("/api/projects", headers=bearer(told))).json()["items"] == []
    made = await account(world)
    assert (made["app_role"], made["projects"]) == ("viewer", [])


async def test_an_invitation_counts_where_sign_up_is_open_too(
    anybody: httpx.AsyncClient, world: World
) -> None:
    _, token = await add_invitation(world.admin, EMAIL, role="supervisor")
    problem(await sign_up(anybody, "eve@example.test", invitation=token), 403, "invitation_not_valid")
    assert (await sign_up(anybody, invitation=token)).json()["user"]["email_confirmed_at"]
    assert (await account(world))["app_role"] == "supervisor"


async def test_nobody_gives_itself_more_by_signing_up(anybody: httpx.AsyncClient, world: World) -> None:
    wanted: dict[str, Any] = {
        "role": "admin",
        "app_role": "admin",
        "is_admin": True,
        "app_metadata": {"provider": "github", "role": "admin"},
        "raw_app_meta_data": {"role": "admin"},
        "email_confirmed_at": "2026-01-01T00:00:00Z",
        "project_id": str(world.project),
        "user_id": str(world.admin.id),
    }
    for name, value in {**wanted, "id": str(world.admin.id), "user_metadata": {}, "aud": "x"}.items():
        problem(await sign_up(anybody, **{name: value}), 422, "invalid_request")
    told = (await sign_up(anybody, data=wanted)).json()
    assert told["user"]["user_metadata"] == wanted
    made = await account(world)
    assert (made["app_role"], made["projects"], made["role"]) == ("viewer", [], "authenticated")
    assert made["raw_app_meta_data"] == {"provider": "email", "providers": ["email"]}
    assert made["email_confirmed_at"] is None
    problem(
        await anybody.post("/api/projects", json={"name": "mine"}, headers=bearer(told)), 403, "role_required"
    )


async def test_an_account_is_made_once(anybody: httpx.AsyncClient, world: World) -> None:
    answers = await asyncio.gather(*(sign_up(anybody) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 422: 4}
    problem(await sign_up(anybody), 422, "user_already_exists")
    assert await world.owner.value("select count(*) from auth.users where email = $1", EMAIL) == 1


async def test_an_email_is_one_account_however_it_is_written(
    anybody: httpx.AsyncClient, world: World
) -> None:
    assert (await sign_up(anybody)).status_code == 200
    for twin in ("ADA@Example.Test", " ada@example.test\n"):
        problem(await sign_up(anybody, twin), 422, "user_already_exists")
        assert (await session_of(anybody, twin))["user"]["email"] == EMAIL


async def test_what_only_looks_like_an_email_makes_no_account(
    anybody: httpx.AsyncClient, world: World
) -> None:
    """All of them: tests/sql/identity/test_emails.py."""
    await sign_up(anybody)
    for lookalike in ("\uff41da@example.test", "ad\u0430@example.test", "ada@example.test."):
        problem(await sign_up(anybody, lookalike), 422, "invalid_email")
        wrong = await anybody.post(TOKEN, json={"email": lookalike, "password": PASSWORD})
        problem(wrong, 400, "invalid_credentials")


async def test_a_nul_is_no_part_of_an_email(anybody: httpx.AsyncClient) -> None:
    for email in ("ada\0@example.test", "ada@example.test\0", "\0"):
        problem(await sign_up(anybody, email), 422, "invalid_value")


async def test_a_weak_password_is_refused_with_its_reasons(anybody: httpx.AsyncClient) -> None:
    for password, reasons in (
        ("short", ["length"]),
        ("aaaaaaaaaaaa", ["characters"]),
        ("aaa", ["length", "characters"]),
        ("ada@example.test", ["characters"]),
        ("ADA@EXAMPLE", ["characters"]),
    ):
        told = problem(await sign_up(anybody, password=password), 422, "weak_password")
        assert told["weak_password"] == {"reasons": reasons}
    assert (await sign_up(anybody, password="pässwörd \U0001f511")).status_code == 200


async def test_what_a_person_says_about_itself_is_bounded(anybody: httpx.AsyncClient) -> None:
    problem(await sign_up(anybody, data={"a": "x" * 20_000}), 413, "metadata_too_large")
    problem(await sign_up(anybody, data={"a": "\0"}), 422, "invalid_value")


async def test_an_invitation_is_for_its_email_alone(nobody: httpx.AsyncClient, world: World) -> None:
    _, token = await add_invitation(world.supervisor, EMAIL, project=world.project)
    problem(await sign_up(nobody, "eve@example.test", invitation=token), 403, "invitation_not_valid")
    known = await give_password(world.viewer, world.owner)
    problem(await sign_up(nobody, known, invitation=token), 403, "invitation_not_valid")
    assert (await sign_up(nobody, EMAIL.upper(), invitation=token)).status_code == 200


async def test_an_invitation_is_used_once(nobody: httpx.AsyncClient, world: World) -> None:
    _, token = await add_invitation(world.supervisor, EMAIL, project=world.project)
    answers = await asyncio.gather(*(sign_up(nobody, invitation=token) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers)[200] == 1
    problem(await sign_up(nobody, invitation=token), 403, "invitation_not_valid")


@pytest.mark.parametrize(
    "ending",
    [
        "update public.invitations set expires_at = now() - interval '1 second'",
        "update public.invitations set revoked_at = now()",
        "delete from public.invitations",
        "update public.user_roles set role = 'viewer' where user_id = $1",
        "update auth.users set banned_until = 'infinity' where id = $1",
        "delete from public.project_members where user_id = $1",
    ],
    ids=["expired", "revoked", "deleted", "its maker demoted", "its maker banned", "its maker removed"],
)
async def test_an_ended_invitation_lets_nobody_in(
    ending: str, nobody: httpx.AsyncClient, world: World
) -> None:
    _, token = await add_invitation(world.supervisor, EMAIL, project=world.project)
    await world.owner.fetch(ending, *([world.supervisor.id] if "$1" in ending else []))
    problem(await sign_up(nobody, invitation=token), 403, "invitation_not_valid")
    assert await account(world) is None


async def test_what_is_no_invitation_lets_nobody_in(
    nobody: httpx.AsyncClient, world: World, as_supervisor: Actor, signed_in: SignedIn
) -> None:
    _, token = await add_invitation(world.supervisor, EMAIL)
    kept = await world.owner.value("select encode(hash, 'hex') from private.token_hashes")
    wrong: list[Any] = [
        "x", "", token[:-1], token.replace("_inv_", "_api_"), token[:-43] + "A" * 43, kept, world.agent_key,
        7, None, True, [token], {"token": token}, token + "\0",
    ]  # fmt: skip
    for sent in wrong:
        answer = await sign_up(nobody, data={"invitation": sent})
        assert answer.json()["code"] in {"invitation_not_valid", "signup_disabled"}, sent
    person = await signed_in(as_supervisor)
    person.headers["Authorization"] = f"Bearer {token}"
    problem(await person.get("/api/projects"), 401, "not_signed_in")


async def test_an_invitation_says_nothing_of_who_has_an_account(
    nobody: httpx.AsyncClient, world: World
) -> None:
    known = await give_password(world.viewer, world.owner)
    _, token = await add_invitation(world.supervisor, EMAIL)
    bodies = set()
    for email in (known, f"{uuid4()}@example.test"):
        answer = await nobody.post(
            SIGN_UP,
            json={"email": email, "password": PASSWORD, "data": {"invitation": token}},
            headers={"X-Request-ID": "the-same-one"},
        )
        bodies.add((answer.status_code, answer.content))
    assert len(bodies) == 1


async def test_an_account_that_was_removed_makes_room(anybody: httpx.AsyncClient, world: World) -> None:
    await sign_up(anybody)
    await world.owner.fetch("update auth.users set deleted_at = now() where email = $1", EMAIL)
    assert (await sign_up(anybody)).status_code == 200


async def test_who_signs_up_is_written_down(nobody: httpx.AsyncClient, world: World) -> None:
    invitation, token = await add_invitation(world.supervisor, EMAIL, project=world.project)
    told = (await sign_up(nobody, invitation=token)).json()
    rows = await world.owner.fetch(
        "select action, actor_id::text from public.audit_log where actor_id = $1 order by id",
        told["user"]["id"],
    )
    assert [row["action"] for row in rows] == ["person.sign_up", "invitation.accept"]
    subject = "select subject_id::text from public.audit_log where action = 'invitation.accept'"
    assert await world.owner.value(subject) == invitation["id"]


async def test_neither_password_nor_token_of_a_sign_up_is_logged(
    nobody: httpx.AsyncClient, world: World, logged: list[Any]
) -> None:
    _, token = await add_invitation(world.supervisor, EMAIL)
    told = (await sign_up(nobody, invitation=token)).json()
    await sign_up(nobody, invitation=token)
    for secret in (PASSWORD, token, told["refresh_token"], told["access_token"]):
        assert secret not in str(logged)
