"""Somebody who creates tasks over HTTP at a steady pace, whatever happens, and what became of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from tests.chaos.figures import Figure
from tests.chaos.house import House, Tenant
from tests.support.api import PASSWORD

# Short, so that much is asked again whose first answer was only late.
_PATIENCE_SECONDS = 2.0
_STRAGGLERS_SECONDS = 60.0
_OPEN = "select count(*) from public.tasks where kind = 'work' and state <> 'completed'"
_MADE = "select count(*) from public.tasks where kind = 'work' and project_id = $1"
_OUTCOMES = """
select count(*) filter (where t.id is null or t.state <> 'completed') as lost,
       coalesce(sum(greatest(e.times - 1, 0)), 0) + coalesce(sum(greatest(a.times - 1, 0)), 0) as twice,
       coalesce(sum(a.expired), 0) as expired,
       coalesce(sum(t.retry_count), 0) as retries
  from unnest($1::uuid[]) wanted(id)
  left join public.tasks t on t.id = wanted.id
  left join lateral (select count(*) as times from public.events
                      where subject_id = wanted.id and type = 'task.completed') e on true
  left join lateral (select count(*) filter (where outcome = 'completed') as times,
                            count(*) filter (where outcome = 'lease_expired') as expired
                       from public.task_attempts where task_id = wanted.id) a on true
"""


@dataclass(frozen=True)
class Answer:
    """What one request was told; status 0: nothing."""

    status: int
    began: float
    seconds: float
    retry_after: str | None = None


@dataclass
class Stream:
    """The tasks that were accepted, and each answer on the way there."""

    house: House
    tenant: Tenant
    client: httpx.AsyncClient
    accepted: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    never_accepted: int = 0

    async def create(self, **fields: object) -> str:
        """Ask until the task is accepted: under one key, so that it is one task. Its id."""
        body = {
            "project_id": str(self.tenant.project),
            "kind": "work",
            "title": "w",
            "max_retries": 100,
            **fields,
        }
        headers = {"Idempotency-Key": str(uuid4())}
        while True:
            answer, told = await self._ask(body, headers)
            self.answers.append(answer)
            if answer.status == 201:
                return told["id"]
            assert answer.status in {0, 502, 503, 504}, f"{answer.status}: {told}"
            await asyncio.sleep(float(answer.retry_after or 0.5))

    async def settled(self, seconds: float) -> float:
        """Until all are completed, for so long at the most: how long it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds and await self.house.value(_OPEN):
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    async def outcomes(self) -> dict[str, int]:
        """How many of the accepted are lost, were completed twice, or whose lease ran out."""
        (row,) = await self.house.fetch(_OUTCOMES, self.accepted)
        made = await self.house.value(_MADE, self.tenant.project)
        uninvited = made - len(self.accepted) - self.never_accepted
        return {name: int(value) for name, value in row.items()} | {"uninvited": max(0, uninvited)}

    async def kept(self, row: int) -> list[Figure]:
        """What holds in every row."""
        seen = await self.outcomes()
        return [
            Figure(row, "tasks accepted", len(self.accepted), at_least=1),
            Figure(row, "never accepted, however often asked", self.never_accepted, at_most=0),
            Figure(row, "created twice", seen["uninvited"], at_most=0),
            Figure(row, "lost", seen["lost"], at_most=0),
            Figure(row, "completed twice", seen["twice"], at_most=0),
        ]

    async def _ask(self, body: Any, headers: dict[str, str]) -> tuple[Answer, Any]:
        began = time.monotonic()
        try:
            answer = await self.client.post("/api/tasks", json=body, headers=headers)
        except httpx.TransportError:
            return Answer(0, began, time.monotonic() - began), None
        seconds = time.monotonic() - began
        return Answer(answer.status_code, began, seconds, answer.headers.get("retry-after")), answer.json()


@asynccontextmanager
async def streaming(house: House, tenant: Tenant | None = None) -> AsyncGenerator[Stream]:
    """A tenant who has signed in."""
    tenant = tenant or house.ground.tenant
    # No bound: requests that time out while they wait for one of a hundred connections may wedge the library.
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=house.url, timeout=_PATIENCE_SECONDS, limits=limits) as client:
        login = {"email": tenant.email, "password": PASSWORD}
        answer = await client.post("/auth/v1/token?grant_type=password", json=login)
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield Stream(house, tenant, client)


@asynccontextmanager
async def flowing(stream: Stream, per_second: float) -> AsyncGenerator[None]:
    """So many new tasks a second while the block runs; those on their way are accepted at its end."""
    asked: list[asyncio.Task[str]] = []

    async def flow() -> None:
        # Whoever waits for an answer keeps nobody from asking.
        while True:
            asked.append(asyncio.create_task(stream.create()))
            await asyncio.sleep(1 / per_second)

    pace = asyncio.create_task(flow())
    try:
        yield
    finally:
        pace.cancel()
        told, waiting = await asyncio.wait(asked, timeout=_STRAGGLERS_SECONDS)
        stream.accepted += [creating.result() for creating in told]
        stream.never_accepted += len(waiting)
        for creating in waiting:
            creating.cancel()
