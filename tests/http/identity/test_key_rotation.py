"""A new signing key: tokens of the one before it go on, and running processes take it up."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import pytest

from control_plane.http.tokens import TokenSigner
from control_plane.platform.errors import DomainError
from control_plane.platform.secrets import jwt_key_file, jwt_private_key, rotate_jwt_private_key
from control_plane.platform.settings import SettingsError, load_settings
from tests.support.api import client, give_password, new_signing_key, problem, running, settings_for, sign_in
from tests.support.world import Database, World


def kid(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def signed(signer: TokenSigner) -> str:
    now = 1_700_000_000
    return signer.sign(uuid4(), uuid4(), issued_at=now, expires_at=4_000_000_000, email="ada@example.test")


async def test_the_first_key_signs_and_all_verify(database: Database, world: World) -> None:
    email = await give_password(world.supervisor, world.owner)
    old, new = new_signing_key(), new_signing_key(1)
    async with running(settings_for(database, jwt_private_key=old)) as app:
        before = await sign_in(client(app), email)
    async with running(settings_for(database, jwt_private_key=f"{new}\n{old}")) as app:
        after = await sign_in(client(app), email)
        shown = (await client(app).get("/auth/v1/.well-known/jwks.json")).json()["keys"]
        assert [key["kid"] for key in shown] == [kid(after), kid(before)]
        assert not any("d" in key for key in shown)
        for token in (before, after):
            answer = await client(app, Authorization=f"Bearer {token}").get("/api/projects")
            assert answer.status_code == 200
    async with running(settings_for(database, jwt_private_key=new)) as app:
        gone = await client(app, Authorization=f"Bearer {before}").get("/api/projects")
        problem(gone, 401, "not_signed_in")


async def test_a_running_process_takes_a_new_key_up_and_the_second_next_throws_the_first_out(
    database: Database, world: World, tmp_path: Path
) -> None:
    email = await give_password(world.supervisor, world.owner)
    settings = settings_for(database, data=tmp_path, jwt_private_key=jwt_private_key(tmp_path))

    async def reads(caller: httpx.AsyncClient, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return (await caller.get("/api/projects", headers=headers)).status_code

    async with running(settings) as first, running(settings) as second:
        here, there = client(first), client(second)
        tokens = [await sign_in(here, email)]
        for _ in range(2):
            rotate_jwt_private_key(tmp_path)
            tokens.append(await sign_in(here, email))
            assert [await reads(there, token) for token in tokens[-2:]] == [200, 200]
        assert len({kid(token) for token in tokens}) == 3
        assert await reads(here, tokens[0]) == 401
    file = jwt_key_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


async def test_keys_that_were_given_are_not_replaced_by_what_lies_in_the_folder(tmp_path: Path) -> None:
    jwt_private_key(tmp_path)
    signer = TokenSigner(new_signing_key(), jwt_key_file(tmp_path))
    token = signed(signer)
    rotate_jwt_private_key(tmp_path)
    assert kid(signed(signer)) == kid(token)
    with pytest.raises(DomainError, match="another key"):
        await signer.verify(signed(TokenSigner(jwt_private_key(tmp_path))))


async def test_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    signer = TokenSigner(jwt_private_key(tmp_path), jwt_key_file(tmp_path))
    token = signed(signer)
    for broken in ("", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"):
        jwt_key_file(tmp_path).write_text(broken)
        assert kid(signed(signer)) == kid(token)
    jwt_key_file(tmp_path).unlink()
    assert (await signer.verify(token)).user_id


def test_every_one_of_several_keys_is_checked() -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(*form).decode()
    with pytest.raises(SettingsError, match="P-256"):
        load_settings({"jwt_private_key": new_signing_key() + other})
