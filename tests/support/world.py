"""A small world in a fresh database, and actors that act in it through the roles of the product."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from control_plane.db.caller import Caller
from control_plane.platform.postgres import EmbeddedPostgres

REVIEW = {"repository": "acme/parcel-rates", "number": 7, "head_sha": "a" * 40}
"""An input that fits the built-in code_review: the API holds it against that."""


@contextmanager
def refused(sqlstate: str, code: str | None = None) -> Generator[None]:
    """The block is refused with this SQLSTATE and, for our own refusals, this machine code."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        yield
    told = caught.value
    assert (told.sqlstate, getattr(told, "detail", None)) == (sqlstate, code), f"{told.sqlstate} {told}"


class Database:
    """A database of its own for one test."""

    def __init__(self, cluster: EmbeddedPostgres, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self._open: list[asyncpg.Connection] = []

    def dsn(self, user: str = "postgres") -> str:
        return self.cluster.dsn(user, self.name)

    async def connect(self, user: str = "postgres") -> asyncpg.Connection:
        """A new connection, closed with the database."""
        connection = await asyncpg.connect(self.dsn(user))
        await connection.set_type_codec(
            "jsonb", encoder=json.dumps, decoder=_read_json, schema="pg_catalog", format="text"
        )
        self._open.append(connection)
        return connection

    async def close(self) -> None:
        for connection in self._open:
            await connection.close(timeout=5)


def _read_json(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@dataclass
class Actor:
    """Somebody who calls functions: a login, and the caller it becomes for each call."""

    database: Database
    login: str
    caller: Caller | None = None
    id: UUID | None = None
    _connection: asyncpg.Connection | None = field(default=None, repr=False)

    async def connection(self) -> asyncpg.Connection:
        if self._connection is None:
            self._connection = await self.database.connect(self.login)
        return self._connection

    def twin(self) -> Actor:
        """The same actor on a connection of its own, for races."""
        return Actor(self.database, self.login, self.caller, self.id)

    async def call(self, function: str, **arguments: object) -> Any:
        """Call a function in a transaction of its own; its one value, or the list of its rows."""
        schema, _, name = function.rpartition(".")
        named = ", ".join(f"p_{argument} => ${nr}" for nr, argument in enumerate(arguments, start=1))
        rows = await self.fetch(
            f"select to_jsonb(answer) as answer from {schema or 'public'}.{name}({named}) answer",
            *arguments.values(),
        )
        answers = [row["answer"] for row in rows]
        return answers[0] if len(answers) == 1 else answers

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Run SQL in a transaction of its own, with the role and claims of this actor."""
        connection = await self.connection()
        async with connection.transaction():
            if self.caller is not None:
                await connection.execute(self.caller.begin.removeprefix("begin; "))
            return await connection.fetch(sql, *arguments)

    async def value(self, sql: str, *arguments: object) -> Any:
        """The first value of the first row."""
        rows = await self.fetch(sql, *arguments)
        return rows[0][0] if rows else None


@dataclass
class World:
    """Two projects; people and agents of the first, and strangers of the second."""

    database: Database
    owner: Actor
    admin: Actor
    supervisor: Actor
    viewer: Actor
    stranger: Actor
    agent: Actor
    other_agent: Actor
    stranger_agent: Actor
    anon: Actor
    webhook: Actor
    worker: Actor
    login: Actor
    project: UUID
    stranger_project: UUID
    agent_key: str

    async def task(self, **fields: Any) -> Any:
        """A new task of the project."""
        item = {"project_id": str(self.project), "kind": "code_review", "title": "Review", **fields}
        return await self.supervisor.call("create_tasks", items=[item])

    async def claimed(self, *, by: Actor | None = None, lease_seconds: int = 60, **fields: Any) -> Any:
        """A new task, claimed by the agent: the claim's answer."""
        made = await self.task(**fields)
        (claimed,) = await (by or self.agent).call(
            "claim_tasks", kinds=[made["kind"]], limit=1, lease_seconds=lease_seconds
        )
        assert claimed["id"] == made["id"], "another task stood in front"
        return claimed

    async def service(self, name: str = "model-a", limit: str = "1.00", substitute: Any = None) -> Any:
        """A new service of the project."""
        return await self.supervisor.call(
            "create_service",
            project_id=self.project,
            name=name,
            limit=Decimal(limit),
            substitute_id=UUID(substitute["id"]) if substitute else None,
        )

    async def expire(self, task_id: str) -> None:
        """Let the lease of a task pass, as time would."""
        await self.owner.fetch(
            "update public.tasks set lease_expires_at = now() - interval '1 second' where id = $1",
            UUID(task_id),
        )


async def build_world(database: Database) -> World:
    """People, projects and agents, made as the product makes them; only people are inserted by hand."""
    owner = Actor(database, "postgres")
    admin = await new_person(owner, "admin")
    supervisor = await new_person(owner, "supervisor")
    viewer = await new_person(owner, "viewer")
    stranger = await new_person(owner, "supervisor")
    project = UUID((await supervisor.call("create_project", name="ours"))["id"])
    stranger_project = UUID((await stranger.call("create_project", name="theirs"))["id"])
    assert viewer.id is not None
    await owner.fetch(
        "insert into public.project_members (project_id, user_id) values ($1, $2)", project, viewer.id
    )
    agent, key = await new_agent(supervisor, "agent", project)
    other_agent, _ = await new_agent(supervisor, "other agent", project)
    stranger_agent, _ = await new_agent(stranger, "stranger agent", stranger_project)
    return World(
        database=database,
        owner=owner,
        admin=admin,
        supervisor=supervisor,
        viewer=viewer,
        stranger=stranger,
        agent=agent,
        other_agent=other_agent,
        stranger_agent=stranger_agent,
        anon=Actor(database, "devos_login", Caller("anon")),
        webhook=Actor(database, "devos_login", Caller("integration")),
        worker=Actor(database, "devos_worker"),
        login=Actor(database, "devos_login"),
        project=project,
        stranger_project=stranger_project,
        agent_key=key,
    )


async def new_person(owner: Actor, role: str) -> Actor:
    """Somebody who signed up and has a role."""
    user, session = uuid4(), uuid4()
    await owner.fetch(
        "insert into auth.users (id, email, email_confirmed_at) values ($1, $2, now())",
        user,
        f"{user}@example.test",
    )
    await owner.fetch("update public.user_roles set role = $2 where user_id = $1", user, role)
    await owner.fetch("insert into auth.sessions (id, user_id) values ($1, $2)", session, user)
    caller = Caller("authenticated", user_id=user, session_id=session)
    return Actor(owner.database, "devos_login", caller, user)


async def new_agent(person: Actor, name: str, *projects: UUID) -> tuple[Actor, str]:
    """An agent of some projects, and its key."""
    key = f"devos_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"
    registered = await person.call(
        "register_agent",
        name=name,
        project_ids=list(projects),
        capabilities=["code-review"],
        key_id=key.split("_")[1],
        key_hash=hashlib.sha256(key.encode()).digest(),
    )
    agent = UUID(registered["id"])
    return Actor(person.database, "devos_login", Caller("agent", agent_id=agent), agent), key
