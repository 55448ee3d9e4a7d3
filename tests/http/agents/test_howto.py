"""docs/howto/register-agents.md, followed by a machine, request by request."""

from __future__ import annotations

import re
import shlex
from string import Template
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.docs.repository import ROOT
from tests.support.api import client
from tests.support.world import World

PAGE = ROOT / "docs" / "howto" / "register-agents.md"
REQUESTS = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)


async def curl(app: Litestar, command: str, told: dict[str, str]) -> dict[str, Any]:
    """Do what curl would; the answer."""
    words = shlex.split(Template(command).substitute(told))
    assert words[0] == "curl"
    method, url, body, headers = "", "", None, {}
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        else:
            url = word
    async with client(app, **headers) as caller:
        answer = await caller.request(method or ("POST" if body else "GET"), url, content=body)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture
def told(supervisor: httpx.AsyncClient, world: World) -> dict[str, str]:
    """What the page asks its reader to have."""
    token = supervisor.headers["authorization"].removeprefix("Bearer ")
    return {"DEVOS_URL": "http://devos.test", "DEVOS_TOKEN": token, "PROJECT": str(world.project)}


async def test_the_page_ends_as_it_says(app: Litestar, told: dict[str, str], world: World) -> None:
    token, registration, search, change, rotation, off = REQUESTS
    told["REGISTRATION_TOKEN"] = (await curl(app, token, told))["token"]
    registered = await curl(app, registration, told)
    assert registered["agent"]["capabilities"] == ["rust"]
    told["AGENT"] = registered["agent"]["id"]
    assert [agent["id"] for agent in (await curl(app, search, told))["items"]] == [told["AGENT"]]
    assert (await curl(app, change, told))["capabilities"] == ["ci", "rust"]
    keys = [registered["api_key"], (await curl(app, rotation, told))["api_key"]]
    for key in keys:
        async with client(app, Authorization=f"Bearer {key}") as agent:
            assert (await agent.put("/api/agents/heartbeat")).status_code == 204
    assert (await curl(app, off, told))["state"] == "deactivated"
    for key in keys:
        async with client(app, Authorization=f"Bearer {key}") as agent:
            assert (await agent.put("/api/agents/heartbeat")).status_code == 401


def test_the_page_names_codes_that_there_are() -> None:
    codes = set(re.findall(r"\d{3} `(\w+)`", PAGE.read_text()))
    sources = [*(ROOT / "sql" / "logic").rglob("*.sql"), *(ROOT / "control_plane").rglob("*.py")]
    known = "\n".join(path.read_text() for path in sources)
    assert {code for code in codes if code not in known} == set()
