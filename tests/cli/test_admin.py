"""`devos admin`: accounts, when nobody can sign in."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import httpx
import pytest

from control_plane.domains.identity import admin
from control_plane.domains.identity.admin import NewLogin
from control_plane.platform.secrets import write_private
from tests.support.api import client, running, settings_for
from tests.support.devos import Answer, Running, devos
from tests.support.world import Database


def sign_in(server: Running, email: str, password: str) -> httpx.Response:
    body = {"email": email, "password": password}
    return httpx.post(f"{server.url}/auth/v1/token?grant_type=password", json=body)


def on(server: Running, *arguments: str) -> Answer:
    """A command on the data folder of the running server."""
    return devos("admin", *arguments, "--data", str(server.home / "data"), home=server.home)


def test_an_admin_is_made_beside_a_running_devos(server: Running) -> None:
    made = on(server, "create", "ada@example.test", "--json")
    assert (made.code, made.json["role"]) == (0, "admin")
    answer = sign_in(server, "ada@example.test", made.json["password"])
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.post(f"{server.url}/api/projects", json={"name": "x"}, headers=headers).status_code == 201
    again = on(server, "create", "Ada@example.test")
    assert again.code == 1
    assert "There is an account Ada@example.test already." in again.err
    assert "devos admin grant" in again.err


def test_a_role_is_granted(server: Running) -> None:
    on(server, "create", "bob@example.test")
    assert on(server, "grant", "bob@example.test", "--role", "viewer", "--json").json == {
        "email": "bob@example.test",
        "role": "viewer",
    }
    shown = on(server, "grant", "bob@example.test")
    assert (shown.code, shown.out.strip()) == (0, "bob@example.test has the role admin now.")
    for arguments, code in (
        (("grant", "nobody@example.test"), 1),
        (("grant", "bob@example.test", "--role", "owner"), 2),
        (("grant",), 2),
        (("create", "no address"), 1),
        (("create", "[bold]x"), 1),
    ):
        assert on(server, *arguments).code == code, arguments


def test_a_forgotten_password_is_replaced_and_its_note_goes(server: Running) -> None:
    note = server.home / "data" / "initial-login"
    email = server.told["email"]
    assert email in note.read_text()
    before = sign_in(server, email, server.told["password"]).json()["access_token"]
    reset = on(server, "reset-password", email, "--json")
    assert reset.json["sessions_ended"] == 1
    assert not note.exists()
    assert sign_in(server, email, server.told["password"]).status_code == 400
    assert sign_in(server, email, reset.json["password"]).status_code == 200
    headers = {"Authorization": f"Bearer {before}"}
    assert httpx.get(f"{server.url}/auth/v1/user", headers=headers).status_code == 401
    assert on(server, "reset-password", "nobody@example.test").code == 1


def test_without_a_database_the_next_step_is_named(home: Path) -> None:
    answer = devos("admin", "grant", "ada@example.test", "--data", str(home / "data"), home=home)
    assert answer.code == 1
    assert "DEVOS_ADMIN_DATABASE_URL is not set" in answer.err


@pytest.mark.parametrize("command", ["create", "reset-password"])
def test_accounts_at_supabase_are_made_there(command: str, home: Path) -> None:
    env = {"SUPABASE_URL": "https://project.supabase.co"}
    answer = devos("admin", command, "ada@example.test", home=home, env=env)
    assert answer.code == 1
    assert "kept at https://project.supabase.co" in answer.err


def test_the_embedded_database_has_none_of_supabases_accounts(home: Path) -> None:
    answer = devos(
        "up", "--data", str(home / "data"), home=home, env={"SUPABASE_URL": "https://project.supabase.co"}
    )
    assert answer.code == 1
    assert "devos migrate" in answer.err


async def test_a_devos_that_was_killed_while_it_made_its_first_login_makes_it_again(
    database: Database, tmp_path: Path
) -> None:
    """The login is written down before the account is there: no account is left without its password."""
    note = tmp_path / "initial-login"

    def killed(login: NewLogin) -> None:
        write_private(note, login.password)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await admin.ensure_admin(database.dsn(), killed)
    connection = await asyncpg.connect(database.dsn())
    assert await connection.fetchval("select count(*) from auth.users") == 0
    await connection.close()
    lost = note.read_text()
    made = await admin.ensure_admin(database.dsn(), lambda login: write_private(note, login.password))
    assert made is not None
    assert (note.read_text(), made.password != lost) == (made.password, True)
    async with running(settings_for(database)) as app:
        body = {"email": made.email, "password": note.read_text()}
        answer = await client(app).post("/auth/v1/token?grant_type=password", json=body)
        assert answer.status_code == 200
    assert await admin.ensure_admin(database.dsn(), lambda login: write_private(note, "another")) is None
    assert note.read_text() == made.password
