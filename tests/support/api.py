"""The real app over ASGI, and clients that are somebody: people sign in, agents send their key."""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, cast

import httpx
from argon2 import PasswordHasher
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from litestar import Litestar

from control_plane.app import create_app
from control_plane.platform.keyring import new_key
from control_plane.platform.settings import Settings, load_settings
from tests.support.world import Actor, Database

PASSWORD = "correct horse battery staple"
WEBHOOK_SECRET = "6f1e0c9a7d3b58240b7e91ad"
ENCRYPTION_KEY = new_key()
_ARTIFACTS = tempfile.mkdtemp(prefix="devos-artifacts-")
atexit.register(shutil.rmtree, _ARTIFACTS, ignore_errors=True)
# Cheap on purpose: the parameters stand in the hash, so signing in is as cheap.
_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


# A broker that the API names to agents, and never speaks to.
BROKER = {
    "broker_url": "amqp://devos:of-no-broker-at-all@broker.invalid/devos",
    "broker_management_url": "http://devos:of-no-broker-at-all@broker.invalid:15672",
}


@cache
def new_signing_key(_number: int = 0) -> str:
    """A private key for tokens of people, as PEM; one per number and test process."""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(*form).decode()


def settings_for(database: Database, **changes: object) -> Settings:
    """Settings of a process on this database."""
    return load_settings(
        {
            "database_url": database.dsn("devos_login"),
            "worker_database_url": database.dsn("devos_worker"),
            "encryption_keys": ENCRYPTION_KEY,
            "jwt_private_key": new_signing_key(),
            "artifact_store": f"file://{_ARTIFACTS}",
            "github_client_id": "Iv1.test",
            "github_client_secret": "of-no-app-at-all",
            "github_webhook_secret": WEBHOOK_SECRET,
            **changes,
        }
    )


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Litestar]:
    """An app that has started, stopped at the end."""
    app = create_app(settings)
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        # In a task of its own: a lifespan must end in the task it began in, and fixtures use two.
        async with app.lifespan():
            started.set()
            await stop.wait()

    living = asyncio.create_task(live())
    starting = asyncio.create_task(started.wait())
    await asyncio.wait({living, starting}, return_when=asyncio.FIRST_COMPLETED)
    starting.cancel()
    try:
        yield app
    finally:
        stop.set()
        await living


def client(app: Litestar, **headers: str) -> httpx.AsyncClient:
    """A client of an app in this process. What the app fails at comes back as its answer.

    From a stream it takes the first chunk and hangs up: it reads answers to their end, and a stream has none.
    """
    transport = httpx.ASGITransport(_hanging_up(cast(Any, app)), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://devos.test", headers=headers, timeout=60)


def _hanging_up(app: Any) -> Any:
    async def run(scope: Any, receive: Any, send: Any) -> None:
        heard = asyncio.Event()
        streamed = False

        async def receive_or_hang_up() -> Any:
            if streamed:
                await heard.wait()
                return {"type": "http.disconnect"}
            return await receive()

        async def send_first(message: Any) -> None:
            nonlocal streamed
            if message["type"] == "http.response.start":
                streamed = any(value.startswith(b"text/event-stream") for _, value in message["headers"])
            elif streamed and message.get("body"):
                if not heard.is_set():
                    await send({**message, "more_body": False})
                heard.set()
                return
            await send(message)

        await app(scope, receive_or_hang_up, send_first)

    return run


async def give_password(person: Actor, owner: Actor, password: str = PASSWORD) -> str:
    """Let a person sign in; its e-mail."""
    (row,) = await owner.fetch(
        "update auth.users set encrypted_password = $2 where id = $1 returning email",
        person.id,
        _HASHER.hash(password),
    )
    return row["email"]


async def sign_in(nobody: httpx.AsyncClient, email: str, password: str = PASSWORD) -> str:
    """An access token, got as people get it."""
    answer = await nobody.post(
        "/auth/v1/token?grant_type=password", json={"email": email, "password": password}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


async def give_key(agent: Actor, owner: Actor) -> str:
    """A further key of an agent, in the form that the API makes them."""
    key_id = secrets.token_hex(6)
    key = f"devos_{key_id}_{secrets.token_urlsafe(32)}"
    await owner.fetch(
        "insert into private.agent_keys (id, agent_id, key_hash) values ($1, $2, $3)",
        key_id,
        agent.id,
        hashlib.sha256(key.encode()).digest(),
    )
    return key


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal: its status, its code and the members that each one has."""
    asked = f"{answer.request.method} {answer.request.url}"
    assert answer.status_code == status, f"{asked}: {answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["code"] == code, told
    assert told["status"] == status
    assert told["type"] == "about:blank"
    assert told["title"]
    assert told["detail"]
    assert told["request_id"] == answer.headers["x-request-id"]
    return told
