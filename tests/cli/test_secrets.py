"""`devos secrets rotate`: nothing is lost on the way, whenever it ends."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import jwt
import pytest

from control_plane.db.secrets import SecretPlace
from control_plane.platform.keyring import Keyring, KeyringError, Sealed, new_key
from control_plane.platform.postgres import EmbeddedPostgres
from control_plane.platform.secrets import encryption_keys_file
from tests.support.devos import COMMAND, Answer, Running, devos, environment


class House:
    """A running devos, its keyring and what its database holds."""

    def __init__(self, server: Running, db: asyncpg.Connection) -> None:
        self.server = server
        self.db = db
        self.data = server.home / "data"

    @property
    def keyring(self) -> Keyring:
        return Keyring(encryption_keys_file(self.data).read_text())

    def rotate(self, **env: str) -> Answer:
        return devos("secrets", "rotate", "--json", "--data", str(self.data), home=self.server.home, env=env)

    def open(self, row: Any) -> str:
        """The value of a stored secret. KeyringError when the keyring does not open it."""
        place = SecretPlace(project_id=row["project_id"], name=row["name"])
        return self.keyring.open(Sealed(row["key_id"], row["sealed"]), place.about).decode()

    async def rows(self) -> list[Any]:
        return await self.db.fetch(
            "select s.project_id, s.name, v.key_id, v.sealed from public.secrets s"
            " join private.secret_values v on v.secret_id = s.id order by s.name"
        )

    async def fill(self, project: UUID, count: int) -> None:
        """Secrets whose values are their names."""
        for nr in range(count):
            place = SecretPlace(project_id=project, name=f"s{nr:05}")
            sealed = self.keyring.seal(place.name.encode(), place.about)
            await self.db.execute(
                "with made as (insert into public.secrets (id, project_id, name, kind)"
                " values ($1, $2, $3, 'ci')) insert into private.secret_values values ($1, $4, $5)",
                *(uuid4(), project, place.name, sealed.key_id, sealed.data),
            )


@pytest.fixture
async def house(server: Running) -> AsyncGenerator[House]:
    db = await asyncpg.connect(EmbeddedPostgres(server.home / "data").dsn("postgres", "devos"))
    try:
        yield House(server, db)
        await db.execute("delete from public.secrets")
    finally:
        await db.close()


@pytest.fixture
def sign_in(server: Running) -> Callable[[], Awaitable[str]]:
    """Signs the admin in; an access token."""

    async def enter() -> str:
        login = {"email": server.told["email"], "password": server.told["password"]}
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
            answer = await client.post("/auth/v1/token?grant_type=password", json=login)
            return answer.json()["access_token"]

    return enter


@pytest.fixture
async def person(server: Running, sign_in: Callable[[], Awaitable[str]]) -> AsyncGenerator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {await sign_in()}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
async def project(person: httpx.AsyncClient) -> UUID:
    return UUID((await person.post("/api/projects", json={"name": "ours"})).json()["id"])


async def test_secrets_are_encrypted_anew_while_devos_runs(
    house: House, person: httpx.AsyncClient, project: UUID
) -> None:
    async def keep(name: str) -> None:
        url = f"/api/projects/{project}/secrets/{name}"
        assert (await person.put(url, json={"kind": "ci", "value": name})).status_code == 200

    await keep("a")
    old = house.keyring.key_id
    answer = house.rotate()
    assert (answer.code, answer.json) == (
        0,
        {"new_encryption_key": True, "new_signing_key": True, "secrets": 1},
    )
    new = house.keyring.key_id
    assert new != old
    # The process that runs seals with the new key from now on, and nobody was signed out.
    await keep("b")
    assert [(house.open(row), row["key_id"]) for row in await house.rows()] == [("a", new), ("b", new)]
    assert encryption_keys_file(house.data).stat().st_mode & 0o777 == 0o600
    assert await house.db.fetchval("select count(*) from public.audit_log where action = 'secrets.reseal'")


async def test_people_stay_signed_in_while_another_key_signs(
    house: House, person: httpx.AsyncClient, sign_in: Callable[[], Awaitable[str]]
) -> None:
    def kid(token: str) -> str:
        return jwt.get_unverified_header(token)["kid"]

    before = kid(await sign_in())
    assert house.rotate().json["new_signing_key"]
    after = await sign_in()
    assert kid(after) != before
    listed = (await person.get("/auth/v1/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in listed] == [kid(after), before]
    old = person.headers["authorization"]
    for credential in (old, f"Bearer {after}"):
        answer = await person.get("/api/whoami", headers={"Authorization": credential})
        assert answer.status_code == 200


async def test_a_rotation_that_is_killed_loses_nothing_and_is_run_again(house: House, project: UUID) -> None:
    await house.fill(project, 1500)
    cut = 0
    for _ in range(3):
        before = house.keyring.key_id
        rotating = subprocess.Popen(
            [*COMMAND, "secrets", "rotate", "--data", str(house.data)],
            cwd=house.server.home,
            env=environment(house.server.home),
            stdout=subprocess.DEVNULL,
        )
        while rotating.poll() is None:
            moved = {row["key_id"] for row in await house.rows()} - {before}
            if moved:
                break
        rotating.send_signal(signal.SIGKILL)
        rotating.wait()
        rows = await house.rows()
        cut += len({row["key_id"] for row in rows}) > 1
        assert [house.open(row) for row in rows] == [f"s{nr:05}" for nr in range(1500)]
    assert cut, "no rotation was cut in the middle: the test was idle"
    assert house.rotate().code == 0
    rows = await house.rows()
    assert {row["key_id"] for row in rows} == {house.keyring.key_id}
    assert [house.open(row) for row in rows] == [f"s{nr:05}" for nr in range(1500)]


async def test_two_rotations_at_once_keep_each_others_keys(house: House, project: UUID) -> None:
    await house.fill(project, 300)
    command = [*COMMAND, "secrets", "rotate", "--data", str(house.data)]
    env, home = environment(house.server.home), house.server.home
    both = [subprocess.Popen(command, cwd=home, env=env, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [rotating.wait() for rotating in both] == [0, 0]
    assert [house.open(row) for row in await house.rows()] == [f"s{nr:05}" for nr in range(300)]


async def test_given_keys_are_used_as_they_are(house: House, project: UUID) -> None:
    await house.fill(project, 3)
    given = new_key()
    file = encryption_keys_file(house.data)
    before = file.read_text()
    answer = house.rotate(DEVOS_ENCRYPTION_KEYS=f"{given},{','.join(before.split())}")
    assert (answer.code, answer.json) == (
        0,
        {"new_encryption_key": False, "new_signing_key": True, "secrets": 3},
    )
    assert file.read_text() == before
    rows = await house.rows()
    assert {row["key_id"] for row in rows} == {Keyring(given).key_id}
    with pytest.raises(KeyringError):
        house.open(rows[0])


async def test_what_cannot_be_opened_is_named_and_left_alone(house: House, project: UUID) -> None:
    await house.fill(project, 3)
    await house.db.execute(
        "update private.secret_values set key_id = 'gone' where secret_id ="
        " (select id from public.secrets where name = 's00001')"
    )
    answer = house.rotate()
    assert answer.code == 1
    assert f"1 of the secrets cannot be opened: project {project} s00001." in answer.json["error"]["message"]
    keys = [row["key_id"] for row in await house.rows()]
    assert keys == [house.keyring.key_id, "gone", house.keyring.key_id]


def test_without_a_database_it_says_what_to_do(house: House) -> None:
    elsewhere = str(house.server.home / "elsewhere")
    answer = devos("secrets", "rotate", "--data", elsewhere, home=house.server.home)
    assert answer.code == 1
    assert "There is no database" in answer.err
