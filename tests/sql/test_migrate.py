"""How a deploy behaves, shown on small trees of SQL that each test writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from control_plane.db.migrate import MigrationError, MigrationReport, dump_schema, migrate, plan
from control_plane.platform.postgres import EmbeddedPostgres

_ROLES = """-- as: deployer
do $$ begin create role devos_owner nologin; exception when duplicate_object then null; end $$;
do $$ begin create role devos_api nologin; exception when duplicate_object then null; end $$;
do $$ begin create role devos_migrator nologin; exception when duplicate_object then null; end $$;
create schema private authorization devos_owner;
grant usage on schema private to devos_api, devos_migrator;
grant usage, create on schema public to devos_owner, devos_api, devos_migrator;
"""
_ITEMS = """create table public.items (id int primary key, name text);
alter table public.items enable row level security;
alter table public.items force row level security;
grant all on public.items to devos_migrator;
"""
_POLICIES = """create policy items_all on public.items using (true);
grant select on public.items to devos_api;
"""
_COUNT = (
    "create function public.count_items() returns bigint language sql as $$ select public.all_items() $$;\n"
)
_ALL = """create function public.all_items() returns bigint language sql
as $$ select count(*) from public.items $$;
"""

_numbers = count(1)


class Tree:
    """A tree of SQL files in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("prelude/0001_base.sql", "create schema base;\n")
        self.write("migrations/0001_roles.sql", _ROLES)
        self.write("migrations/0002_items.sql", _ITEMS)
        self.write("logic/items/count_items.sql", _COUNT)
        self.write("logic/items/zz_all_items.sql", _ALL)
        self.write("logic/items/items.policies.sql", _POLICIES)
        self.write("lint/no_bad_tables.sql", "select relname from pg_class where relname like 'bad%'\n")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "sql")


@pytest.fixture
async def dsn(cluster: EmbeddedPostgres) -> AsyncGenerator[str]:
    """An empty database."""
    name = f"migrate_{next(_numbers)}"
    admin = await asyncpg.connect(cluster.dsn())
    await admin.execute(f"create database {name}")
    yield cluster.dsn(database=name)
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def ask(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_fresh_database_gets_everything_and_the_second_time_nothing(dsn: str, tree: Tree) -> None:
    first = await migrate(dsn, sql=tree.root)
    assert first == MigrationReport(["0001_roles.sql", "0002_items.sql"], logic_rebuilt=True)
    assert await ask(dsn, "select public.count_items()") == 0
    assert await ask(dsn, "select count(*) from pg_namespace where nspname = 'base'") == 1
    built = await ask(dsn, "select rebuilt_at from private.logic_digest")
    assert await migrate(dsn, sql=tree.root) == MigrationReport([], logic_rebuilt=False)
    assert await ask(dsn, "select rebuilt_at from private.logic_digest") == built


async def test_nothing_to_do_waits_for_no_lock(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    other = await asyncpg.connect(dsn)
    await other.execute("begin; lock table public.items in access exclusive mode; select pg_advisory_lock(1)")
    try:
        async with asyncio.timeout(5):
            assert (await migrate(dsn, sql=tree.root)).applied == []
    finally:
        await other.close()


async def test_tables_and_functions_belong_to_their_roles(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    assert await ask(dsn, "select tableowner from pg_tables where tablename = 'items'") == "devos_owner"
    assert (
        await ask(dsn, "select proowner::regrole::text from pg_proc where proname = 'count_items'")
        == "devos_api"
    )
    assert await ask(dsn, "select tableowner from pg_tables where tablename = 'migrations'") == "devos_owner"
    tree.write("logic/items/all_items2.sql", "-- as: devos_owner\n" + _ALL.replace("all_items", "all_items2"))
    await migrate(dsn, sql=tree.root)
    assert (
        await ask(dsn, "select proowner::regrole::text from pg_proc where proname = 'all_items2'")
        == "devos_owner"
    )


async def test_edited_logic_is_rebuilt_and_deleted_logic_is_gone(dsn: str, tree: Tree) -> None:
    tree.write(
        "logic/items/items_view.view.sql",
        "create view public.items_view as select public.all_items() as n;\n",
    )
    tree.write("logic/items/touch.sql", _TOUCH)
    tree.write("logic/items/items.triggers.sql", _TRIGGER)
    await migrate(dsn, sql=tree.root)
    for name in ("items_view.view.sql", "touch.sql", "items.triggers.sql", "items.policies.sql"):
        (tree.root / "logic" / "items" / name).unlink()
    tree.write("logic/items/count_items.sql", _COUNT.replace("public.all_items()", "41 + public.all_items()"))
    done = await migrate(dsn, sql=tree.root)
    assert done == MigrationReport([], logic_rebuilt=True)
    assert await ask(dsn, "select public.count_items()") == 41
    for gone in (
        "select count(*) from pg_views where viewname = 'items_view'",
        "select count(*) from pg_trigger where tgname = 'items_touch'",
        "select count(*) from pg_proc where proname = 'touch'",
        "select count(*) from pg_policies where tablename = 'items'",
        "select has_table_privilege('devos_api', 'public.items', 'select')::int",
    ):
        assert await ask(dsn, gone) == 0


_TOUCH = "create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;\n"
_TRIGGER = (
    "create trigger items_touch before insert on public.items for each row execute function public.touch();\n"
)


async def test_what_others_made_in_public_is_left_alone(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    await ask(dsn, "create function public.theirs() returns int language sql as 'select 7'")
    await ask(dsn, "create schema extensions")
    await ask(dsn, "create extension vector")
    tree.write("logic/items/count_items.sql", _COUNT + "-- changed\n")
    assert (await migrate(dsn, sql=tree.root)).logic_rebuilt
    assert await ask(dsn, "select public.theirs()") == 7
    assert await ask(dsn, "select '[1,2]'::vector <-> '[1,2]'::vector") == 0


async def test_an_edited_migration_stops_the_deploy(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    tree.write("migrations/0002_items.sql", _ITEMS + "-- harmless\n")
    with pytest.raises(MigrationError, match=r"0002_items.sql was edited after it was applied") as refusal:
        await migrate(dsn, sql=tree.root)
    assert "new migration" in refusal.value.hint


async def test_a_newer_schema_is_refused(dsn: str, tree: Tree) -> None:
    newer = tree.write("migrations/0003_newer.sql", "create table public.newer (id int);\n")
    await migrate(dsn, sql=tree.root)
    newer.unlink()
    with pytest.raises(
        MigrationError, match=r"0003_newer.sql, which this version of devos does not know"
    ) as refusal:
        await plan(dsn, sql=tree.root)
    assert "newer version" in refusal.value.hint


async def test_a_migration_before_an_applied_one_is_refused(dsn: str, tree: Tree) -> None:
    tree.write("migrations/0004_later.sql", "create table public.later (id int);\n")
    await migrate(dsn, sql=tree.root)
    tree.write("migrations/0003_earlier.sql", "create table public.earlier (id int);\n")
    with pytest.raises(MigrationError, match=r"0003_earlier.sql comes before 0004_later.sql"):
        await migrate(dsn, sql=tree.root)


@pytest.mark.parametrize("name", ["1_short.sql", "0003-dashes.sql", "0003_Upper.sql"])
async def test_a_migration_with_a_wrong_name_is_refused(name: str, dsn: str, tree: Tree) -> None:
    tree.write(f"migrations/{name}", "select 1;\n")
    with pytest.raises(MigrationError, match=r"is not like 0001_what_it_does.sql"):
        await migrate(dsn, sql=tree.root)


async def test_two_migrations_with_one_number_are_refused(dsn: str, tree: Tree) -> None:
    tree.write("migrations/0002_other.sql", "select 1;\n")
    with pytest.raises(MigrationError, match=r"0002_items.sql and 0002_other.sql have the same number"):
        await migrate(dsn, sql=tree.root)


async def test_a_lint_that_finds_something_rolls_everything_back(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    tree.write("migrations/0003_bad.sql", "create table public.bad_one (id int);\n")
    tree.write("logic/items/count_items.sql", _COUNT.replace("public.all_items()", "41::bigint"))
    with pytest.raises(MigrationError, match=r"lint/no_bad_tables.sql found 1: relname=bad_one"):
        await migrate(dsn, sql=tree.root)
    assert await ask(dsn, "select to_regclass('public.bad_one')") is None
    assert await ask(dsn, "select public.count_items()") == 0
    assert await ask(dsn, "select count(*) from private.migrations") == 2


async def test_a_faulty_file_is_named_with_its_line_and_rolls_everything_back(dsn: str, tree: Tree) -> None:
    tree.write(
        "migrations/0003_faulty.sql", "create table public.fine (id int);\n\ncreate tabel public.oops ();\n"
    )
    with pytest.raises(MigrationError, match=r'0003_faulty.sql:3: syntax error at or near "tabel"'):
        await migrate(dsn, sql=tree.root)
    assert await ask(dsn, "select count(*) from pg_namespace where nspname in ('private', 'base')") == 0


async def test_a_function_that_does_not_compile_rolls_everything_back(dsn: str, tree: Tree) -> None:
    tree.write("logic/items/zz_all_items.sql", _ALL.replace("public.items", "public.itmes"))
    with pytest.raises(MigrationError, match=r"public.all_items does not compile: .*itmes"):
        await migrate(dsn, sql=tree.root)
    assert await ask(dsn, "select to_regclass('public.items')") is None


async def test_a_file_that_commits_is_refused(dsn: str, tree: Tree) -> None:
    tree.write("migrations/0003_commits.sql", "create table public.fine (id int);\ncommit;\n")
    with pytest.raises(MigrationError, match=r"0003_commits.sql ended the transaction"):
        await migrate(dsn, sql=tree.root)


async def test_a_table_that_depends_on_logic_stops_the_deploy(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    await ask(dsn, "alter table public.items alter column name set default public.count_items()::text")
    tree.write("logic/items/count_items.sql", _COUNT + "-- changed\n")
    with pytest.raises(
        MigrationError, match="A table depends on a function of sql/logic: default value for column name"
    ):
        await migrate(dsn, sql=tree.root)


async def test_a_dry_run_finds_faults_and_changes_nothing(dsn: str, tree: Tree) -> None:
    before = await migrate(dsn, sql=tree.root, dry_run=True)
    assert before == MigrationReport(["0001_roles.sql", "0002_items.sql"], logic_rebuilt=True)
    assert await ask(dsn, "select to_regclass('public.items')") is None
    assert (await plan(dsn, sql=tree.root)).fresh
    tree.write("migrations/0003_faulty.sql", "select 1/0;\n")
    with pytest.raises(MigrationError, match="division by zero"):
        await migrate(dsn, sql=tree.root, dry_run=True)


async def test_a_hidden_row_is_an_error_for_migrations_and_visible_to_the_migrator(
    dsn: str, tree: Tree
) -> None:
    policies = """create policy items_all on public.items using (false);
create policy items_migrator on public.items to devos_migrator using (true);
"""
    tree.write("logic/items/items.policies.sql", policies)
    await migrate(dsn, sql=tree.root)
    await ask(dsn, "insert into public.items values (1, 'a')")
    update = "update public.items set name = 'b';\n"
    blind = tree.write("migrations/0003_blind.sql", update)
    with pytest.raises(MigrationError, match="query would be affected by row-level security"):
        await migrate(dsn, sql=tree.root)
    blind.unlink()
    tree.write("migrations/0003_sees.sql", "-- as: devos_migrator\n" + update)
    await migrate(dsn, sql=tree.root)
    assert await ask(dsn, "select name from public.items") == "b"
    assert await ask(dsn, "select count(*) from pg_policies where policyname = 'items_migrator'") == 1


async def test_a_file_outside_a_transaction_is_recorded_only_when_it_succeeds(dsn: str, tree: Tree) -> None:
    await migrate(dsn, sql=tree.root)
    await ask(dsn, "insert into public.items values (1, 'same'), (2, 'same')")
    text = "-- no-transaction\ncreate unique index concurrently items_name on public.items (name);\n"
    tree.write("migrations/0003_index.sql", text)
    with pytest.raises(MigrationError, match="could not create unique index"):
        await migrate(dsn, sql=tree.root)
    assert await ask(dsn, "select count(*) from private.migrations") == 2
    await ask(dsn, "drop index public.items_name")
    await ask(dsn, "delete from public.items where id = 2")
    assert (await migrate(dsn, sql=tree.root)).applied == ["0003_index.sql"]
    assert await ask(dsn, "select indisvalid from pg_index where indexrelid = 'items_name'::regclass") is True
    assert (await migrate(dsn, sql=tree.root)).applied == []


async def test_two_deploys_at_once_apply_each_migration_once(dsn: str, tree: Tree) -> None:
    tree.write("migrations/0003_slow.sql", "select pg_sleep(0.3);\ncreate table public.slow (id int);\n")
    reports = await asyncio.gather(migrate(dsn, sql=tree.root), migrate(dsn, sql=tree.root))
    assert sorted(len(report.applied) for report in reports) == [0, 3]


async def test_a_deploy_gives_up_waiting_for_another_one(dsn: str, tree: Tree) -> None:
    tree.write("migrations/0003_slow.sql", "select pg_sleep(2);\n")
    slow = asyncio.create_task(migrate(dsn, sql=tree.root))
    await asyncio.sleep(0.5)
    with pytest.raises(MigrationError, match="Another deploy of this database is still running"):
        await migrate(dsn, sql=tree.root, lock_wait_seconds=0.3)
    await slow


async def test_a_locked_table_is_told_and_nothing_changes(
    dsn: str, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_plane.db.migrate._LOCK_TIMEOUT", "200ms")
    await migrate(dsn, sql=tree.root)
    other = await asyncpg.connect(dsn)
    await other.execute("begin; lock table public.items in access share mode")
    tree.write("migrations/0003_column.sql", "alter table public.items add column extra int;\n")
    with pytest.raises(MigrationError, match="stayed locked for 200ms") as refusal:
        await migrate(dsn, sql=tree.root)
    assert "Run it again" in refusal.value.hint
    await other.close()
    assert (await migrate(dsn, sql=tree.root)).applied == ["0003_column.sql"]


async def test_a_database_that_is_not_there_is_told(cluster: EmbeddedPostgres, tree: Tree) -> None:
    with pytest.raises(MigrationError, match=r'cannot be reached: database "nowhere" does not exist'):
        await migrate(cluster.dsn(database="nowhere"), sql=tree.root)


async def test_the_schema_dump_is_the_same_for_the_same_schema(
    cluster: EmbeddedPostgres, dsn: str, tree: Tree
) -> None:
    await migrate(dsn, sql=tree.root)
    first = dump_schema(cluster.bin, dsn)
    tree.write("logic/items/count_items.sql", _COUNT + "-- a comment between functions\n")
    await migrate(dsn, sql=tree.root)
    assert dump_schema(cluster.bin, dsn) == first
    assert "CREATE TABLE public.items" in first
    assert "Dumped" not in first
