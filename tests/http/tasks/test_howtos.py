"""The pages about graphs of tasks, followed by a machine, request by request."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from litestar import Litestar

from tests.docs.repository import ROOT
from tests.http.agents.test_howto import curl
from tests.support.world import World

PAGES = ["dependencies.md", "cancellation.md", "checkpoints.md"]


def requests(page: str) -> list[str]:
    text = (ROOT / "docs" / "howto" / page).read_text()
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def told(supervisor: httpx.AsyncClient, world: World) -> dict[str, str]:
    """What the pages ask their reader to have."""
    token = supervisor.headers["authorization"].removeprefix("Bearer ")
    return {"DEVOS_URL": "http://devos.test", "DEVOS_TOKEN": token, "PROJECT": str(world.project)}


async def test_the_page_about_dependencies_does_what_it_says(app: Litestar, told: dict[str, str]) -> None:
    create, add, look, follow = requests("dependencies.md")
    build, test, lint, ship = json.loads(json.dumps(await curl(app, create, told)))
    assert [task["open_dependencies"] for task in (build, test, lint, ship)] == [0, 1, 1, 2]
    told |= {"SHIP": ship["id"], "BUILD": build["id"]}
    assert (await curl(app, add, told))["open_dependencies"] == 3
    lineage = await curl(app, look, told)
    assert {one["title"] for one in lineage["tasks"]} == {"Build", "Test", "Lint", "Ship"}
    first = await curl(app, follow, told)
    assert (first["open_dependencies"], await curl(app, follow, told)) == (1, first)


async def test_the_page_about_stopping_does_what_it_says(
    app: Litestar, told: dict[str, str], world: World
) -> None:
    cancel, cascade, config = requests("cancellation.md")
    first, second = await world.task(), await world.task()
    told["TASK"] = first["id"]
    answer = await curl(app, cancel, told)
    assert (answer["state"], answer["cancel_reason"]) == ("cancelled", "the branch is gone")
    told["TASK"] = second["id"]
    assert (await curl(app, cascade, told))["state"] == "cancelled"
    assert (await curl(app, config, told))["cancel_grace_seconds"] == 300


async def test_the_page_about_going_on_does_what_it_says(
    app: Litestar, told: dict[str, str], world: World, agent: httpx.AsyncClient
) -> None:
    look, write = requests("checkpoints.md")
    task = await world.claimed()
    told |= {"TASK": task["id"], "LEASE_TOKEN": str(task["lease_token"])}
    told["AGENT_KEY"] = agent.headers["authorization"].removeprefix("Bearer ")
    for _ in range(2):
        assert await curl(app, write, told) == {"cancel_requested": False}
    (step,) = (await curl(app, look, told))["items"]
    assert (step["name"], step["output"]) == ("export", [3, 4])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_codes_that_there_are(page: str) -> None:
    codes = set(re.findall(r"\d{3} `(\w+)`", (ROOT / "docs" / "howto" / page).read_text()))
    sources = [*(ROOT / "sql" / "logic").rglob("*.sql"), *(ROOT / "control_plane").rglob("*.py")]
    known = "\n".join(path.read_text() for path in sources)
    assert {code for code in codes if code not in known} == set()
