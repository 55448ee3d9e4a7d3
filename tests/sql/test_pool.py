"""Who a request was never stays on a connection: many tenants on few connections, cut off at every moment."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from control_plane.db.caller import Caller
from control_plane.db.pool import Call, read_json
from control_plane.db.pool import Database as Pool
from control_plane.platform.errors import DomainError
from tests.support.world import Database

TENANTS, REQUESTS, CONNECTIONS = 50, 20_000, 4
ROWS = 3  # of each tenant, before the first request

# Refuses when the connection is still somebody: a request's first statement meets what the last one left.
_LOOK = """
create schema planted;
create function planted.look() returns void language plpgsql as $$
begin
    if current_user <> session_user or coalesce(current_setting('request.jwt.claims', true), '') <> '' then
        raise exception 'still % with %', current_user, current_setting('request.jwt.claims', true)
            using errcode = 'LEFT1';
    end if;
end
$$;
grant usage on schema planted to public;
"""


@dataclass(frozen=True)
class Watched(Caller):
    """A caller that looks at the connection before it is anybody, and tells when."""

    begun: Callable[[], None] = field(default=lambda: None, compare=False)

    @property
    def begin(self) -> str:
        self.begun()
        return super().begin.replace("begin; ", "begin; select planted.look(); ", 1)


@dataclass
class Tenant:
    """A person with a project that nobody else may see."""

    user: UUID
    session: UUID
    project: UUID


@dataclass
class Load:
    """Requests of all tenants at once, and what became of them."""

    pool: Pool
    rng: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    seconds: float = 0.002  # that a request holds a connection, as measured so far

    async def run(self, tenant: Tenant, requests: int) -> None:
        for number in range(requests):
            await self._request(tenant, f"{tenant.user}:{number}")

    async def _request(self, tenant: Tenant, title: str) -> None:
        loop = asyncio.get_running_loop()
        when = self.rng.choices(["", "waiting", "begin", "later"], [84, 4, 4, 8])[0]
        began: list[float] = []

        def begun() -> None:
            began.append(loop.time())
            if when == "begin":
                # BEGIN is on its way, and its answer is not: that comes in a later turn of the loop.
                loop.call_soon(task.cancel)
            elif when == "later":
                loop.call_later(self.rng.uniform(0, 1.2 * self.seconds), task.cancel)

        caller = Watched("authenticated", user_id=tenant.user, session_id=tenant.session, begun=begun)
        kind = self.rng.choices(["tasks", "projects", "create", "once", "login"], [35, 40, 12, 3, 10])[0]
        task = asyncio.ensure_future(self._call(kind, caller, tenant, title))
        if when == "waiting":
            loop.call_later(self.rng.uniform(0, 5 * self.seconds), task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            self.counts[f"cut {when}"] += 1
            self.cut.add(title)
        except (asyncpg.PostgresError, DomainError, AssertionError) as exc:
            self.errors.append(f"{getattr(exc, 'sqlstate', '')} {exc}")
        else:
            self.counts[f"served {kind}"] += 1
            if kind in {"create", "once"}:
                self.kept.add(title)
            if began:
                self.seconds = 0.99 * self.seconds + 0.01 * (loop.time() - began[0])

    async def _call(self, kind: str, caller: Caller, tenant: Tenant, title: str) -> None:
        made = {"project_id": str(tenant.project), "kind": "code_review", "title": title}
        if kind == "tasks":
            rows = await self.pool.call_as(caller, Call("list_tasks", limit=3))
            self._check([read_json(row)["project_id"] for row in rows], tenant, at_least=ROWS)
        elif kind == "projects":
            rows = await self.pool.call_as(caller, Call("list_projects"))
            self._check([read_json(row)["id"] for row in rows], tenant, at_least=1)
        elif kind == "create":
            await self.pool.call_as(caller, create([made]))
        elif kind == "once":
            await self.pool.call_once(caller, create([made]), route="tests", key=title, digest=b"same")
        else:
            await self.pool.call(Call("planted.look"))

    def _check(self, projects: list[str], tenant: Tenant, *, at_least: int) -> None:
        foreign = [project for project in projects if project != str(tenant.project)]
        self.counts["foreign rows"] += len(foreign)
        self.counts["own rows"] += len(projects) - len(foreign)
        assert len(projects) >= at_least, "a tenant does not see what is theirs"


def create(items: list[dict[str, Any]]) -> Call:
    return Call("create_tasks", items=items)


@pytest.fixture
async def pool(database: Database) -> AsyncGenerator[Pool]:
    owner = await database.connect()
    await owner.execute(_LOOK)
    pool = Pool(database.dsn("devos_login"), name="devos pool", size=CONNECTIONS)
    await pool.open()
    yield pool
    await pool.close()


async def settle(database: Database, pool: Pool) -> list[Tenant]:
    """Fifty people, each with a project and its first tasks."""
    owner = await database.connect()
    tenants: list[Tenant] = []
    for _ in range(TENANTS):
        user, session = uuid4(), uuid4()
        await owner.execute(
            "insert into auth.users (id, email) values ($1, $2)", user, f"{user}@example.test"
        )
        await owner.execute("insert into auth.sessions (id, user_id) values ($1, $2)", session, user)
        await owner.execute("update public.user_roles set role = 'supervisor' where user_id = $1", user)
        person = Caller("authenticated", user_id=user, session_id=session)
        made = read_json((await pool.call_as(person, Call("create_project", name=str(user))))[0])
        tenant = Tenant(user, session, UUID(made["id"]))
        item = {"project_id": made["id"], "kind": "code_review", "title": f"{user}:first"}
        await pool.call_as(person, create([item] * ROWS))
        tenants.append(tenant)
    return tenants


async def test_no_request_meets_the_context_of_another(database: Database, pool: Pool) -> None:
    tenants = await settle(database, pool)
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    load = Load(pool, random.Random(12))
    await asyncio.gather(*(load.run(tenant, REQUESTS // TENANTS) for tenant in tenants))
    counts = load.counts

    assert load.errors == []
    assert counts["foreign rows"] == 0
    assert complaints == []

    owner = await database.connect()
    strayed = """
        select (select count(*) from public.tasks t join public.project_members m using (project_id)
                 where split_part(t.title, ':', 1) <> m.user_id::text)
             + (select count(*) from public.events e join public.project_members m using (project_id)
                 where e.actor_id is distinct from m.user_id)"""
    assert await owner.fetchval(strayed) == 0
    titles = {row[0] for row in await owner.fetch("select title from public.tasks")}
    assert load.kept <= titles, "an answered request left no row"
    left = await owner.fetch("select state from pg_stat_activity where application_name = 'devos pool'")
    assert [row[0] for row in left] == ["idle"] * CONNECTIONS

    # What was cut off as late as in its COMMIT has its row all the same. Without these the test was idle.
    counts["cut commit"] = len(load.cut & titles)
    print(dict(counts), f"a connection is held for {load.seconds * 1000:.1f} ms")
    served = sum(number for name, number in counts.items() if name.startswith("served"))
    cut = sum(counts[f"cut {phase}"] for phase in ("waiting", "begin", "later"))
    assert served >= 0.8 * REQUESTS, counts
    assert cut >= 0.1 * REQUESTS, counts
    for phase in ("waiting", "begin", "later", "commit"):
        assert counts[f"cut {phase}"] >= 10, counts
    assert counts["own rows"] > 0.5 * REQUESTS, counts
