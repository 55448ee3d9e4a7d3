"""The lints of sql/lint: each has caught a planted fault, and the product has none."""

from __future__ import annotations

import re
from pathlib import Path

from control_plane.platform.paths import sql_dir
from tests.support.world import Database

LINTS = {path.stem: path.read_text() for path in sorted((Path(sql_dir()) / "lint").glob("*.sql"))}

_DEFINER = """create function {} returns int language sql security definer {} as 'select 1';
              alter function {} owner to {}"""


def definer(name: str, path: str, owner: str) -> str:
    return _DEFINER.format(name, path, name, owner)


GOOD_PATH = "set search_path = pg_catalog, pg_temp"
TABLE = "create table public.planted (id int); alter table public.planted owner to devos_owner;"
CHILD = TABLE + "alter table public.planted add column project_id uuid references public.projects on delete "

# Every plant is what a hurried change could do; a lint may have several.
PLANTS: dict[str, list[str]] = {
    "client_private_usage": [
        "grant usage on schema private to authenticated",
        "grant usage on schema private to public",
    ],
    "client_writes": [
        "grant insert on public.tasks to authenticated",
        "grant update on public.service_registry to agent",
        "grant update (spent) on public.service_registry to agent",
        "grant delete on public.events to integration",
        "grant truncate on public.task_logs to anon",
        "grant insert on public.tasks to public",
        "grant usage on sequence private.lease_tokens to agent",
        "grant update on private.outbox to devos_worker",
    ],
    "definer_owner": [
        definer("public.planted()", GOOD_PATH, "devos_owner"),
        definer("private.planted()", GOOD_PATH, "devos_migrator"),
        definer("public.planted()", GOOD_PATH, "postgres"),
    ],
    "definer_search_path": [
        definer("public.planted()", "", "devos_api"),
        definer("private.planted()", "set search_path = pg_catalog", "devos_lookup"),
        definer("private.planted()", "set search_path = pg_temp, pg_catalog", "devos_lookup"),
        definer("private.planted()", "set search_path = public, pg_temp", "devos_lookup"),
    ],
    "foreign_keys_index": [
        CHILD + "cascade",
        CHILD + "set null",
        CHILD + "cascade; create index on public.planted (id, project_id)",
        CHILD + "cascade; create index on public.planted (project_id) where id > 0",
    ],
    "functions_comment": [
        "create function private.planted() returns int language sql as 'select 1'",
        "comment on function public.charge_service is null",
    ],
    "functions_owner": [
        "alter function public.create_project owner to postgres",
        "alter function public.create_project owner to devos_migrator",
        definer("private.planted()", GOOD_PATH, "devos_owner"),
        "create function public.planted() returns int language sql as 'select 1'",
    ],
    "functions_public_execute": [
        "grant execute on function public.create_tasks to public",
        "create function private.planted() returns int language sql as 'select 1'",
    ],
    "grants_public": [
        "grant select on public.projects to public",
        "grant select on sequence private.lease_tokens to public",
    ],
    "policies_public": [
        "create policy planted on public.tasks for select using (project_id is null)",
    ],
    "policies_unwrapped_helpers": [
        "create policy planted on public.tasks for select to agent using (agent_id = private.my_agent_id())",
        "create policy planted on public.tasks for insert to devos_api"
        " with check (project_id = any (private.my_project_ids()))",
        "create policy planted on public.tasks for select to agent"
        " using (agent_id = (select private.my_agent_id()) or agent_id = private.my_agent_id())",
        "create policy planted on public.tasks for select to agent"
        " using (exists (select from public.agents a where a.id = private.my_agent_id()))",
    ],
    "roles_attributes": [
        "alter role devos_api bypassrls",
        "alter role agent superuser",
        "alter role devos_login createrole",
    ],
    "roles_membership": [
        "grant devos_owner to agent",
        "grant devos_api to devos_login",
        "grant service_role to devos_login",
        "grant agent to authenticated",
        "grant pg_read_all_data to devos_worker",
    ],
    "tables_comment": [TABLE, "comment on table public.tasks is ''"],
    "tables_owner": [
        "create table public.planted (id int)",
        "alter table public.tasks owner to devos_api",
        "create sequence private.planted",
    ],
    "tables_row_security": [
        TABLE,
        "alter table public.tasks no force row level security",
        "alter table private.agent_keys disable row level security",
        "create table private.planted (id int)",
    ],
    "views_security_invoker": [
        "create view private.planted as select * from public.tasks",
        "create view public.planted with (security_invoker = false) as select * from public.tasks;"
        "alter view public.planted owner to devos_api",
        "create materialized view private.planted as select * from public.tasks",
    ],
}


async def test_the_product_satisfies_every_lint(database: Database) -> None:
    owner = await database.connect()
    found = {lint: [dict(row) for row in await owner.fetch(query)] for lint, query in LINTS.items()}
    assert {lint: rows for lint, rows in found.items() if rows} == {}


async def test_every_lint_finds_each_of_its_planted_faults(database: Database) -> None:
    owner = await database.connect()
    missed: list[tuple[str, str]] = []
    for lint, plants in PLANTS.items():
        for plant in plants:
            plot = owner.transaction()
            await plot.start()
            await owner.execute(plant)
            if not await owner.fetch(LINTS[lint]):
                missed.append((lint, plant))
            await plot.rollback()
    assert missed == []


def test_every_lint_has_a_planted_fault() -> None:
    assert PLANTS.keys() == LINTS.keys()
    assert all(PLANTS.values())


def test_a_lint_is_one_query_and_says_why_in_its_first_line() -> None:
    for lint, text in LINTS.items():
        assert re.fullmatch(r"-- [^\n]+\nselect [^;]+\n", text), lint


async def test_a_callers_temporary_objects_do_not_hijack_a_definer_function(database: Database) -> None:
    """The attack that definer_search_path is there for, on a function with the fault and one without."""
    owner = await database.connect()
    body = (
        "returns bigint language sql security definer set search_path = {} as 'select count(*) from pg_class'"
    )
    for name, path in [("open", "pg_catalog"), ("closed", "pg_catalog, pg_temp")]:
        await owner.execute(f"create function public.{name}() {body.format(path)}")
        await owner.execute(f"grant execute on function public.{name}() to agent")
    attacker = await database.connect("devos_login")
    await attacker.execute(
        "set role agent; create temp table pg_class (id int); grant all on pg_class to public"
    )
    assert await attacker.fetchval("select public.open()") == 0
    assert await attacker.fetchval("select public.closed()") > 100
