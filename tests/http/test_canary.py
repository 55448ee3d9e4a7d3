"""Secrets of every kind go through every route and every fault, and are then looked for everywhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import psutil
import pytest

from control_plane.http.credentials import new_token
from tests.support.api import (
    ENCRYPTION_KEY,
    PASSWORD,
    WEBHOOK_SECRET,
    give_key,
    new_signing_key,
    settings_for,
    sign_in,
)
from tests.support.canaries import Canaries, forms, ways
from tests.support.github import GitHub, github_server
from tests.support.operations import OPERATIONS, request_of
from tests.support.scene import REPOSITORY, Scene, add_api_token, add_project_token
from tests.support.servers import Program, api_process, worker_process
from tests.support.world import Database, World
from tests.worker.conftest import eventually

FORGE_TOKEN = "ghp_canary0of0the0installation0000000"
OWN_TOKEN = "ghp_canary0of0the0project000000000000"
STORED = "stored canary, with ünicode \"quotes\", 'more' and /+="
# Taken away for a while: what calls them fails as nobody expected, with a traceback in the log.
BROKEN = (
    "private.authenticate_api_token",
    "private.authenticate_agent",
    "private.authenticate_project_token",
    "private.authenticate_session",
    "private.find_login",
    "public.set_secret",
    "public.create_api_token",
    "public.agent_exchange",
)
# The harshest that an operator can set: each statement with its arguments, the failed ones too.
LOGGED = (
    "log_statement = 'all'",
    "log_min_error_statement = 'debug5'",
    "log_min_messages = 'debug1'",
    "log_parameter_max_length = -1",
    "log_parameter_max_length_on_error = -1",
)


@dataclass
class House:
    """A control plane in processes of its own, whose logs say all they ever may."""

    url: str
    programs: list[Program]
    folder: Path
    github: GitHub


@pytest.fixture
def github() -> Generator[GitHub]:
    with github_server() as server:
        server.quotes_credentials = True
        yield server


@pytest.fixture
async def house(database: Database, github: GitHub, world: World, tmp_path: Path) -> AsyncGenerator[House]:
    for setting in LOGGED:
        await world.owner.fetch(f'alter database "{database.name}" set {setting}')
    chatty = {"log_level": "debug", "log_format": "json"}
    settings = settings_for(database, github_api_url=github.url, github_token=FORGE_TOKEN, **chatty)
    with api_process(settings, tmp_path) as (url, api), worker_process(settings, tmp_path) as worker:
        yield House(url, [api, worker], tmp_path, github)


async def through_every_route(client: httpx.AsyncClient, canaries: Canaries, scene: Scene) -> None:
    """Each credential at each route, then each in every place of a request and in addresses."""
    credentials = [text for name, text in canaries.known.items() if name.startswith("credential")]
    for operation in OPERATIONS:
        request = request_of(operation, scene)
        method, url, headers = (request.pop(name, {}) for name in ("method", "url", "headers"))
        for text in credentials:
            await canaries.ask(client, method, url, headers={**headers, **ways(text)[0]}, **request)
    for text in canaries.texts:
        for headers in ways(text):
            await canaries.ask(client, "GET", "/api/whoami", headers=headers)
        for url in (f"/api/tokens/{text}", f"/{quote(text, safe='')}", f"/api/tasks?cursor={quote(text)}"):
            await canaries.ask(client, "GET", url)
            await canaries.ask(client, "DELETE", url)


async def through_every_refusal(
    client: httpx.AsyncClient, canaries: Canaries, scene: Scene, session: str
) -> None:
    """Passwords and values, in bodies that are refused for one reason or another."""
    secrets, login = f"/api/projects/{scene.project}/secrets", "/auth/v1/token?grant_type=password"
    for value in (PASSWORD, STORED):
        good, kept = {"email": scene.email, "password": value + "x"}, {"kind": "ci", "value": value}
        names = ("ci", "WRONG", "a" * 101, "%00")
        wrong: dict[str, list[dict[str, Any]]] = {
            "values": [{"value": value + "\0"}, {"value": [value]}, {"kind": value}, {"more": value}],
            "logins": [{}, {"password": value + "\0"}, {"password": [value]}, {"more": value}],
        }
        bodies = [
            *(("PUT", f"{secrets}/{name}", kept) for name in names),
            *(("PUT", f"{secrets}/ci", kept | change) for change in wrong["values"]),
            ("PUT", f"{secrets}/ci", kept | {"value": value * 3000}),
            *(("POST", login, good | change) for change in wrong["logins"]),
            ("POST", login, {"email": "x", "password": value}),
            ("POST", "/api/tokens", {"name": "ci", "scopes": [value], "more": value}),
        ]
        for method, url, body in bodies:
            for text in (json.dumps(body), json.dumps(body)[:-1], json.dumps(body, ensure_ascii=False)):
                headers = {"Authorization": f"Bearer {session}"}
                await canaries.ask(client, method, url, content=text.encode(), headers=headers)


async def through_every_fault(
    client: httpx.AsyncClient, canaries: Canaries, world: World, scene: Scene, session: str
) -> None:
    """The same while functions are missing."""
    rename = "alter function %s rename to %s"
    for function in BROKEN:
        schema, _, name = function.partition(".")
        found = "select oid::regprocedure::text from pg_proc where proname = $1"
        await world.owner.fetch(rename % (await world.owner.value(found, name), "broken"))
        for text in canaries.texts:
            for headers in ways(text)[:3]:
                await canaries.ask(client, "GET", "/api/whoami", headers=headers)
                exchange = {"kinds": ["x"], "wanted": 0}
                await canaries.ask(client, "POST", "/api/agents/exchange", json=exchange, headers=headers)
        for method, url, body in (
            ("PUT", f"/api/projects/{scene.project}/secrets/ci", {"kind": "ci", "value": STORED}),
            ("POST", "/auth/v1/token?grant_type=password", {"email": scene.email, "password": PASSWORD}),
            ("POST", "/api/tokens", {"name": "x", "scopes": ["tasks:read"]}),
        ):
            headers = {"Authorization": f"Bearer {session}"}
            await canaries.ask(client, method, url, json=body, headers=headers)
        await world.owner.fetch(rename % (await world.owner.value(found, "broken"), name))
        assert await world.owner.value("select to_regproc($1) is not null", f"{schema}.{name}")


async def through_a_forge_that_tells(
    client: httpx.AsyncClient, canaries: Canaries, house: House, world: World, scene: Scene, session: str
) -> None:
    """A forge that fails and quotes the token: ours, then the project's own."""
    for key, status in (("ours", 500), ("refused", 422), ("own", 500), ("own refused", 422)):
        if key == "own":
            url, body = f"/api/projects/{scene.project}/secrets/github", {"kind": "git", "value": OWN_TOKEN}
            headers = {"Authorization": f"Bearer {session}"}
            assert (await canaries.ask(client, "PUT", url, json=body, headers=headers)).status_code == 200
        seen = len(house.github.credentials)
        house.github.next_statuses.append(status)
        lease = {"task_id": UUID(scene.leased), "lease_token": scene.lease_token}
        comment = {"repository": REPOSITORY, "number": 7, "kind": "comment", "content": {"body": "x"}}
        await world.agent.call("post_feedback", key=key, **lease, **comment)

        async def tried(seen: int = seen) -> bool:
            return len(house.github.credentials) > seen and not house.github.next_statuses

        await eventually(tried)
    assert {FORGE_TOKEN, OWN_TOKEN} <= {sent.removeprefix("token ") for sent in house.github.credentials}


async def test_no_secret_is_found_anywhere(house: House, world: World, scene: Scene) -> None:
    async with httpx.AsyncClient(base_url=house.url, timeout=60) as client:
        session, other = [await sign_in(client, scene.email) for _ in range(2)]
        canaries = Canaries(
            {
                "credential: session": session,
                "credential: agent": await give_key(world.agent, world.owner),
                "credential: api": (await add_api_token(world.supervisor, "tasks:read", "secrets:write"))[1],
                "credential: project": (await add_project_token(world.supervisor, world.project))[1],
                "credential: registration": new_token("reg").text,
                "credential: invitation": new_token("inv").text,
                "another session": other,
                "password": PASSWORD,
                "stored": STORED,
                "webhook": WEBHOOK_SECRET,
                "forge": FORGE_TOKEN,
                "own forge": OWN_TOKEN,
                "encryption": ENCRYPTION_KEY,
                "signing": new_signing_key().splitlines()[1],
            }
        )
        await through_a_forge_that_tells(client, canaries, house, world, scene, other)
        await through_every_refusal(client, canaries, scene, other)
        await through_every_fault(client, canaries, world, scene, other)
        await through_every_route(client, canaries, scene)
    told_in_answers(canaries)
    kept = await everything_kept(house, world)
    assert {place: found for place, text in kept.items() if (found := canaries.found_in(text))} == {}


def told_in_answers(canaries: Canaries) -> None:
    """No answer holds a secret but the one that shows it."""
    assert len(canaries.answers) > 1000
    assert any(text.startswith("500") for _, text in canaries.answers), "no fault was seen"
    told: Counter[str] = Counter()
    for label, text in canaries.answers:
        found = canaries.found_in(text)
        assert {*found} <= canaries.shown.keys(), f"{found} in the answer of {label}: {text}"
        told.update(found)
    assert canaries.shown
    assert told == dict.fromkeys(canaries.shown, 1), "what is shown once was shown again"


async def everything_kept(house: House, world: World) -> dict[str, str]:
    """All that is written down, by where: logs, tables, statements, command lines."""
    kept = {file.name: file.read_text(errors="replace") for file in house.folder.rglob("*.log")}
    kept["Postgres"] = world.database.cluster.log_file.read_text(errors="replace")
    for row in await world.owner.fetch(
        "select format('%I.%I', schemaname, tablename) from pg_tables"
        " where schemaname in ('public', 'private', 'auth')"
    ):
        dump = f"select string_agg(to_jsonb(t)::text, ' ') from {row[0]} t"
        kept[row[0]] = await world.owner.value(dump) or ""
    statements = await world.owner.fetch("select query from pg_stat_activity")
    kept["statements"] = " ".join(row[0] or "" for row in statements)
    roots = [psutil.Process(program.process.pid) for program in house.programs]
    family = [process for root in roots for process in (root, *root.children(recursive=True))]
    kept["command lines"] = " ".join(word for process in family for word in process.cmdline())
    # The search would find what is there.
    assert any("unhandled error" in text and "Traceback" in text for text in kept.values())
    assert "delivery failed" in kept["worker.log"]
    assert "@example.test" in kept["auth.users"]
    assert "@example.test" in kept["Postgres"], "Postgres did not log the arguments"
    assert "control_plane" in kept["command lines"]
    return kept


@pytest.mark.parametrize("text", sorted(forms(STORED)))
def test_a_secret_is_found_in_every_spelling(text: str) -> None:
    assert Canaries({"stored": STORED}).found_in(f"… {text} …") == ["stored"]
