"""What people do at the front door."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx
from argon2 import PasswordHasher

from tests.support.api import PASSWORD
from tests.support.world import World

TOKEN = "/auth/v1/token?grant_type=password"
REFRESH = "/auth/v1/token?grant_type=refresh_token"
SIGN_UP = "/auth/v1/signup"


async def session_of(nobody: httpx.AsyncClient, email: str, password: str = PASSWORD) -> Any:
    """A new session, as its person gets it."""
    answer = await nobody.post(TOKEN, json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refresh(nobody: httpx.AsyncClient, session: Any) -> httpx.Response:
    """Trade the refresh token of a session."""
    return await nobody.post(REFRESH, json={"refresh_token": session["refresh_token"]})


def bearer(session: Any) -> dict[str, str]:
    """The header of a session."""
    return {"Authorization": f"Bearer {session['access_token']}"}


async def pass_seconds(world: World, seconds: int) -> None:
    """Let refresh tokens that were used be used that much longer ago."""
    await world.owner.fetch(
        "update auth.refresh_tokens set updated_at = updated_at - make_interval(secs => $1) where revoked",
        seconds,
    )


@contextmanager
def counted(monkeypatch: Any) -> Generator[list[str]]:
    """The hashes that passwords are verified against while the block runs: the work, in order."""
    verify, seen = PasswordHasher.verify, list[str]()

    def count(self: PasswordHasher, kept: str, password: str) -> bool:
        seen.append(kept)
        return verify(self, kept, password)

    with monkeypatch.context() as patched:
        patched.setattr(PasswordHasher, "verify", count)
        yield seen
