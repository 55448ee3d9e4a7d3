"""What a deploy asks of the catalogue: the ledger, the logic to drop, and bodies that do not compile."""

from __future__ import annotations

import asyncpg

from control_plane.db.driver import Connection, facts
from control_plane.db.sql_tree import MigrationError, SqlFile

# The ledger's own policies are no logic: its owner needs them to read it under forced row level security.
LEDGER_TABLES = ("migrations", "logic_digest")

_LEDGER = """
create table private.migrations (
    name text primary key, sha256 text not null, applied_at timestamptz not null default now()
);
create table private.logic_digest (
    only_row boolean primary key default true check (only_row), sha256 text not null,
    rebuilt_at timestamptz not null default now()
);
alter table private.migrations enable row level security;
alter table private.migrations force row level security;
alter table private.logic_digest enable row level security;
alter table private.logic_digest force row level security;
create policy migrations_all_owner on private.migrations to devos_owner using (true) with check (true);
create policy logic_digest_all_owner on private.logic_digest to devos_owner using (true) with check (true);
comment on table private.migrations is 'Migrations that have been applied, with the checksum of the file.';
comment on table private.logic_digest is 'Checksum of the logic files that the functions were built from.';
"""

_EXISTS = """
select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'private' and c.relname = 'migrations')
"""

_POLICIES = """
select format('drop policy %I on %I.%I', p.polname, n.nspname, c.relname)
  from pg_catalog.pg_policy p
  join pg_catalog.pg_class c on c.oid = p.polrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where pg_catalog.pg_get_userbyid(c.relowner) like 'devos\\_%'
   and not (n.nspname = 'private' and c.relname = any ($1))
   and (p.polroles = array(select r.oid from pg_catalog.pg_roles r where r.rolname = 'devos_migrator')) = $2
"""

# In public, which a Supabase project shares with its owner's own functions, only what our roles own is ours.
_OURS = """
    (n.nspname = 'private' or (n.nspname = 'public' and pg_catalog.pg_get_userbyid({owner}) like 'devos\\_%'))
    and not exists (select from pg_catalog.pg_depend d
                     where d.classid = '{catalog}'::regclass and d.objid = {oid} and d.deptype = 'e')
"""
_OUR_ROUTINES = _OURS.format(owner="p.proowner", catalog="pg_catalog.pg_proc", oid="p.oid")
_OUR_VIEWS = _OURS.format(owner="c.relowner", catalog="pg_catalog.pg_class", oid="c.oid")

# Grants are logic too: one that left its file is gone with the next deploy.
_GRANTS = """
select format('revoke all on %I.%I from %I cascade', n.nspname, c.relname, r.rolname)
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select distinct a.grantee from pg_catalog.aclexplode(c.relacl) a) as a
  join pg_catalog.pg_roles r on r.oid = a.grantee
 where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'S')
   and pg_catalog.pg_get_userbyid(c.relowner) = 'devos_owner' and a.grantee <> c.relowner
   and r.rolname <> 'devos_migrator'
"""

# By their functions: only a table's owner drops its triggers, and auth.users may be somebody else's.
# Nothing but triggers can depend on a function that returns one.
_TRIGGERS = (
    """
select format('drop function %I.%I() cascade', n.nspname, p.proname)
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.prorettype = 'pg_catalog.trigger'::regtype and """
    + _OUR_ROUTINES
)

_VIEWS = (
    """
select 'drop view ' || string_agg(format('%I.%I', n.nspname, c.relname), ', ')
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'v' and """
    + _OUR_VIEWS
    + "having count(*) > 0"
)

# One statement for all, so that routines which depend on each other go together, and without CASCADE: a table
# that depends on a function stops the deploy instead of losing its constraint.
_ROUTINES = (
    """
select 'drop routine ' || string_agg(
           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), ', ')
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
 where p.prorettype <> 'pg_catalog.trigger'::regtype and """
    + _OUR_ROUTINES
    + "having count(*) > 0"
)

_MAY_REFERENCE = """
select has_schema_privilege('devos_owner', 'auth', 'usage')
       and has_table_privilege('devos_owner', 'auth.users', 'references')
"""

# What the deployer made in this transaction, and what its default privileges opened to others on the way.
_MADE = """
with made as (
    select c.oid, c.relkind, n.nspname, c.relname, c.relacl
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'S')
       and c.relowner = current_user::regrole and c.xmin = pg_current_xact_id()::xid
)
select format('revoke all on %I.%I from %s', m.nspname, m.relname, d.grantee)
  from made m
 cross join lateral (
       select distinct a.grantee::regrole as grantee
         from pg_catalog.pg_default_acl p
        cross join lateral pg_catalog.aclexplode(p.defaclacl) a
        where p.defaclrole = current_user::regrole and a.grantee <> 0 and a.grantee <> p.defaclrole) d
union all
select format('alter %s %I.%I owner to devos_owner',
              case m.relkind when 'S' then 'sequence' else 'table' end, m.nspname, m.relname)
  from made m
 where not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = m.oid
                      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
                      and d.deptype in ('a', 'i'))
union all
select format('alter type %I.%I owner to devos_owner', n.nspname, t.typname)
  from pg_catalog.pg_type t
  join pg_catalog.pg_namespace n on n.oid = t.typnamespace
 where n.nspname in ('public', 'private') and t.typtype in ('e', 'd')
   and t.typowner = current_user::regrole and t.xmin = pg_current_xact_id()::xid
"""

_BODIES = (
    """
select format('%I.%I', n.nspname, p.proname) as name, l.lanname as language, p.oid
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
 where l.lanname in ('sql', 'plpgsql') and p.prokind <> 'a' and """
    + _OUR_ROUTINES
    + "order by 1"
)

_VALIDATORS = {
    "sql": "select pg_catalog.fmgr_sql_validator($1)",
    "plpgsql": "select {}.plpgsql_validator($1)",
}

_INVALID = """
select i.indexrelid::regclass::text from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where not i.indisvalid and n.nspname in ('public', 'private')
"""


async def has_ledger(db: Connection) -> bool:
    """Whether this database was ever deployed to."""
    return bool(await db.fetchval(_EXISTS))


async def read_ledger(db: Connection) -> tuple[dict[str, str], str | None]:
    """The applied migrations with their checksums, and the digest of the logic."""
    async with db.transaction(readonly=True):
        await db.execute("set local role devos_owner")
        rows = await db.fetch("select name, sha256 from private.migrations order by name")
        digest = await db.fetchval("select sha256 from private.logic_digest")
    return {row["name"]: row["sha256"] for row in rows}, digest


async def record(db: Connection, file: SqlFile) -> None:
    """Write a migration into the ledger, which is made right after the first one."""
    await db.execute("set local role devos_owner")
    try:
        if not await has_ledger(db):
            await db.execute(_LEDGER)
        await db.execute(
            "insert into private.migrations (name, sha256) values ($1, $2)", file.name, file.sha256
        )
    except asyncpg.PostgresError as exc:
        raise MigrationError(
            f"The ledger could not be written after {file.name}: {exc}",
            "The first migration must create the role devos_owner and the schema private for it.",
        ) from exc
    await db.execute("reset role")


async def record_logic(db: Connection, digest: str) -> None:
    """Remember which logic files the functions were built from."""
    await db.execute("set local role devos_owner")
    await db.execute(
        "insert into private.logic_digest (sha256) values ($1)"
        " on conflict (only_row) do update set sha256 = excluded.sha256, rebuilt_at = now()",
        digest,
    )
    await db.execute("reset role")


async def drop_logic(db: Connection) -> None:
    """Drop policies, triggers, views and functions, so that the tree alone says what there is."""
    statements = [row[0] for row in await db.fetch(_POLICIES, LEDGER_TABLES, False)]
    statements += [row[0] for row in await db.fetch(_TRIGGERS)]
    for query in (_VIEWS, _ROUTINES, _GRANTS):
        statements += [row[0] for row in await db.fetch(query)]
    try:
        for statement in statements:
            await db.execute(statement)
    except asyncpg.DependentObjectsStillExistError as exc:
        raise MigrationError(
            f"A table depends on a function of sql/logic: {facts(exc).get('detail', exc)}",
            "Keep functions out of defaults, constraints, indexes and generated columns.",
        ) from exc


async def drop_migrator_policies(db: Connection) -> None:
    """Drop what let devos_migrator see the rows that the migrations moved: the logic makes it anew."""
    for row in await db.fetch(_POLICIES, LEDGER_TABLES, True):
        await db.execute(row[0])


async def owner_may_reference_auth(db: Connection) -> bool:
    """Whether devos_owner may make foreign keys to auth.users; on Supabase nobody can let it."""
    return bool(await db.fetchval(_MAY_REFERENCE))


async def hand_over(db: Connection) -> None:
    """Give to devos_owner what the deployer has just made in its place, and to nobody else."""
    for row in await db.fetch(_MADE):
        await db.execute(row[0])


async def broken_bodies(db: Connection) -> list[tuple[str, str]]:
    """The first function whose body does not compile against the schema, with the reason."""
    home = await db.fetchval(
        "select n.nspname from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace"
        " where p.proname = 'plpgsql_validator'"
    )
    functions = await db.fetch(_BODIES)
    await db.execute("set local check_function_bodies = on; set local search_path = pg_catalog, pg_temp")
    for row in functions:
        try:
            await db.execute(_VALIDATORS[row["language"]].format(home), row["oid"])
        except asyncpg.PostgresError as exc:
            return [(row["name"], str(exc))]
    await db.execute("reset search_path")
    return []


async def invalid_indexes(db: Connection) -> list[str]:
    """Indexes that an interrupted concurrent build left behind."""
    return [row[0] for row in await db.fetch(_INVALID)]
