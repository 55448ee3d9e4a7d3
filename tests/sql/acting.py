"""What the tests of several domains do, in one line each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID, uuid4

from tests.support.world import Actor, Database, World

KIND = ["code_review"]
Answer = TypeVar("Answer")


async def promptly(call: Awaitable[Answer]) -> Answer:
    """The answer of a call that must not wait for anybody else's lock."""
    calling = asyncio.ensure_future(call)
    done, _ = await asyncio.wait({calling}, timeout=5)
    calling.cancel()
    assert done, "it waits for a lock"
    return calling.result()


async def blocked(database: Database, connections: int = 1) -> None:
    """Return as soon as so many connections wait for a lock."""
    owner = await database.connect()
    query = """select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'"""
    async with asyncio.timeout(5):
        while await owner.fetchval(query) < connections:
            await asyncio.sleep(0)


def lease(task: Any, **fields: Any) -> dict[str, Any]:
    """An item of a batch: a claimed task by its lease."""
    return {"task_id": task["id"], "lease_token": task["lease_token"], **fields}


async def complete(actor: Actor, *tasks: Any, **fields: Any) -> list[str]:
    """Complete claimed tasks in one batch; the outcomes in the order sent."""
    return outcomes(await actor.call("complete_tasks", items=[lease(task, **fields) for task in tasks]))


async def fail(actor: Actor, task: Any, **fields: Any) -> str:
    """Fail a claimed task; the outcome."""
    item = lease(task, **{"error": {"code": "boom", "message": "It broke."}, **fields})
    (outcome,) = outcomes(await actor.call("fail_tasks", items=[item]))
    return outcome


async def release(actor: Actor, task: Any) -> str:
    """Give a claimed task back; the outcome."""
    (outcome,) = outcomes(await actor.call("release_tasks", items=[lease(task)]))
    return outcome


def outcomes(results: Any) -> list[str]:
    """The outcome of each item."""
    return [result["outcome"] for result in results]


async def charge(actor: Actor, task: Any, service: Any, amount: str, key: str | None = None) -> Any:
    """Charge a service for a claimed task; the answer."""
    return await actor.call(
        "charge_service",
        service_id=UUID(service["id"]),
        amount=Decimal(amount),
        task_id=UUID(task["id"]),
        lease_token=task["lease_token"],
        key=key or str(uuid4()),
    )


async def stored_task(world: World, task: Any) -> Any:
    """The row of a task as it is committed, read on another connection."""
    return await world.owner.value("select to_jsonb(t) from public.tasks t where t.id = $1", UUID(task["id"]))


async def stored_service(world: World, service: Any) -> Any:
    """The row of a service as it is committed, read on another connection."""
    return await world.owner.value(
        "select to_jsonb(s) from public.service_registry s where s.id = $1", UUID(service["id"])
    )


async def attempts(world: World, task: Any) -> list[str]:
    """How the ended attempts at a task ended."""
    rows = await world.owner.fetch(
        "select outcome::text from public.task_attempts where task_id = $1 order by attempt", UUID(task["id"])
    )
    return [row[0] for row in rows]


async def events(world: World, subject: Any) -> list[str]:
    """The types of the committed events about something, in order."""
    rows = await world.owner.fetch(
        "select type from public.events where subject_id = $1 order by xid, id", UUID(str(subject))
    )
    return [row[0] for row in rows]


async def audited(world: World, subject: Any) -> list[str]:
    """The committed audit actions about something, in order."""
    rows = await world.owner.fetch(
        "select action from public.audit_log where subject_id = $1 order by id", UUID(str(subject))
    )
    return [row[0] for row in rows]
