"""The demo, run with random values, and judged by the database and by what GitHub received."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.devos import devos
from tests.support.folders import enterable_folder


@pytest.fixture(scope="module")
def told() -> Iterator[dict[str, Any]]:
    """A demo with a random repository name, price and budget that was left running, and what it was given."""
    dice = random.Random()
    price = Decimal(dice.randint(1, 90)) / 1000
    # Room for two to four of the eight steps: the budget runs out on the way, and not exactly.
    budget = price * dice.randint(2, 4) + price / 2
    name = f"org-{dice.randrange(10**6)}/repo-{dice.randrange(10**6)}"
    with enterable_folder() as home:
        folder = home / "demo"
        arguments = ["--repository", name, "--price", str(price), "--budget", str(budget), "--keep", "--json"]
        try:
            done = devos("demo", *arguments, "--data", str(folder), home=home)
            assert done.code == 0, done.text
            yield {"name": name, "price": price, "budget": budget, "folder": folder}
        finally:
            devos("down", "--data", str(folder / "data"), home=home)


async def read(told: dict[str, Any], sql: str) -> list[asyncpg.Record]:
    """Rows of the demo's database, as its owner sees them."""
    dsn = EmbeddedPostgres(told["folder"] / "data").dsn("postgres", "devos")
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def test_three_deliveries_make_one_critical_task(told: dict[str, Any]) -> None:
    (task,) = await read(told, "select kind, state::text, priority, retry_count, input from public.tasks")
    assert (task["kind"], task["state"], task["priority"]) == ("code_review", "completed", 1)
    assert json.loads(task["input"])["repository"] == told["name"]
    deliveries = await read(told, "select state, reason from public.webhook_deliveries order by id")
    # The same delivery again was answered and not stored; the new one of the same commit made no task.
    assert [tuple(row) for row in deliveries] == [("processed", None), ("processed", "task_exists")]


async def test_the_killed_attempt_ended_by_its_lease_and_the_second_completed(told: dict[str, Any]) -> None:
    attempts = await read(told, "select attempt, outcome::text from public.task_attempts order by attempt")
    assert [tuple(row) for row in attempts] == [(1, "lease_expired"), (2, "completed")]
    (steps,) = await read(told, "select count(distinct attempt) from public.task_steps")
    assert steps[0] == 2


async def test_the_budget_ran_out_and_the_substitute_took_over(told: dict[str, Any]) -> None:
    rows = await read(
        told,
        'select s.state::text, s."limit", s.spent, sum(c.amount) as charged, count(c.id) as charges'
        " from public.service_registry s left join public.service_charges c on c.service_id = s.id"
        " group by s.id order by s.substitute_id nulls last",
    )
    first, substitute = rows
    assert (first["state"], first["limit"]) == ("SUSPENDED", told["budget"])
    assert substitute["state"] == "ACTIVE"
    assert first["charges"] >= 2
    assert substitute["charges"] >= 1
    for service in rows:
        assert service["spent"] == service["charged"] == told["price"] * service["charges"]
        assert service["spent"] <= service["limit"]
    keys = [row[0] for row in await read(told, "select key from public.service_charges")]
    assert len(keys) == len(set(keys)), "the second attempt paid again for a step that was done"
    (suspended,) = await read(told, "select count(*) from public.events where type = 'service.suspended'")
    assert suspended[0] == 1


def test_the_feedback_reached_github_once(told: dict[str, Any]) -> None:
    lines = (Path(told["folder"]) / "work" / "github-requests.jsonl").read_text().splitlines()
    posted = [request for request in map(json.loads, lines) if request["method"] == "POST"]
    comments = [request for request in posted if request["path"].endswith("/comments")]
    statuses = [request for request in posted if "/statuses/" in request["path"]]
    assert (len(comments), len(statuses), len(posted)) == (1, 1, 2)
    assert f"/repos/{told['name']}/" in comments[0]["path"]
    assert "devos:feedback:" in json.dumps(comments[0]["body"])
    assert statuses[0]["body"]["state"] == "failure", "the branch has a failing test"


async def test_every_decision_about_money_and_access_is_audited(told: dict[str, Any]) -> None:
    actions = {row[0] for row in await read(told, "select action from public.audit_log")}
    assert actions >= {
        "admin.create",
        "project.create",
        "agent.register",
        "service.create",
        "service.suspend",
    }
