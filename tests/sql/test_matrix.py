"""Who may do what to which table and function; what a stranger sees; what an agent sees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.sql.acting import KIND, charge, complete
from tests.sql.matrix import EXECUTE, cells
from tests.support.scene import add_api_token, add_project_token, add_registration_token, add_secret
from tests.support.world import Actor, World

TABLES = """select format('%I.%I', n.nspname, c.relname)
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f')"""


@pytest.fixture
async def full(world: World) -> World:
    """A row of ours in every table, and of the strangers in most."""
    for person, agent, project in [
        (world.supervisor, world.agent, world.project),
        (world.stranger, world.stranger_agent, world.stranger_project),
    ]:
        await fill(world, person, agent, project)
    await world.worker.call("private.index_tasks")
    return world


async def fill(world: World, person: Actor, agent: Actor, project: UUID) -> None:
    """Two tasks, one ended and one held, with all that they leave behind."""
    forge_id = str(project.int)[:20]
    await person.call(
        "create_repository",
        project_id=project,
        forge="github",
        external_id=forge_id,
        full_name=f"owner/{forge_id}",
        clone_url="https://example.test/a.git",
    )
    await person.call("create_team", name="team")
    service = await person.call("create_service", project_id=project, name="model", limit=5)
    item = {"project_id": str(project), "kind": "code_review", "title": "Review"}
    await person.call("create_tasks", items=[item])
    again = {"name": "nightly", "cron": "0 3 * * *", "task": {"kind": "code_review", "title": "Review"}}
    kept = await person.call("create_schedule", project_id=project, schedule=again)
    await person.call("run_schedule", schedule_id=UUID(kept["id"]))
    ended, held = await agent.call("claim_tasks", kinds=KIND, limit=2)
    for task in (ended, held):
        who = {"task_id": UUID(task["id"]), "lease_token": task["lease_token"]}
        await charge(agent, task, service, "0.10")
        await agent.call("write_task_logs", **who, lines=[{"level": "info", "message": "done"}])
        await agent.call("save_step", **who, name="fetch", output={"files": 3})
        await agent.call("create_successor", **who, item={"kind": "lint", "title": "Next"})
        blob = await agent.call("begin_artifact", **who, name="a.txt")
        await agent.call(
            "store_artifact",
            **who,
            blob_id=UUID(blob),
            name="a.txt",
            media_type="text/plain",
            size_bytes=1,
            sha256="0" * 64,
        )
        await agent.call(
            "post_feedback",
            **who,
            key="k",
            repository=f"owner/{forge_id}",
            number=7,
            kind="comment",
            content={"body": "x"},
        )
    await complete(agent, ended)
    await person.call(
        "create_tasks",
        items=[
            {"project_id": str(project), "kind": "lint", "title": title, "ref": title, "depends_on": waits}
            for title, waits in (("first", []), ("second", [{"ref": "first"}]))
        ],
    )
    await person.call("set_kind", project_id=project, name="lint", kind={"title": "Lint"})
    limit = {"name": "few", "scope": "key", "max_running": 3, "rate_count": 3, "rate_seconds": 60}
    await person.call("create_limit", project_id=project, limit=limit)
    await person.call("create_tasks", items=[{**item, "kind": "lint", "concurrency_key": "k"}])
    await complete(agent, *await agent.call("claim_tasks", kinds=["lint"], limit=1))
    await world.login.call("private.touch_agents", ids=[agent.id])
    await add_registration_token(person, project)
    await add_api_token(person, "tasks:read")
    await add_project_token(person, project)
    await add_secret(person, project)
    await world.webhook.call(
        "receive_webhook",
        forge="github",
        delivery_id=forge_id,
        event="pull_request",
        repository_external_id=forge_id,
        body=forge_id.encode(),
    )
    await person.call(
        "create_invitation",
        email="ada@example.test",
        role="viewer",
        team_id=None,
        project_id=project,
        expires_in_days=7,
        token_id=f"invitation {forge_id}",
        token_hash=bytes(32),
    )
    await world.admin.call("set_agent_broker", agent_id=agent.id, is_allowed=True)
    await world.login.call(
        "private.keep_broker_user",
        agent_key_id=await world.owner.value(
            "select id from private.agent_keys where agent_id = $1", agent.id
        ),
        key_id="key",
        sealed=b"sealed",
    )
    await world.login.call(
        "private.recall_answer", caller=f"authenticated:{person.id}", route="x", key="k", body_digest=b"x"
    )


async def plain_columns(world: World) -> dict[str, str]:
    """Of each table, a column that an UPDATE may name."""
    rows = await world.owner.fetch(
        """select table_schema || '.' || table_name, quote_ident(min(column_name))
             from information_schema.columns
            where table_schema in ('public', 'private') and is_identity = 'NO' group by 1"""
    )
    return dict(tuple(row) for row in rows)


async def outcome(actor: Actor, sql: str) -> str:
    """rows, none or denied; the change is undone."""
    connection = await actor.connection()
    plot = connection.transaction()
    await plot.start()
    try:
        if actor.caller is not None:
            await connection.execute(actor.caller.begin.removeprefix("begin; "))
        tag = await connection.execute(sql)
    except asyncpg.InsufficientPrivilegeError:
        return "denied"
    finally:
        await plot.rollback()
    return "none" if tag.endswith(" 0") else "rows"


def actor_of(world: World, role: str) -> Actor:
    names = {"integration": "webhook", "devos_login": "login", "devos_worker": "worker"}
    return getattr(world, names.get(role, role))


async def test_every_table_is_in_the_matrix(world: World) -> None:
    assert {row[0] for row in await world.owner.fetch(TABLES)} == cells().keys()


async def test_every_cell_is_as_it_is_written(full: World) -> None:
    columns = await plain_columns(full)
    wrong: list[str] = []
    for table, row in cells().items():
        tries = {
            "select": f"select * from {table}",
            "insert": f"insert into {table} default values",
            "update": f"update {table} set {columns[table]} = {columns[table]}",
            "delete": f"delete from {table}",
        }
        for role, verbs in row.items():
            for verb, written in verbs.items():
                found = await outcome(actor_of(full, role), tries[verb])
                if found != written:
                    wrong.append(f"{role} {verb} {table}: {found}, and not {written}")
    assert wrong == []


async def test_every_function_is_executed_by_whom_it_is_written_for(world: World) -> None:
    callers = ["anon", "authenticated", "agent", "integration", "devos_login", "devos_worker"]
    rows = await world.owner.fetch(
        """select format('%I.%I', n.nspname, p.proname),
                  array(select r from unnest($1::name[]) r
                         where has_function_privilege(r, p.oid, 'execute'))::text[]
             from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('public', 'private')""",
        callers,
    )
    assert {function: set(roles) for function, roles in map(tuple, rows) if roles} == EXECUTE


async def ours(world: World, table: str) -> set[str]:
    """The rows that belong to our project or its people and agents, as the database would show them."""
    ids = [world.project, world.supervisor.id, world.viewer.id, world.agent.id, world.other_agent.id]
    more = await world.owner.fetch(
        """select id from public.tasks where project_id = $1 union select id from public.service_registry
            where project_id = $1 union select id from public.repositories where project_id = $1 union
           select id from public.webhook_deliveries where project_id = $1 union
           select id from public.pull_request_feedback where project_id = $1 union
           select team_id from public.team_members where user_id = $2""",
        world.project,
        world.supervisor.id,
    )
    ids += [row[0] for row in more]
    rows = await world.owner.fetch(
        f"select to_jsonb(t)::text as row from {table} t where to_jsonb(t)::text ~ any ($1::text[])",
        [str(one) for one in ids],
    )
    return {row["row"] for row in rows}


async def seen(actor: Actor, table: str) -> set[str]:
    return {row[0] for row in await actor.fetch(f"select to_jsonb(t)::text from {table} t")}


def readable(role: str) -> list[str]:
    """The tables that a role may select from; the rules of the state machines belong to nobody."""
    return [
        table
        for table, row in cells().items()
        if row[role]["select"] != "denied" and table != "public.state_transitions"
    ]


async def test_a_stranger_sees_no_row_of_ours(
    full: World, as_stranger: Actor, as_stranger_agent: Actor
) -> None:
    for actor, role in [(as_stranger, "supervisor"), (as_stranger_agent, "agent")]:
        for table in readable(role):
            mine = await ours(full, table)
            assert mine, f"{table} holds nothing of ours: the test is idle"
            assert not mine & await seen(actor, table), table
            assert await seen(actor, table), f"a stranger sees nothing of its own in {table}"


async def test_an_admin_sees_what_is_everybodys(full: World, as_admin: Actor) -> None:
    for table in readable("supervisor"):
        assert await ours(full, table) <= await seen(as_admin, table), table


async def test_an_agent_sees_itself_and_its_own_work_and_nothing_else(
    full: World, as_agent: Actor, as_other_agent: Actor
) -> None:
    me, mine = str(as_agent.id), "select to_jsonb(t)::text from {} t where t.{} = $1"
    own = {
        "public.agents": "id",
        "public.agent_projects": "agent_id",
        "public.agent_heartbeats": "agent_id",
        "public.tasks": "agent_id",
        "public.task_attempts": "agent_id",
        "public.service_charges": "agent_id",
    }
    of_held = {
        "public.schedule_runs",
        "public.task_artifacts",
        "public.task_log_counts",
        "public.task_logs",
        "public.task_steps",
    }
    assert {*own, *of_held} == set(readable("agent"))
    for table, column in own.items():
        expected = {row[0] for row in await full.owner.fetch(mine.format(table, column), as_agent.id)}
        assert expected
        assert await seen(as_agent, table) == expected, table
        assert not any(me in row for row in await seen(as_other_agent, table)), table
    (held,) = await as_agent.fetch("select id from public.tasks")
    for table in of_held:
        logs = await as_agent.fetch(f"select distinct task_id from {table}")
        assert [row[0] for row in logs] == [held[0]], table
        assert await seen(as_other_agent, table) == set(), table


@pytest.mark.parametrize("login", ["devos_login", "devos_worker"])
async def test_a_login_becomes_only_what_it_should(full: World, login: str) -> None:
    connection = await full.database.connect(login)
    roles = [
        row[0] for row in await full.owner.fetch("select rolname from pg_roles where rolname <> $1", login)
    ]
    may: set[str] = set()
    for role in roles:
        try:
            await connection.execute(f'set role "{role}"')
        except asyncpg.InsufficientPrivilegeError:
            continue
        may.add(role)
        await connection.execute("reset role")
    everyone: dict[str, Any] = {"devos_login": {"anon", "authenticated", "agent", "integration"}}
    assert may == everyone.get(login, set())
