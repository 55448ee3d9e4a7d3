"""Dispatch: which service must be used now; the question is recorded and no money moves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tests.sql.acting import charge, events, stored_service
from tests.support.world import Actor, World, refused


def ref(service: Any) -> dict[str, str]:
    return {"id": service["id"], "name": service["name"]}


async def ask(agent: Actor, task: Any, service: Any, estimate: str | None = None) -> Any:
    return await agent.call(
        "dispatch",
        task_id=UUID(task["id"]),
        lease_token=task["lease_token"],
        service_id=UUID(service["id"]),
        estimated_amount=Decimal(estimate) if estimate else None,
    )


async def test_the_service_asked_for_is_used_while_it_has_room(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service()
    before = await stored_service(world, service)
    told = await ask(as_agent, task, service, "1.00")
    expected = {"allowed": True, "reason": None, "service_asked": ref(service), "service_used": ref(service)}
    assert told == expected
    assert await stored_service(world, service) == before
    assert (await events(world, service["id"]))[-1] == "service.dispatched"


async def test_the_first_substitute_with_room_is_used(world: World, as_agent: Actor) -> None:
    last = await world.service("model-c", "9.00")
    middle = await world.service("model-b", "0.50", substitute=last)
    first = await world.service("model-a", "1.00", substitute=middle)
    task = await world.claimed()
    for estimate, used in [("1.00", first), ("1.01", last), ("9.00", last)]:
        assert (await ask(as_agent, task, first, estimate))["service_used"] == ref(used)
    await charge(as_agent, task, first, "0.75")
    assert (await ask(as_agent, task, first, "0.50"))["service_used"] == ref(middle)
    assert (await stored_service(world, first))["state"] == "ACTIVE"


async def test_a_suspended_service_is_passed_over(world: World, as_agent: Actor) -> None:
    last = await world.service("model-b", "1.50")
    first = await world.service("model-a", "1.00", substitute=last)
    task = await world.claimed()
    await charge(as_agent, task, first, "1.01")
    assert (await ask(as_agent, task, first))["service_used"] == ref(last)


async def test_nothing_with_room_is_a_refusal_that_suspends_nothing(world: World, as_agent: Actor) -> None:
    task, service = await world.claimed(), await world.service(limit="1.00")
    told = await ask(as_agent, task, service, "1.01")
    assert (told["allowed"], told["reason"], told["service_used"]) == (False, "budget_exhausted", None)
    assert (await stored_service(world, service))["state"] == "ACTIVE"
    await charge(as_agent, task, service, "1.00")
    assert not (await ask(as_agent, task, service))["allowed"]


async def test_a_cycle_of_substitutes_ends(world: World, as_agent: Actor) -> None:
    second = await world.service("model-b", "0.20")
    first = await world.service("model-a", "0.10", substitute=second)
    await world.owner.fetch(
        "update public.service_registry set substitute_id = $1 where id = $2",
        UUID(first["id"]),
        UUID(second["id"]),
    )
    assert not (await ask(as_agent, await world.claimed(), first, "1"))["allowed"]


async def test_refusals_have_their_codes(
    world: World, as_agent: Actor, as_other_agent: Actor, as_stranger: Actor
) -> None:
    task, service = await world.claimed(), await world.service()
    theirs = await as_stranger.call(
        "create_service", project_id=world.stranger_project, name="model-x", limit=Decimal(5)
    )
    for foreign in (theirs, {"id": str(uuid4())}):
        with refused("PT404", "service_not_found"):
            await ask(as_agent, task, foreign)
    for estimate in ("-1", "0.0000001", "NaN"):
        with refused("PT422", "invalid_amount"):
            await ask(as_agent, task, service, estimate)
    with refused("PT404", "task_not_found"):
        await ask(as_other_agent, task, service)
    await world.expire(task["id"])
    with refused("PT409", "lease_lost"):
        await ask(as_agent, task, service)


async def test_only_agents_ask(world: World) -> None:
    task, service = await world.claimed(), await world.service()
    for actor in (world.admin, world.supervisor, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await ask(actor, task, service)
