"""A caller's temporary objects, named like all that our definer functions name, are never run nor read."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from tests.sql.acting import KIND, charge, complete
from tests.sql.matrix import EXECUTE
from tests.support.scene import add_artifact
from tests.support.world import Actor, World

HIJACKED = "HIJAK"
# A trigger cannot be called, and a caller without the right never gets inside.
_OUTSIDE = {"42804", "42501"}
# Triggers that do nothing but refuse: what Postgres counts are calls that come back.
_REFUSALS = {
    "private.refuse_change": "update public.events set type = type",
    "private.refuse_transition": "update public.tasks set state = 'needs_qa' where state = 'completed'",
}
# To its maker it is harmless. Run with the rights of an owner of ours, it is the attack that succeeded.
_PLANT = """
create function pg_temp.hijack(p_what text) returns boolean language plpgsql as $$
begin
    if current_user in ('devos_owner', 'devos_api', 'devos_lookup', 'devos_journal', 'devos_jobs') then
        raise exception 'ran % as %', p_what, current_user using errcode = 'HIJAK';
    end if;
    return true;
end
$$;
create temp table planted (kind text);
"""

# Functions and operators come first: the names of types that stand in their signatures are taken afterwards.
_POISON = """
do $poison$
declare
    v_words text[] := array(
        select distinct w[1] from pg_catalog.pg_proc p
         cross join lateral pg_catalog.regexp_matches(p.prosrc, '[a-z_][a-z0-9_]*', 'g') w
         where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace));
    v_made record;
begin
    for v_made in
        select 'function' as kind, pg_catalog.format(
                   'create function pg_temp.%I(%s) returns %s language plpgsql as '
                   '$$ begin perform pg_temp.hijack(%L); end $$',
                   p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid),
                   pg_catalog.pg_get_function_result(p.oid), p.oid::regprocedure) as statement
          from pg_catalog.pg_proc p
         where p.proname = any (v_words) and p.prokind in ('f', 'a')
        union all
        select 'operator', pg_catalog.format(
                   'create function pg_temp.%I(%s, %s) returns %s language plpgsql as '
                   '$$ begin perform pg_temp.hijack(%L); end $$;'
                   'create operator pg_temp.%s (leftarg = %s, rightarg = %s, function = pg_temp.%I)',
                   'operator_' || o.oid, o.oprleft::regtype, o.oprright::regtype, o.oprresult::regtype,
                   o.oid::regoperator,
                   o.oprname, o.oprleft::regtype, o.oprright::regtype, 'operator_' || o.oid)
          from pg_catalog.pg_operator o
         where o.oprname in ('=', '<>', '<', '>', '<=', '>=', '+', '-', '||', '->', '->>', '<@', '@>')
           and o.oprleft <> 0
        union all
        select 'relation', pg_catalog.format(
                   'create temp view %I as select 1 as id where pg_temp.hijack(%L)',
                   c.relname, c.oid::regclass)
          from pg_catalog.pg_class c
         where c.relname = any (v_words) and c.relkind in ('r', 'p', 'v')
           and c.relnamespace <> pg_catalog.pg_my_temp_schema()
        union all
        select 'type', pg_catalog.format(
                   'create domain pg_temp.%I as %I.%I check (pg_temp.hijack(%L))',
                   t.typname, t.typnamespace::regnamespace::text, t.typname, 'type ' || t.typname)
          from pg_catalog.pg_type t
         where t.typname = any (v_words) and t.typtype in ('b', 'e') and t.typname <> 'name'
    loop
        begin
            execute v_made.statement;
            insert into pg_temp.planted select v_made.kind;
        exception when others then
            null;  -- not everything can be imitated: pseudo-types, and what two schemas name alike
        end;
    end loop;
end
$poison$
"""


async def poison(actor: Actor, role: str) -> dict[str, int]:
    """Plant in the session of a caller, as their role; how much of each kind."""
    connection = await actor.connection()
    await connection.execute(f"set role {role}")
    await connection.execute(_PLANT)
    await connection.execute(_POISON)
    planted = await connection.fetch("select kind, count(*) from pg_temp.planted group by 1")
    await connection.execute("reset role")
    return {row["kind"]: row["count"] for row in planted}


@pytest.fixture
async def counted(world: World) -> World:
    """A world in which Postgres counts the calls of each function."""
    await world.owner.fetch(f"alter database {world.database.name} set track_functions = 'all'")
    return world


def callers(world: World) -> dict[str, Actor]:
    """Each role that may call a function of ours, by one who has it."""
    return {
        "authenticated": world.supervisor.twin(),
        "agent": world.agent.twin(),
        "integration": world.webhook.twin(),
        "devos_login": world.login.twin(),
        "devos_worker": world.worker.twin(),
    }


async def attempt(actor: Actor, sql: str) -> str:
    """The SQLSTATE that a statement ends with; what it did is undone."""
    connection = await actor.connection()
    plot = connection.transaction()
    await plot.start()
    try:
        if actor.caller is not None:
            await connection.execute(actor.caller.begin.removeprefix("begin; "))
        await connection.execute(sql)
    except asyncpg.PostgresError as exc:
        return exc.sqlstate or ""
    finally:
        await plot.rollback()
    return "00000"


async def work(world: World, by: dict[str, Actor]) -> None:
    """What people, agents, webhooks and the worker do in a day, each in their poisoned session."""
    person, agent, login, worker = (
        by[role] for role in ("authenticated", "agent", "devos_login", "devos_worker")
    )
    await person.call("create_project", name="poisoned")
    await person.call(
        "create_repository",
        project_id=world.project,
        forge="github",
        external_id="7",
        full_name="owner/name",
        clone_url="https://example.test/a.git",
    )
    service = await person.call("create_service", project_id=world.project, name="model", limit=1)
    item = {"project_id": str(world.project), "kind": KIND[0], "title": "Review"}
    made = await person.call("create_tasks", items=[item] * 4)
    assert person.caller is not None
    asked = {"claims": person.caller.claims, "caller": person.caller.key, "route": "r", "key": "k"}
    later = {**item, "run_at": "2199-01-01"}
    await login.call("private.create_tasks_once", **asked, body_digest=b"\1" * 32, items=[later])
    await person.call("cancel_task", task_id=UUID(made[3]["id"]))
    ended, failed, given = await agent.call("claim_tasks", kinds=KIND, limit=3)
    held = {"task_id": UUID(ended["id"]), "lease_token": ended["lease_token"]}
    await charge(agent, ended, service, "0.10")
    await charge(agent, ended, service, "5.00")
    await agent.call("dispatch", service_id=UUID(service["id"]), **held)
    await person.call("increase_budget", service_id=UUID(service["id"]), amount=9, reason="more")
    await agent.call("write_task_logs", **held, lines=[{"level": "info", "message": "done"}])
    await agent.call("write_progress", **held, progress=0.5)
    await agent.call("save_checkpoint", **held, checkpoint={})
    await agent.call("extend_leases", leases=[{"task_id": ended["id"], "lease_token": ended["lease_token"]}])
    await add_artifact(agent, ended, "a")
    feedback = {"key": "k", "repository": "owner/name", "number": 7, "kind": "comment"}
    await agent.call("post_feedback", **held, **feedback, content={"body": "x"})
    await complete(agent, ended)
    for task, verb in ((failed, "fail_tasks"), (given, "release_tasks")):
        await agent.call(verb, items=[{"task_id": task["id"], "lease_token": task["lease_token"]}])
    await by["integration"].call(
        "receive_webhook",
        forge="github",
        delivery_id="1",
        event="pull_request",
        repository_external_id="7",
        body=b"{}",
    )
    await login.call(
        "private.open_session", user_id=person.id, refresh_token="x" * 64, user_agent="x", ip=None
    )
    await worker.call("reap_expired_leases")
    await worker.call("private.due_topics", topics=["feedback.queued"])
    (queued,) = await worker.fetch("select * from private.take_outbox(array['feedback.queued'], 1)")
    await worker.call("private.finish_outbox", id=queued["id"])
    await worker.call("private.relay_hints")


async def test_no_definer_function_runs_or_reads_what_its_caller_planted(counted: World) -> None:
    by = callers(counted)
    deployer = counted.owner.twin()
    for role, actor in [*by.items(), ("authenticated", deployer)]:
        planted = await poison(actor, role)
        assert planted.keys() == {"function", "operator", "relation", "type"}
        assert min(planted.values()) >= 5, planted
    functions = await counted.owner.fetch(
        "select format('%I.%I', pronamespace::regnamespace, proname), pronargs from pg_proc"
        " where prosecdef and pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
    )
    ended: dict[tuple[str, str], str] = {}
    for function, arguments in functions:
        call = f"select * from {function}({', '.join(['null'] * arguments)})"
        # The deployer stands for those that only other functions call.
        for role in EXECUTE.get(function, set()):
            ended[function, role] = await attempt(by[role], call)
        ended[function, "deployer"] = await attempt(deployer, call)
    assert {call: state for call, state in ended.items() if state == HIJACKED} == {}
    try:
        await work(counted, by)
    except asyncpg.PostgresError as exc:
        raise AssertionError(f"a poisoned session is served otherwise: {exc.sqlstate} {exc}") from exc
    new_person = "insert into auth.users (id, email) values (gen_random_uuid(), 'new@example.test')"
    assert await attempt(deployer, new_person) == "00000"
    for function, change in _REFUSALS.items():
        assert (await attempt(deployer, change))[:2] in {"PT", "23"}, function
    entered = {function for (function, _), state in ended.items() if state not in _OUTSIDE}
    assert await definers_not_run(counted) - entered == _REFUSALS.keys()


async def definers_not_run(world: World) -> set[str]:
    """Definer functions without a call so far; what a session counted is seen when it has ended."""
    await world.database.close()
    owner = await world.database.connect()
    rows = await owner.fetch(
        "select format('%I.%I', p.pronamespace::regnamespace, p.proname) from pg_proc p"
        " where p.prosecdef and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
        " and not exists (select from pg_stat_user_functions f where f.funcid = p.oid and f.calls > 0)"
    )
    return {row[0] for row in rows}
