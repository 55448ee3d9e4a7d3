"""Charges in parallel: no overspend, a ledger that agrees, one effect per key, no deadlock."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.sql.acting import KIND, charge, events, stored_service
from tests.support.world import Actor, World

CHARGERS, CHARGES = 64, 50


async def held_tasks(world: World, number: int) -> list[Any]:
    """Tasks that the agent holds."""
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review"}
    await world.supervisor.call("create_tasks", items=[item] * number)
    return await world.agent.call("claim_tasks", kinds=KIND, limit=number)


async def booked(world: World, service: Any) -> Decimal:
    """The sum of the ledger of a service."""
    return await world.owner.value(
        "select coalesce(sum(amount), 0) from public.service_charges where service_id = $1",
        UUID(service["id"]),
    )


async def test_sixty_four_chargers_do_not_overspend_one_budget(world: World, as_agent: Actor) -> None:
    limit = Decimal(500)  # about 160 of the 3,200 charges are too many
    service, tasks = await world.service(limit=str(limit)), await held_tasks(world, CHARGERS)
    dice = random.Random(7)
    amounts = [[Decimal(dice.randint(1, 330_000)) / 1_000_000 for _ in range(CHARGES)] for _ in tasks]

    async def spend(agent: Actor, task: Any, mine: list[Decimal]) -> list[tuple[Decimal, Any]]:
        try:
            return [(amount, await charge(agent, task, service, str(amount))) for amount in mine]
        except asyncpg.PostgresError as exc:
            pytest.fail(f"a charge is booked or refused, and not an error: {exc}")

    told = await asyncio.gather(
        *(spend(as_agent.twin(), task, mine) for task, mine in zip(tasks, amounts, strict=True))
    )
    answers = [answer for share in told for answer in share]
    row = await stored_service(world, service)
    paid = [amount for amount, answer in answers if answer["charged"]]
    assert row["spent"] == sum(paid) == await booked(world, service)
    assert row["spent"] <= limit
    refused = [(amount, answer) for amount, answer in answers if not answer["charged"]]
    assert refused, "the budget was never used up: the test was idle"
    # The charge that suspended it did not fit; what came after found it suspended.
    (last_straw,) = [amount for amount, answer in refused if answer["suspended_now"]]
    assert limit - row["spent"] < last_straw
    assert (row["state"], len(paid) + len(refused)) == ("SUSPENDED", CHARGERS * CHARGES)
    assert (await events(world, service["id"])).count("service.suspended") == 1


async def test_a_chain_under_load_keeps_every_limit(world: World, as_agent: Actor) -> None:
    last = await world.service("model-c", "2.00")
    middle = await world.service("model-b", "3.00", substitute=last)
    first = await world.service("model-a", "4.00", substitute=middle)
    tasks = await held_tasks(world, 8)

    async def spend(agent: Actor, task: Any, service: Any) -> list[Any]:
        return [await charge(agent, task, service, "0.07") for _ in range(20)]

    entries = [first, middle, last, first, middle, first, first, last]
    told = await asyncio.gather(
        *(spend(as_agent.twin(), task, service) for task, service in zip(tasks, entries, strict=True))
    )
    assert not all(answer["charged"] for share in told for answer in share)
    for service in (first, middle, last):
        row = await stored_service(world, service)
        assert row["spent"] == await booked(world, service)
        assert row["limit"] - row["spent"] < Decimal("0.07")


async def test_one_key_in_parallel_is_one_charge(world: World, as_agent: Actor) -> None:
    service, task = await world.service(), await world.claimed()
    twins = [as_agent.twin() for _ in range(16)]
    told = await asyncio.gather(*(charge(twin, task, service, "0.10", "step-1") for twin in twins))
    assert all(answer == told[0] for answer in told)
    assert await booked(world, service) == Decimal("0.1") == (await stored_service(world, service))["spent"]


async def test_increases_and_charges_in_parallel_neither_lock_up_nor_lose_a_cent(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    last = await world.service("model-b", "0.50")
    first = await world.service("model-a", "0.50", substitute=last)
    tasks = await held_tasks(world, 6)

    async def spend(agent: Actor, task: Any) -> Decimal:
        told = [await charge(agent, task, first, "0.05") for _ in range(20)]
        return Decimal("0.05") * len([answer for answer in told if answer["charged"]])

    async def raise_limit(person: Actor, service: Any) -> None:
        for _ in range(20):
            await person.call(
                "increase_budget", service_id=UUID(service["id"]), amount=Decimal("0.05"), reason="more"
            )

    spending = [asyncio.create_task(spend(as_agent.twin(), task)) for task in tasks]
    await asyncio.gather(*(raise_limit(as_supervisor.twin(), service) for service in (first, last)))
    paid = await asyncio.gather(*spending)
    rows = [await stored_service(world, service) for service in (first, last)]
    assert [row["limit"] for row in rows] == [Decimal("1.5")] * 2
    assert all(row["spent"] <= row["limit"] for row in rows)
    assert sum(row["spent"] for row in rows) == sum(paid)
    assert [row["spent"] for row in rows] == [await booked(world, first), await booked(world, last)]
