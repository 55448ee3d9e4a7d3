"""Many agents on one budget, over HTTP: not a cent over it, and the ledger is what was answered."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.support.api import give_key, settings_for
from tests.support.folders import enterable_folder
from tests.support.servers import api_process
from tests.support.world import World

CLIENTS = 16
CHARGES = 50
LARGEST = Decimal("0.02")


@dataclass(frozen=True)
class Answer:
    """What became of a charge."""

    status: int
    amount: Decimal
    service: str | None


async def test_sixteen_agents_at_once_never_overspend(world: World) -> None:
    substitute = await world.service("substitute", "1.50")
    service = await world.service("model", "2.50", substitute)
    await world.supervisor.call(
        "create_tasks",
        items=[{"project_id": str(world.project), "kind": "work", "title": "t"}] * CLIENTS,
    )
    tasks = await world.agent.call("claim_tasks", kinds=["work"], limit=CLIENTS, lease_seconds=600)
    headers = {"X-API-Key": await give_key(world.agent, world.owner)}
    with enterable_folder() as folder, api_process(settings_for(world.database), folder) as (url, _):
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
            told = await asyncio.gather(*(spend(http, service["id"], task) for task in tasks))
    answers = [answer for answered in told for answer in answered]

    booked = [answer for answer in answers if answer.status == 201]
    refused = [answer for answer in answers if answer.status == 402]
    assert len(booked) + len(refused) == CLIENTS * CHARGES
    assert len(booked) > 50
    assert len(refused) > 50
    rows = await world.owner.fetch(
        'select s.name, s.state::text, s.spent, s."limit", count(c.id) as lines,'
        " coalesce(sum(c.amount), 0) as ledger"
        " from public.service_registry s left join public.service_charges c on c.service_id = s.id"
        " group by s.id"
    )
    for row in rows:
        answered = [answer.amount for answer in booked if answer.service == row["name"]]
        assert row["spent"] <= row["limit"], "more was spent than there was"
        assert row["spent"] == row["ledger"] == sum(answered)
        assert row["lines"] == len(answered)
        # It is suspended by the first charge that does not fit.
        assert row["limit"] - row["spent"] < LARGEST
        assert row["state"] == "SUSPENDED"


async def spend(http: httpx.AsyncClient, service: str, task: Any) -> list[Answer]:
    """Charge again and again; some charges are sent twice at once, as after a lost answer."""
    dice = random.Random(task["id"])
    answers: list[Answer] = []
    for number in range(CHARGES):
        amount = Decimal(dice.randint(1, int(LARGEST * 1_000_000))) / 1_000_000
        body = {
            "amount": str(amount),
            "task_id": task["id"],
            "lease_token": task["lease_token"],
            "key": f"{number}",
        }
        times = 2 if dice.random() < 0.2 else 1
        told = await asyncio.gather(
            *(http.post(f"/api/services/{service}/charge", json=body) for _ in range(times))
        )
        answered = {_read(answer, amount) for answer in told}
        # A refusal is no booking: sent again, the charge may fit by then no better, and never half.
        assert len({answer for answer in answered if answer.status == 201}) <= 1
        answers.append(max(answered, key=lambda answer: answer.status == 201))
    return answers


def _read(answer: httpx.Response, amount: Decimal) -> Answer:
    assert answer.status_code in {201, 402}, answer.text
    used = answer.json()["service_used"]
    return Answer(answer.status_code, amount, used["name"] if used else None)
