"""Services: made by supervisors, seen by agents without the purse; budgets are raised on the record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.sql.acting import audited, charge, events, fail, stored_service, stored_task
from tests.support.world import Actor, World, refused

MONEY = ["limit", "spent", "reserved", "overrun", "remaining"]


async def create(person: Actor, project: UUID, **fields: Any) -> Any:
    arguments: dict[str, Any] = {"name": "model-a", "limit": Decimal(5)} | fields
    return await person.call("create_service", project_id=project, **arguments)


async def increase(person: Actor, service: Any, amount: str, reason: str = "the sprint is longer") -> Any:
    return await person.call(
        "increase_budget", service_id=UUID(service["id"]), amount=Decimal(amount), reason=reason
    )


async def test_a_new_service_is_active_and_unspent(world: World, as_supervisor: Actor) -> None:
    service = await create(as_supervisor, world.project, limit=Decimal("2.5"))
    assert (service["state"], service["name"], service["substitute_id"]) == ("ACTIVE", "model-a", None)
    assert [service[key] for key in MONEY] == [Decimal("2.5"), 0, 0, 0, Decimal("2.5")]
    assert await events(world, service["id"]) == ["service.created"]
    assert await audited(world, service["id"]) == ["service.create"]


async def test_a_limit_that_cannot_be_kept_is_refused(world: World, as_supervisor: Actor) -> None:
    sql = "select public.create_service($1, 'model-a', $2::text::numeric)"
    for limit in ("-0.01", "NaN", "Infinity", "1e12", "0.0000001", None):
        with refused("PT422", "invalid_amount"):
            await as_supervisor.fetch(sql, world.project, limit)


async def test_a_service_is_made_in_ones_own_project_by_a_supervisor(
    world: World, as_stranger: Actor, as_viewer: Actor, as_supervisor: Actor
) -> None:
    with refused("PT404", "project_not_found"):
        await create(as_stranger, world.project)
    with refused("PT404", "project_not_found"):
        await create(as_supervisor, uuid4())
    with refused("PT403", "role_required"):
        await create(as_viewer, world.project)
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await create(actor, world.project)


async def test_a_name_is_taken_once_per_project(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    await create(as_supervisor, world.project)
    await create(as_stranger, world.stranger_project)
    with pytest.raises(Exception, match="service_registry_name_key"):
        await create(as_supervisor, world.project)
    for name in ("", "with space", "x" * 101, ".hidden"):
        with pytest.raises(Exception, match="service_registry_name_format"):
            await create(as_supervisor, world.project, name=name)


async def test_a_substitute_is_a_service_of_the_project(
    world: World, as_supervisor: Actor, as_stranger: Actor
) -> None:
    theirs = await create(as_stranger, world.stranger_project)
    for substitute in (UUID(theirs["id"]), uuid4()):
        with pytest.raises(Exception, match="service_registry_substitute_fkey"):
            await create(as_supervisor, world.project, substitute_id=substitute)
    with pytest.raises(Exception, match="not_its_own_substitute"):
        await world.owner.fetch("update public.service_registry set substitute_id = id")


async def test_members_see_the_purse_and_agents_the_names(
    world: World, as_viewer: Actor, as_admin: Actor, as_agent: Actor
) -> None:
    service = await world.service()
    for person in (as_viewer, as_admin):
        assert await person.call("read_service", service_id=UUID(service["id"])) == service
    seen = await as_agent.call("list_services", project_id=world.project)
    assert seen == service | dict.fromkeys(MONEY)
    assert await as_agent.call("read_service", service_id=UUID(service["id"])) == seen


async def test_a_stranger_cannot_tell_that_the_service_exists(
    world: World, as_stranger: Actor, as_stranger_agent: Actor
) -> None:
    service = await world.service()
    for actor in (as_stranger, as_stranger_agent):
        for asked in (UUID(service["id"]), uuid4(), None):
            with refused("PT404", "service_not_found"):
                await actor.call("read_service", service_id=asked)
        assert await actor.call("list_services") == []
    nothing = {"active": 0, "suspended": 0, "limit": "0", "spent": "0"}
    assert await as_stranger.call("service_status", project_id=world.project) == nothing


async def test_services_are_listed_page_by_page(world: World, as_viewer: Actor) -> None:
    made = [(await world.service(f"model-{letter}"))["id"] for letter in "abcde"]
    first = await as_viewer.call("list_services", limit=3)
    rest = await as_viewer.call("list_services", limit=3, after=UUID(first[-1]["id"]))
    assert [service["id"] for service in first + rest] == made


async def test_the_status_counts_and_adds_up(world: World, as_agent: Actor, as_viewer: Actor) -> None:
    task = await world.claimed()
    services = [await world.service("model-a", "1.00"), await world.service("model-b", "2.00")]
    await charge(as_agent, task, services[0], "0.25")
    await charge(as_agent, task, services[1], "5")
    told = await as_viewer.call("service_status", project_id=world.project)
    assert told == {"active": 1, "suspended": 1, "limit": "3.000000", "spent": "0.250000"}


async def test_a_raised_limit_is_on_the_record(world: World, as_supervisor: Actor) -> None:
    service = await world.service(limit="1.00")
    raised = await increase(as_supervisor, service, "0.5")
    assert (raised["limit"], raised["remaining"]) == (Decimal("1.5"), Decimal("1.5"))
    assert (await events(world, service["id"]))[-1] == "service.budget_increased"
    (row,) = await world.owner.fetch(
        "select * from public.audit_log where action = 'service.increase_budget'"
    )
    assert (row["actor_kind"], row["actor_id"], row["project_id"]) == (
        "person",
        as_supervisor.id,
        world.project,
    )
    assert row["data"] == {"from": "1.000000", "to": "1.500000", "reason": "the sprint is longer"}


async def test_a_suspended_service_with_room_works_again(
    world: World, as_supervisor: Actor, as_agent: Actor
) -> None:
    task, service = await world.claimed(), await world.service(limit="1.00")
    await charge(as_agent, task, service, "1.5")
    assert (await increase(as_supervisor, service, "1"))["state"] == "ACTIVE"
    assert (await events(world, service["id"]))[-1] == "service.reactivated"
    assert (await charge(as_agent, task, service, "1.5"))["charged"]


async def test_overrun_is_absorbed_before_there_is_room_again(world: World, as_supervisor: Actor) -> None:
    service = await world.service(limit="1.00")
    await world.owner.fetch(
        "update public.service_registry set spent = 1.3, overrun = 0.3, state = 'SUSPENDED'"
    )
    states: list[tuple[str, Decimal, Decimal]] = []
    for _ in range(3):
        raised = await increase(as_supervisor, service, "0.15")
        states.append((raised["state"], raised["overrun"], raised["remaining"]))
    assert states == [
        ("SUSPENDED", Decimal("0.15"), Decimal(0)),
        ("SUSPENDED", Decimal(0), Decimal(0)),
        ("ACTIVE", Decimal(0), Decimal("0.15")),
    ]


@pytest.mark.parametrize("suspended", [True, False])
async def test_tasks_that_waited_for_money_go_on(
    world: World, as_supervisor: Actor, as_agent: Actor, suspended: bool
) -> None:
    """Also where the service was never suspended: its handler stopped at an estimate."""
    service = await world.service(limit="1.00")
    waiting, other = await world.claimed(), await world.claimed()
    if suspended:
        await charge(as_agent, waiting, service, "1.5")
    await fail(as_agent, waiting, blocked_reason="budget")
    await fail(as_agent, other, blocked_reason="policy")
    await increase(as_supervisor, service, "1")
    assert [(await stored_task(world, task))["state"] for task in (waiting, other)] == ["pending", "blocked"]
    assert (await events(world, waiting["id"]))[-1] == "task.resumed"
    (again,) = await as_agent.call("claim_tasks", kinds=["code_review"])
    assert again["id"] == waiting["id"]


async def test_tasks_of_other_projects_keep_waiting(
    world: World, as_supervisor: Actor, as_stranger: Actor, as_stranger_agent: Actor
) -> None:
    item = {"project_id": str(world.stranger_project), "kind": "code_review", "title": "Theirs"}
    await as_stranger.call("create_tasks", items=[item])
    (theirs,) = await as_stranger_agent.call("claim_tasks", kinds=["code_review"])
    await fail(as_stranger_agent, theirs, blocked_reason="budget")
    await increase(as_supervisor, await world.service(), "1")
    assert (await stored_task(world, theirs))["state"] == "blocked"


async def test_who_may_not_raise_a_limit_raises_nothing(
    world: World, as_viewer: Actor, as_stranger: Actor, as_supervisor: Actor
) -> None:
    service = await world.service()
    before = await stored_service(world, service)
    with refused("PT403", "role_required"):
        await increase(as_viewer, service, "1")
    with refused("PT404", "service_not_found"):
        await increase(as_stranger, service, "1")
    with refused("PT404", "service_not_found"):
        await increase(as_supervisor, {"id": str(uuid4())}, "1")
    for actor in (world.agent, world.anon, world.webhook, world.login, world.worker):
        with refused("42501"):
            await increase(actor, service, "1")
    for amount in ("0", "-1", "NaN", "0.0000001", "999999999999"):
        with refused("PT422", "invalid_amount"):
            await increase(as_supervisor, service, amount)
    assert await stored_service(world, service) == before
