"""Charges: booked where they fit, else delegated, refused when nothing is left; never over a limit."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.acting import (
    KIND,
    audited,
    charge,
    complete,
    events,
    fail,
    stored_service,
    stored_task,
)
from tests.support.world import Actor, World, refused


def ref(service: Any) -> dict[str, str]:
    return {"id": service["id"], "name": service["name"]}


async def ledger(world: World) -> list[tuple[str, Decimal]]:
    """What was booked: on which service, how much."""
    rows = await world.owner.fetch(
        """select s.name, c.amount from public.service_charges c
             join public.service_registry s on s.id = c.service_id order by c.id"""
    )
    return [tuple(row) for row in rows]


async def test_a_charge_that_fits_is_booked(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service(limit="1.00")
    told = await charge(as_agent, task, service, "0.25", "step-1")
    (booked,) = await world.owner.fetch("select * from public.service_charges")
    assert told == {
        "charged": True,
        "reason": None,
        "service_asked": ref(service),
        "service_used": ref(service),
        "delegated_from": None,
        "suspended_now": False,
        "remaining": "0.750000",
        "charge_id": str(booked["id"]),
    }
    assert (booked["amount"], booked["key"], booked["source"]) == (Decimal("0.25"), "step-1", "self_reported")
    assert (booked["task_id"], booked["attempt"], booked["agent_id"]) == (UUID(task["id"]), 1, as_agent.id)
    row = await stored_service(world, service)
    assert (row["spent"], row["state"]) == (Decimal("0.25"), "ACTIVE")
    assert (await events(world, service["id"]))[-1] == "service.charged"


async def test_the_last_unit_of_a_budget_can_be_spent(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service(limit="0.300001")
    for amount, remaining in [("0.1", "0.200001"), ("0.2", "0.000001"), ("0.000001", "0.000000")]:
        assert (await charge(as_agent, task, service, amount))["remaining"] == remaining
    row = await stored_service(world, service)
    assert (row["spent"], row["state"]) == (row["limit"], "ACTIVE")


async def test_a_charge_that_does_not_fit_suspends_the_service_and_that_outlives_the_refusal(
    world: World, as_agent: Actor
) -> None:
    task, service = await world.claimed(), await world.service(limit="1.00")
    await charge(as_agent, task, service, "0.60")
    told = await charge(as_agent, task, service, "0.400001")
    assert told == {
        "charged": False,
        "reason": "budget_exhausted",
        "service_asked": ref(service),
        "service_used": None,
        "delegated_from": None,
        "suspended_now": True,
        "remaining": "0.400000",
        "charge_id": None,
    }
    row = await stored_service(world, service)
    assert (row["state"], row["spent"]) == ("SUSPENDED", Decimal("0.6"))
    assert await ledger(world) == [("model-a", Decimal("0.6"))]
    assert (await events(world, service["id"]))[-1] == "service.suspended"
    assert (await audited(world, service["id"]))[-1] == "service.suspend"


async def test_the_suspension_outlives_the_refusal_however_it_is_told(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service(limit="1.00")
    with suppress(asyncpg.PostgresError):
        await charge(as_agent, task, service, "2")
    assert (await stored_service(world, service))["state"] == "SUSPENDED"


async def test_a_suspended_service_refuses_what_would_fit(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service(limit="1.00")
    await charge(as_agent, task, service, "2")
    told = await charge(as_agent, task, service, "0.01")
    assert (told["charged"], told["reason"], told["suspended_now"]) == (False, "budget_exhausted", False)
    assert await ledger(world) == []
    assert (await events(world, service["id"])).count("service.suspended") == 1


async def test_the_substitute_takes_over(world: World, as_agent: Actor) -> None:
    cheap = await world.service("model-b", "1.00")
    service = await world.service("model-a", "0.50", substitute=cheap)
    task = await world.claimed()
    told = await charge(as_agent, task, service, "0.75")
    assert (told["charged"], told["service_used"], told["delegated_from"]) == (True, ref(cheap), ref(service))
    assert (told["service_asked"], told["suspended_now"], told["remaining"]) == (
        ref(service),
        True,
        "0.250000",
    )
    assert (await stored_service(world, service))["state"] == "SUSPENDED"
    assert await ledger(world) == [("model-b", Decimal("0.75"))]
    again = await charge(as_agent, task, service, "0.25")
    assert (again["service_used"], again["suspended_now"]) == (ref(cheap), False)
    (row,) = await world.owner.fetch(
        "select distinct asked_service_id, service_id from public.service_charges"
    )
    assert list(row) == [UUID(service["id"]), UUID(cheap["id"])]


async def test_a_chain_is_followed_to_the_first_that_fits(world: World, as_agent: Actor) -> None:
    last = await world.service("model-c", "5.00")
    middle = await world.service("model-b", "0.10", substitute=last)
    first = await world.service("model-a", "0.10", substitute=middle)
    told = await charge(as_agent, await world.claimed(), first, "1")
    assert (told["service_used"], told["delegated_from"]) == (ref(last), ref(first))
    states = [(await stored_service(world, service))["state"] for service in (first, middle, last)]
    assert states == ["SUSPENDED", "SUSPENDED", "ACTIVE"]


async def test_a_chain_in_which_nothing_fits_refuses_and_suspends_all_of_it(
    world: World, as_agent: Actor
) -> None:
    last = await world.service("model-b", "0.20")
    first = await world.service("model-a", "0.10", substitute=last)
    told = await charge(as_agent, await world.claimed(), first, "1")
    assert (told["charged"], told["reason"], told["suspended_now"]) == (False, "budget_exhausted", True)
    assert told["remaining"] == "0.100000"
    assert [(await stored_service(world, s))["state"] for s in (first, last)] == ["SUSPENDED", "SUSPENDED"]


async def test_a_cycle_of_substitutes_ends_and_is_named(world: World, as_agent: Actor) -> None:
    second = await world.service("model-b", "0.20")
    first = await world.service("model-a", "0.10", substitute=second)
    await world.owner.fetch(
        "update public.service_registry set substitute_id = $1 where id = $2",
        UUID(first["id"]),
        UUID(second["id"]),
    )
    told = await charge(as_agent, await world.claimed(), first, "1")
    assert (told["charged"], told["reason"]) == (False, "substitute_cycle")
    assert await ledger(world) == []


async def test_the_same_key_is_one_charge_with_the_same_answer(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    first = await charge(as_agent, task, service, "0.30", "step-1")
    await charge(as_agent, task, service, "0.20", "step-2")
    assert await charge(as_agent, task, service, "0.30", "step-1") == first
    assert [amount for _, amount in await ledger(world)] == [Decimal("0.3"), Decimal("0.2")]


async def test_a_delegated_charge_sent_again_is_the_same_charge(world: World, as_agent: Actor) -> None:
    cheap = await world.service("model-b", "1.00")
    service = await world.service("model-a", "0.10", substitute=cheap)
    task = await world.claimed()
    first = await charge(as_agent, task, service, "0.30", "step-1")
    assert await charge(as_agent, task, service, "0.30", "step-1") == first
    assert len(await ledger(world)) == 1


async def test_the_same_key_for_another_charge_is_refused(world: World, as_agent: Actor) -> None:
    task, service, other = await world.claimed(), await world.service(), await world.service("model-b")
    await charge(as_agent, task, service, "0.30", "step-1")
    for asked, amount in [(service, "0.31"), (other, "0.30")]:
        with refused("PT409", "idempotency_key_reused"):
            await charge(as_agent, task, asked, amount, "step-1")
    assert len(await ledger(world)) == 1
    assert (await stored_service(world, other))["spent"] == 0


async def test_a_refused_charge_may_be_sent_again_under_its_key(
    world: World, as_agent: Actor, as_supervisor: Actor
) -> None:
    task, service = await world.claimed(), await world.service(limit="0.10")
    assert not (await charge(as_agent, task, service, "1", "step-1"))["charged"]
    await as_supervisor.call(
        "increase_budget", service_id=UUID(service["id"]), amount=Decimal(1), reason="needed"
    )
    assert (await charge(as_agent, task, service, "1", "step-1"))["charged"]


async def test_the_next_attempt_is_charged_anew_under_the_same_key(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    first = await charge(as_agent, task, service, "0.30", "step-1")
    await fail(as_agent, task, retry_after_seconds=0)
    (again,) = await as_agent.call("claim_tasks", kinds=KIND)
    assert (await charge(as_agent, again, service, "0.30", "step-1"))["charge_id"] != first["charge_id"]
    assert len(await ledger(world)) == 2


async def test_an_amount_that_cannot_be_booked_is_refused(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service(limit="999999999999")
    sql = "select public.charge_service($1, $2::text::numeric, $3, $4)"
    who = (UUID(task["id"]), task["lease_token"])
    for amount in (
        "0",
        "-0.01",
        "NaN",
        "Infinity",
        "-Infinity",
        "0.0000001",
        "1.1234567",
        "1e12",
        "1e30",
        None,
    ):
        with refused("PT422", "invalid_amount"):
            await as_agent.fetch(sql, UUID(service["id"]), amount, *who)
    row = await stored_service(world, service)
    assert (row["spent"], row["state"]) == (0, "ACTIVE")


async def test_the_smallest_and_the_largest_amount_are_booked_to_the_last_place(
    world: World, as_agent: Actor
) -> None:
    task, service = await world.claimed(), await world.service(limit="999999999999.999999")
    for amount in ("0.000001", "999999999999.999998"):
        assert (await charge(as_agent, task, service, amount))["charged"]
    assert (await stored_service(world, service))["spent"] == Decimal("999999999999.999999")


async def test_a_passed_lease_charges_nothing(world: World, as_agent: Actor) -> None:
    task, done, service = await world.claimed(), await world.claimed(), await world.service()
    await world.expire(task["id"])
    await complete(as_agent, done)
    for held in (task, done, {**task, "lease_token": None}):
        with refused("PT409", "lease_lost"):
            await charge(as_agent, held, service, "0.10")
    assert await ledger(world) == []


async def test_a_key_does_not_answer_for_a_passed_lease(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    await charge(as_agent, task, service, "0.10", "step-1")
    await world.expire(task["id"])
    with refused("PT409", "lease_lost"):
        await charge(as_agent, task, service, "0.10", "step-1")


async def test_a_foreign_task_is_not_charged_for(
    world: World, as_other_agent: Actor, as_stranger_agent: Actor
) -> None:
    task, service = await world.claimed(), await world.service()
    for agent in (as_other_agent, as_stranger_agent):
        with refused("PT404", "task_not_found"):
            await charge(agent, task, service, "0.10")
    with refused("PT404", "task_not_found"):
        await as_other_agent.call("charge_service", service_id=UUID(service["id"]), amount=Decimal("0.1"))
    assert await ledger(world) == []


async def test_a_service_of_another_project_answers_as_an_absent_one(
    world: World, as_agent: Actor, as_stranger: Actor
) -> None:
    theirs = await as_stranger.call(
        "create_service", project_id=world.stranger_project, name="model-x", limit=Decimal(5)
    )
    task = await world.claimed()
    for service in (theirs, {"id": str(uuid4())}):
        with refused("PT404", "service_not_found"):
            await charge(as_agent, task, service, "0.10")
    assert (await stored_service(world, theirs))["spent"] == 0


async def test_an_agent_of_both_projects_pays_with_the_purse_of_the_task(
    world: World, as_agent: Actor, as_stranger: Actor
) -> None:
    await world.owner.fetch(
        "insert into public.agent_projects (agent_id, project_id) values ($1, $2)",
        as_agent.id,
        world.stranger_project,
    )
    theirs = await as_stranger.call(
        "create_service", project_id=world.stranger_project, name="model-x", limit=Decimal(5)
    )
    with refused("PT404", "service_not_found"):
        await charge(as_agent, await world.claimed(), theirs, "0.10")


async def test_a_supervisor_charges_without_a_task(
    world: World, as_supervisor: Actor, as_viewer: Actor, as_stranger: Actor
) -> None:
    service = await world.service()
    arguments: dict[str, Any] = {"service_id": UUID(service["id"]), "amount": Decimal("0.10")}
    assert (await as_supervisor.call("charge_service", **arguments))["charged"]
    (row,) = await world.owner.fetch("select task_id, agent_id, user_id from public.service_charges")
    assert list(row) == [None, None, as_supervisor.id]
    with refused("PT403", "role_required"):
        await as_viewer.call("charge_service", **arguments)
    with refused("PT404", "service_not_found"):
        await as_stranger.call("charge_service", **arguments)
    for actor in (world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await actor.call("charge_service", **arguments)


async def test_a_deactivated_agent_charges_nothing(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    await world.owner.fetch("update public.agents set is_active = false where id = $1", as_agent.id)
    with refused("PT401", "not_signed_in"):
        await charge(as_agent, task, service, "0.10")


async def test_the_limit_holds_even_without_the_function(world: World) -> None:
    service = await world.service(limit="1.00")
    for change in (
        "spent = 1.000001",
        "reserved = 1.01",
        "spent = 0.6, reserved = 0.5",
        "spent = 'NaN'",
        '"limit" = -1',
    ):
        with pytest.raises(Exception, match="service_registry"):
            await world.owner.fetch(
                f"update public.service_registry set {change} where id = $1", UUID(service["id"])
            )


async def test_a_charge_is_listed_with_its_task(world: World, as_agent: Actor, as_viewer: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    for key in ("one", "two", "three"):
        await charge(as_agent, task, service, "0.10", key)
    first = await as_viewer.call("list_task_charges", task_id=UUID(task["id"]), limit=2)
    assert [row["key"] for row in first] == ["one", "two"]
    rest = await as_agent.call("list_task_charges", task_id=UUID(task["id"]), after=UUID(first[-1]["id"]))
    assert (rest["key"], rest["amount"]) == ("three", Decimal("0.1"))
    assert (await stored_task(world, task))["state"] == "running"


async def test_a_person_is_charged_once_per_key_and_for_no_task(world: World, as_supervisor: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    ask = {"service_id": UUID(service["id"]), "amount": Decimal("0.10"), "key": "k1"}
    told = await asyncio.gather(*(as_supervisor.twin().call("charge_service", **ask) for _ in range(8)))
    assert len({answer["charge_id"] for answer in told}) == 1
    with refused("PT409", "idempotency_key_reused"):
        await as_supervisor.call("charge_service", **{**ask, "amount": Decimal("0.20")})
    with refused("PT422", "agent_required"):
        await as_supervisor.call(
            "charge_service", **ask, task_id=UUID(task["id"]), lease_token=task["lease_token"]
        )
    assert len(await ledger(world)) == 1


async def test_an_agent_names_every_charge(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    with refused("PT422", "key_required"):
        await as_agent.call(
            "charge_service",
            service_id=UUID(service["id"]),
            amount=Decimal("0.10"),
            task_id=UUID(task["id"]),
            lease_token=task["lease_token"],
        )
    assert await ledger(world) == []
