"""Charges over HTTP: exact money, refusals that are kept, keys that make it once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.api import problem
from tests.support.world import World


@pytest.fixture
async def lease(world: World) -> dict[str, Any]:
    """The lease of a task that the agent holds."""
    task = await world.claimed()
    return {"task_id": task["id"], "lease_token": task["lease_token"]}


async def charge(
    agent: httpx.AsyncClient, service: Any, lease: dict[str, Any], amount: Any, key: str | None = None
) -> httpx.Response:
    body = {**lease, "amount": amount, "key": key or str(uuid4())}
    return await agent.post(f"/api/services/{service['id']}/charge", json=body)


async def test_a_charge_tells_what_is_left(agent: httpx.AsyncClient, world: World, lease: Any) -> None:
    service = await world.service(limit="1.00")
    told = (await charge(agent, service, lease, "0.30")).json()
    reference = {"id": service["id"], "name": "model-a"}
    assert told["charge_id"]
    assert (
        told
        | {
            "charged": True,
            "reason": None,
            "service_asked": reference,
            "service_used": reference,
            "delegated_from": None,
            "suspended_now": False,
            "remaining": "0.700000",
        }
        == told
    )


async def test_a_substitute_takes_over_and_then_nobody(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World, lease: Any
) -> None:
    substitute = await world.service("cheap", "0.20")
    service = await world.service("dear", "0.10", substitute)
    first = (await charge(agent, service, lease, "0.10")).json()
    second = (await charge(agent, service, lease, "0.15")).json()
    assert first["service_used"]["name"] == "dear"
    assert (second["service_used"]["name"], second["delegated_from"]["name"]) == ("cheap", "dear")
    told = problem(await charge(agent, service, lease, "0.06"), 402, "budget_exhausted")
    assert (told["charged"], told["service_used"], told["charge_id"]) == (False, None, None)
    assert told["service_asked"]["name"] == "dear"
    assert "increase-budget" in told["hint"]
    listed = (await supervisor.get("/api/services")).json()["items"]
    assert {item["name"]: (item["state"], item["spent"]) for item in listed} == {
        "dear": ("SUSPENDED", "0.100000"),
        "cheap": ("SUSPENDED", "0.150000"),
    }


async def test_a_key_charges_once(agent: httpx.AsyncClient, world: World, lease: Any) -> None:
    service, other = await world.service("a", "1"), await world.service("b", "1")
    first = await charge(agent, service, lease, "0.25", "step 1")
    again = await charge(agent, service, lease, "0.25", "step 1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    problem(await charge(agent, service, lease, "0.26", "step 1"), 409, "idempotency_key_reused")
    problem(await charge(agent, other, lease, "0.25", "step 1"), 409, "idempotency_key_reused")
    assert await world.owner.value("select sum(spent) from public.service_registry") == Decimal("0.25")


async def test_an_amount_that_is_none_is_refused(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World, lease: Any
) -> None:
    service = await world.service()
    url = f"/api/services/{service['id']}"
    amounts = [
        "0",
        "-1",
        "-0.000001",
        "0.0000001",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "1e999999999",
        "1e-999999999",
        "1000000000000",
        "999999999999.9999999",
        "0,5",
        "0x10",
        "١e400",
        "",
        None,
        0,
        -1,
        1e300,
        True,
        [],
        {},
    ]
    for amount in amounts:
        raised = {"amount": amount, "reason": "more"}
        asked = {**lease, "service_id": service["id"], "estimated_amount": amount}
        answers = [
            await charge(agent, service, lease, amount),
            await supervisor.post(f"{url}/increase-budget", json=raised),
            # Nothing is what a dispatch may estimate.
            await agent.post("/api/tasks/dispatch", json=asked if amount is not None else {}),
        ]
        assert [(amount, answer.status_code) for answer in answers] == [(amount, 422)] * 3
    read = (await supervisor.get(url)).json()
    assert (read["spent"], read["limit"]) == ("0.000000", "1.000000")


async def test_an_amount_is_exact_to_the_last_place(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World, lease: Any
) -> None:
    service = await world.service(limit="1")
    for amount in ("0.000001", "0.1", 0.2, "1e-1", "0.30"):
        assert (await charge(agent, service, lease, amount)).status_code == 201, amount
    read = (await supervisor.get(f"/api/services/{service['id']}")).json()
    assert (read["spent"], read["remaining"]) == ("0.700001", "0.299999")


async def test_an_agent_sees_services_without_their_money(agent: httpx.AsyncClient, world: World) -> None:
    service = await world.service()
    (listed,) = (await agent.get("/api/services")).json()["items"]
    read = (await agent.get(f"/api/services/{service['id']}")).json()
    assert listed == read
    assert {read[name] for name in ("limit", "spent", "reserved", "overrun", "remaining")} == {None}


async def test_a_dispatch_names_the_service_with_room(
    agent: httpx.AsyncClient, world: World, lease: Any
) -> None:
    substitute = await world.service("cheap", "1.00")
    service = await world.service("dear", "0.10", substitute)

    async def ask(amount: str) -> Any:
        body = {**lease, "service_id": service["id"], "estimated_amount": amount}
        return (await agent.post("/api/tasks/dispatch", json=body)).json()

    assert (await ask("0.10"))["service_used"]["name"] == "dear"
    assert (await ask("0.11"))["service_used"]["name"] == "cheap"
    refused = await ask("1.01")
    assert (refused["allowed"], refused["reason"], refused["service_used"]) == (
        False,
        "budget_exhausted",
        None,
    )
    assert await world.owner.value("select sum(spent) from public.service_registry") == 0


async def test_a_raised_budget_lets_a_service_work_again(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World, lease: Any
) -> None:
    service = await world.service(limit="0.10")
    assert (await charge(agent, service, lease, "0.20")).status_code == 402
    url = f"/api/services/{service['id']}"
    assert (await supervisor.get(url)).json()["state"] == "SUSPENDED"
    raised = await supervisor.post(f"{url}/increase-budget", json={"amount": "0.15", "reason": "go on"})
    assert (raised.json()["state"], raised.json()["limit"]) == ("ACTIVE", "0.250000")
    assert (await charge(agent, service, lease, "0.20")).status_code == 201


async def test_a_supervisor_books_by_hand_and_a_viewer_does_not(
    supervisor: httpx.AsyncClient, viewer: httpx.AsyncClient, world: World
) -> None:
    service = await world.service()
    url = f"/api/services/{service['id']}"
    assert (await supervisor.post(f"{url}/charge", json={"amount": "0.5"})).status_code == 201
    problem(await viewer.post(f"{url}/charge", json={"amount": "0.1"}), 403, "role_required")
    raised = {"amount": "1", "reason": "mine"}
    problem(await viewer.post(f"{url}/increase-budget", json=raised), 403, "role_required")
    new = {"project_id": str(world.project), "name": "mine", "limit": "1"}
    problem(await viewer.post("/api/services", json=new), 403, "role_required")


async def test_an_agent_charges_for_a_task_it_holds(
    agent: httpx.AsyncClient, other_agent: httpx.AsyncClient, world: World, lease: Any
) -> None:
    service = await world.service()
    url = f"/api/services/{service['id']}/charge"
    assert (await agent.post(url, json={"amount": "0.1"})).status_code in {403, 404, 422}
    assert (await charge(other_agent, service, lease, "0.1")).status_code == 404
    assert await world.owner.value("select sum(spent) from public.service_registry") == 0


async def test_a_service_that_is_not_valid_is_refused(supervisor: httpx.AsyncClient, world: World) -> None:
    new = {"project_id": str(world.project), "name": "model", "limit": "1"}
    assert (await supervisor.post("/api/services", json=new)).status_code == 201
    problem(await supervisor.post("/api/services", json=new), 409, "name_taken")
    for changes in ({"name": ""}, {"name": "a b"}, {"name": "x" * 101}, {"limit": "-1"}, {"limit": "NaN"}):
        problem(await supervisor.post("/api/services", json={**new, **changes}), 422, "invalid_request")
    unknown = {**new, "name": "other", "substitute_id": str(uuid4())}
    problem(await supervisor.post("/api/services", json=unknown), 422, "unknown_substitute")


async def test_the_ledger_of_a_task_adds_up(
    agent: httpx.AsyncClient, supervisor: httpx.AsyncClient, world: World, lease: Any
) -> None:
    service = await world.service(limit="1")
    for key in ("one", "two", "three"):
        await charge(agent, service, lease, "0.10", key)
    lines = (await supervisor.get(f"/api/tasks/{lease['task_id']}/charges")).json()["items"]
    assert [(line["key"], line["amount"], line["attempt"]) for line in lines] == [
        (key, "0.100000", 1) for key in ("one", "two", "three")
    ]
    status = (await supervisor.get("/api/services/status")).json()
    assert (status["active"], status["spent"]) == (1, "0.300000")
