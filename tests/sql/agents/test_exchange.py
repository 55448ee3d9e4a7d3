"""The agent's call in one trip: its key is checked first, and what it may do ends with the call."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest

from tests.sql.acting import KIND, attempts, lease, outcomes, stored_task
from tests.support.world import Actor, World, refused


def hashed(key: str) -> tuple[str, bytes]:
    """What is sent for a key: its id and its hash."""
    return key.split("_")[1], hashlib.sha256(key.encode()).digest()


async def exchange(
    world: World, *items: Any, login: Actor | None = None, key: tuple[str, bytes] | None = None, **fields: Any
) -> Any:
    key_id, key_hash = key or hashed(world.agent_key)
    arguments: dict[str, Any] = {"kinds": KIND, "wanted": 1, "lease_seconds": 60} | fields
    return await (login or world.login).call(
        "agent_exchange", key_id=key_id, key_hash=key_hash, items=list(items), **arguments
    )


async def test_finished_tasks_go_in_and_new_ones_come_out(world: World, as_agent: Actor) -> None:
    held = [await world.claimed() for _ in range(3)]
    made = await world.task()
    told = await exchange(
        world,
        lease(held[0], action="complete", output={"verdict": "fine"}),
        lease(held[1], action="fail", error={"code": "boom", "message": "It broke."}),
        lease(held[2], action="release"),
        wanted=10,
    )
    assert outcomes(told["results"]) == ["completed", "retried", "released"]
    assert {task["id"] for task in told["tasks"]} == {held[2]["id"], made["id"]}
    assert (await stored_task(world, held[0]))["output"] == {"verdict": "fine"}
    assert (await stored_task(world, made))["agent_id"] == str(as_agent.id)


async def test_an_exchange_that_wants_nothing_claims_nothing(world: World) -> None:
    await world.task()
    assert await exchange(world, wanted=0) == {"results": [], "tasks": []}


async def test_an_exchange_is_a_heartbeat(world: World, as_agent: Actor) -> None:
    await exchange(world)
    assert await world.owner.value("select agent_id from public.agent_heartbeats") == as_agent.id


async def test_a_key_that_is_not_valid_gets_null_and_does_nothing(world: World) -> None:
    held, waiting = await world.claimed(), await world.task()
    key_id, key_hash = hashed(world.agent_key)
    wrong = [(key_id, hashlib.sha256(b"guess").digest()), ("unknown", key_hash), (key_id, b""), ("", b"")]
    for key in wrong:
        assert await exchange(world, lease(held, action="complete"), key=key) is None
    assert (await stored_task(world, held))["state"] == "running"
    assert (await stored_task(world, waiting))["state"] == "pending"
    assert await world.owner.value("select count(*) from public.agent_heartbeats") == 0


@pytest.mark.parametrize(
    "change",
    [
        "update private.agent_keys set revoked_at = now()",
        "update private.agent_keys set expires_at = now()",
        "update public.agents set is_active = false",
    ],
    ids=["revoked", "expired", "deactivated"],
)
async def test_a_revoked_or_expired_key_and_a_deactivated_agent_get_null_at_once(
    world: World, change: str
) -> None:
    held = await world.claimed()
    assert await exchange(world, wanted=0) is not None
    await world.owner.fetch(change)
    assert await exchange(world, lease(held, action="complete")) is None
    assert await attempts(world, held) == []
    login = await world.login.connection()
    assert await login.fetchval("select private.authenticate_agent($1, $2)", *hashed(world.agent_key)) is None


async def test_a_valid_key_names_its_agent(world: World, as_agent: Actor) -> None:
    login = await world.login.connection()
    assert (
        await login.fetchval("select private.authenticate_agent($1, $2)", *hashed(world.agent_key))
        == as_agent.id
    )


async def test_an_exchange_finishes_only_what_its_agent_holds(world: World) -> None:
    foreign = await world.claimed(by=world.other_agent)
    told = await exchange(world, lease(foreign, action="complete"), wanted=0)
    assert outcomes(told["results"]) == ["lease_lost"]
    assert (await stored_task(world, foreign))["state"] == "running"


async def test_the_claims_of_an_exchange_end_with_it(world: World) -> None:
    await world.task()
    login = await world.login.connection()
    key_id, key_hash = hashed(world.agent_key)
    call = "select public.agent_exchange($1, $2, '[]', $3, 1, 60)"
    assert await login.fetchval(call, key_id, key_hash, KIND) is not None
    assert await login.fetchval("select current_setting('request.jwt.claims', true)") in (None, "")
    async with login.transaction():
        await login.execute("set local role agent")
        assert await login.fetchval("select count(*) from public.tasks") == 0


async def test_a_null_for_a_wrong_key_does_not_keep_the_claims_of_the_one_before(world: World) -> None:
    await exchange(world)
    assert await exchange(world, key=("unknown", b"x" * 32)) is None
    login = await world.login.connection()
    assert await login.fetchval("select current_setting('request.jwt.claims', true)") in (None, "")


async def test_an_exchange_claims_within_its_limits(world: World) -> None:
    task = await world.task()
    limits: list[dict[str, Any]] = [
        {"wanted": -1},
        {"wanted": 201},
        {"wanted": None},
        {"lease_seconds": 0},
        {"lease_seconds": 3601},
    ]
    for wrong in limits:
        with refused("PT422", "invalid_claim"):
            await exchange(world, **wrong)
    assert (await stored_task(world, task))["state"] == "pending"


async def test_only_the_login_of_the_api_exchanges(world: World) -> None:
    key_id, key_hash = hashed(world.agent_key)
    for actor in (world.admin, world.supervisor, world.agent, world.anon, world.webhook, world.worker):
        with refused("42501"):
            await exchange(world, login=actor)
        with refused("42501"):
            await actor.fetch("select private.authenticate_agent($1, $2)", key_id, key_hash)


async def test_exchanges_in_parallel_claim_each_task_once(world: World, as_supervisor: Actor) -> None:
    item = {"project_id": str(world.project), "kind": "code_review", "title": "Review"}
    await as_supervisor.call("create_tasks", items=[item] * 40)
    told = await asyncio.gather(*(exchange(world, login=world.login.twin(), wanted=10) for _ in range(8)))
    claimed = [task["id"] for answer in told for task in answer["tasks"]]
    assert (len(claimed), len(set(claimed))) == (40, 40)
