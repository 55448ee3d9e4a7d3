"""The same SQL on a stand-in of a Supabase project, deployed by its `postgres`, who is no superuser there."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import AsyncGenerator, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from control_plane.db.migrate import MigrationError, MigrationReport, dump_schema, migrate
from control_plane.http.credentials import parse_token
from control_plane.platform.paths import sql_dir
from control_plane.platform.postgres import EmbeddedPostgres
from tests.support.scene import add_invitation
from tests.support.supabase import SUPERUSER, make_project, supabase_cluster
from tests.support.world import Actor, Database, World, build_world, refused

_BARE, _DEPLOYED = "postgres", "supabase_deployed"
# What reads auth with the deployer's rights, because nobody else's suffice. The list is short, and stays so.
_DEPLOYERS = {
    "private.my_email()",
    "private.my_user_id()",
    "private.is_active_user(uuid)",
    "private.has_confirmed_email(uuid)",
    "private.find_people(uuid[],integer,uuid)",
    "private.mark_active(uuid,boolean)",
    "private.authenticate_session(uuid,uuid)",
    "private.authenticate_api_token(text,bytea)",
}
# What only our own sign-in needs. On Supabase its service does that, and nothing calls these.
_SIGN_IN = {
    "change_account",
    "close_session",
    "create_admin",
    "create_invited",
    "describe_session",
    "describe_user",
    "ensure_admin",
    "enter_by_identity",
    "find_login",
    "is_unclaimed",
    "open_session",
    "refresh_session",
    "reset_password",
    "sign_up",
}
# The first looks whether auth is ours; the other runs with the rights of its caller, who deploys.
_CAREFUL = {"prune_auth", "grant_role"}
_numbers = count(1)


@pytest.fixture(scope="module")
def supabase() -> Iterator[EmbeddedPostgres]:
    """A cluster with a new project, and a clone of the project that devos was deployed to."""

    async def deploy(cluster: EmbeddedPostgres) -> None:
        await make_project(cluster)
        await _clone(cluster, _BARE, _DEPLOYED)
        await migrate(cluster.dsn(database=_DEPLOYED), sql=sql_dir())

    with supabase_cluster() as cluster:
        asyncio.run(deploy(cluster))
        yield cluster


async def _clone(cluster: EmbeddedPostgres, template: str, name: str) -> Database:
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "template1"))
    await admin.execute(f"create database {name} template {template} owner postgres strategy file_copy")
    await admin.close()
    return Database(cluster, name)


@pytest.fixture
async def project(supabase: EmbeddedPostgres) -> AsyncGenerator[Database]:
    """A project with devos in it, for this test alone."""
    made = await _clone(supabase, _DEPLOYED, f"supabase_{next(_numbers)}")
    yield made
    await made.close()


@pytest.fixture
async def people(project: Database) -> World:
    """The usual world; its people are rows of auth that GoTrue could have written."""
    return await build_world(project)


class Client:
    """Somebody with a key or a token of the project, as PostgREST lets them at the database."""

    def __init__(self, connection: asyncpg.Connection, claims: dict[str, Any]) -> None:
        self.connection = connection
        self.claims = claims

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.connection.transaction():
            await self.connection.execute(
                "select set_config('search_path', 'public, extensions', true), set_config('role', $1, true),"
                " set_config('request.jwt.claims', $2, true), set_config('request.method', 'POST', true)",
                self.claims["role"],
                json.dumps(self.claims),
            )
            return await self.connection.fetch(sql, *arguments)

    async def value(self, sql: str, *arguments: object) -> Any:
        return (await self.fetch(sql, *arguments))[0][0]


async def client_of(person: Actor, **changed: object) -> Client:
    """A person who signed in at the project, with all that their token holds."""
    assert person.caller is not None
    claims = {
        "iss": "https://project.supabase.co/auth/v1",
        "sub": str(person.id),
        "aud": "authenticated",
        "exp": 4102444800,
        "iat": 1767225600,
        "email": "Ada.Lovelace+1@example.test",
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {"full_name": "Ada 'the first' Lovelace", "role": "admin"},
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": 1767225600}],
        "session_id": str(person.caller.session_id),
        "is_anonymous": False,
    }
    return Client(await person.database.connect("authenticator"), claims | changed)


async def anonymous(project: Database) -> Client:
    claims = {"iss": "supabase", "ref": "project", "role": "anon", "iat": 1767225600, "exp": 4102444800}
    return Client(await project.connect("authenticator"), claims)


async def names(project: Database, query: str, *arguments: object) -> set[str]:
    rows = await (await project.connect(SUPERUSER)).fetch(query, *arguments)
    return {row[0] for row in rows}


async def test_the_stand_in_gives_its_postgres_no_more_than_supabase_does(project: Database) -> None:
    deployer = await project.connect()
    for beyond in (
        "set role supabase_auth_admin",
        "set role supabase_admin",
        "create table auth.planted (id int)",
        "create policy planted on auth.users for select using (true)",
        "alter table auth.users disable row level security",
        "alter role postgres superuser",
        "grant dashboard_user to postgres",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await deployer.execute(beyond)
    # These pass with a warning and give nothing, which is why 0001_roles.sql does not stop here.
    await deployer.execute("grant usage on schema auth to devos_owner, devos_lookup")
    await deployer.execute("grant references, insert on auth.users to devos_owner, devos_api")
    granted = "select has_schema_privilege($1, 'auth', 'usage') or has_table_privilege($1, 'auth.users', $2)"
    assert await deployer.fetchval(granted, "devos_owner", "references") is False
    assert await deployer.fetchval(granted, "devos_api", "insert") is False


async def test_a_second_deploy_changes_nothing(project: Database) -> None:
    applied = await names(project, "select name from private.migrations")
    assert applied == {path.name for path in (sql_dir() / "migrations").glob("*.sql")}
    assert await migrate(project.dsn(), sql=sql_dir()) == MigrationReport([], logic_rebuilt=False)


def statements(dump: str) -> set[str]:
    """What a dump says about our two schemas, without the order in which it says so."""
    plain = re.sub(r"^--.*\n", "", dump, flags=re.MULTILINE)
    ours = (part.strip() for part in plain.split(";\n") if re.search(r"\b(public|private)\b", part))
    return {part for part in ours if not part.startswith("ALTER DEFAULT PRIVILEGES FOR ROLE")}


def test_a_project_gets_the_same_schema_but_for_the_owners_of_what_reads_auth(
    supabase: EmbeddedPostgres,
) -> None:
    plain = statements((sql_dir() / "schema.sql").read_text())
    project = statements(dump_schema(supabase.bin, supabase.dsn(SUPERUSER, _DEPLOYED)))
    makers = {
        "FUNCTION private.my_email()": "devos_lookup",
        "FUNCTION private.my_user_id()": "devos_lookup",
        "FUNCTION private.is_active_user(p_user_id uuid)": "devos_lookup",
        "FUNCTION private.has_confirmed_email(p_user_id uuid)": "devos_lookup",
        "FUNCTION private.authenticate_session(p_user_id uuid, p_session_id uuid)": "devos_lookup",
        "FUNCTION private.authenticate_api_token(p_key_id text, p_key_hash bytea)": "devos_lookup",
        "FUNCTION private.find_people(p_ids uuid[], p_limit integer, p_after uuid)": "devos_lookup",
        "FUNCTION private.mark_active(p_user_id uuid, p_is_active boolean)": "devos_api",
    }
    assert plain - project == {f"ALTER {function} OWNER TO {maker}" for function, maker in makers.items()}
    assert project - plain == {
        *(f"ALTER {function} OWNER TO postgres" for function in makers),
        *(f"GRANT ALL ON {function} TO {maker}" for function, maker in makers.items()),
        "GRANT USAGE ON SCHEMA public TO postgres",
        "GRANT USAGE ON SCHEMA public TO service_role",
    }


async def test_every_function_that_reads_auth_may_read_it(project: Database) -> None:
    """Listed in auth.policies.sql and above, or part of a sign-in that Supabase does itself."""
    owned = await names(
        project,
        "select p.oid::regprocedure::text from pg_proc p"
        " where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)"
        " and p.proowner = 'postgres'::regrole",
    )
    assert owned == _DEPLOYERS
    reading = await names(
        project,
        "select p.oid::regprocedure::text from pg_proc p where p.prosrc ~ '\\mauth\\.'"
        " and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.proname <> all ($1)",
        [*_SIGN_IN, *_CAREFUL],
    )
    assert reading == _DEPLOYERS


async def test_a_new_person_of_the_project_is_a_viewer(project: Database) -> None:
    auth, owner = await project.connect("supabase_auth_admin"), await project.connect()
    insert = "insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3::text::jsonb)"
    says = json.dumps({"role": "admin", "app_role": "admin"})
    await auth.execute(insert, new := uuid4(), "new@example.test", says)
    assert (
        await owner.fetchval("select role::text from public.user_roles where user_id = $1", new) == "viewer"
    )


async def test_a_person_of_the_project_comes_in_by_invitation(people: World) -> None:
    guest, other = await client_of(people.stranger), await client_of(people.viewer)
    email = await people.owner.value("select email from auth.users where id = $1", people.stranger.id)
    _, token = await add_invitation(people.supervisor, email, project=people.project)
    shown = parse_token(token)
    assert shown is not None
    accept = "select public.accept_invitation($1, $2)"
    with refused("PT403", "invitation_not_valid"):
        await other.fetch(accept, shown.id, shown.hash)
    await guest.fetch(accept, shown.id, shown.hash)
    assert people.project in [row[0] for row in await guest.fetch("select id from public.list_projects()")]


async def test_the_worker_forgets_nothing_that_is_not_ours(people: World) -> None:
    await people.owner.fetch("update auth.sessions set not_after = now() - interval '1 day'")
    before = await people.owner.value("select count(*) from auth.sessions")
    assert await people.worker.call("private.prune_auth") == 0
    assert await people.owner.value("select count(*) from auth.sessions") == before


async def test_what_a_deploy_rebuilds_is_as_it_was(project: Database, tmp_path: Path) -> None:
    before = statements(dump_schema(project.cluster.bin, project.dsn(SUPERUSER)))
    report = await migrate(project.dsn(), sql=changed_tree(tmp_path))
    assert report == MigrationReport([], logic_rebuilt=True)
    assert statements(dump_schema(project.cluster.bin, project.dsn(SUPERUSER))) == before


def changed_tree(folder: Path, **files: str) -> Path:
    """The product's SQL with a changed comment, and with more files in the domain of identity."""
    tree = folder / "sql"
    if not tree.exists():
        shutil.copytree(sql_dir(), tree)
    with (tree / "logic" / "identity" / "my_user_id.sql").open("a") as changed:
        changed.write("-- changed\n")
    for name, text in files.items():
        (tree / "logic" / "identity" / name).write_text(text)
    return tree


_GREET = """create function private.greet_new_user() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.projects (id, name) values (new.id, 'Welcome');
    return new;
end;
$$;
comment on function private.greet_new_user is 'A trigger on a table of somebody else.';
"""
_GREET_POLICY = """create policy projects_insert_greeting on public.projects
    for insert to devos_api with check (true);
grant insert on public.projects to devos_api;
"""
_GREET_TRIGGER = """-- as: deployer
create trigger devos_greet_new_user after insert on auth.users
for each row execute function private.greet_new_user();
"""


async def test_a_trigger_on_auth_users_is_made_rebuilt_and_removed_by_deploys(
    project: Database, tmp_path: Path
) -> None:
    files = {
        "greet_new_user.sql": _GREET,
        "greeting.policies.sql": _GREET_POLICY,
        "users_greet.triggers.sql": _GREET_TRIGGER,
    }
    tree = changed_tree(tmp_path, **files)
    triggers = "select count(*) from pg_trigger where tgname = 'devos_greet_new_user'"
    owner = await project.connect()
    auth = await project.connect("supabase_auth_admin")
    await migrate(project.dsn(), sql=tree)
    assert await owner.fetchval(triggers) == 1
    await migrate(project.dsn(), sql=changed_tree(tmp_path, **files))
    assert await owner.fetchval(triggers) == 1
    await auth.execute("insert into auth.users (id, email) values ($1, 'new@example.test')", new := uuid4())
    assert await owner.fetchval("select name from public.projects where id = $1", new) == "Welcome"
    for name in files:
        (tree / "logic" / "identity" / name).unlink()
    await migrate(project.dsn(), sql=changed_tree(tmp_path))
    assert await owner.fetchval(triggers) == 0
    await auth.execute("insert into auth.users (id, email) values ($1, 'later@example.test')", uuid4())


async def test_a_later_migration_may_refer_to_auth(project: Database, tmp_path: Path) -> None:
    tree = changed_tree(tmp_path)
    text = """create type public.planted_kind as enum ('a', 'b');
create table public.planted (
    id bigint generated always as identity primary key,
    kind public.planted_kind not null,
    user_id uuid not null references auth.users on delete cascade
);
create sequence private.planted_numbers;
create index planted_user_id_idx on public.planted (user_id);
comment on table public.planted is 'Planted.';
alter table public.planted enable row level security;
alter table public.planted force row level security;
"""
    (tree / "migrations" / "9000_planted.sql").write_text(text)
    assert (await migrate(project.dsn(), sql=tree)).applied == ["9000_planted.sql"]
    owners = await names(
        project,
        "select relowner::regrole::text from pg_class where relname like 'planted%' union"
        " select typowner::regrole::text from pg_type where typname like 'planted%'",
    )
    assert owners == {"devos_owner"}
    grantees = await names(
        project,
        "select a.grantee::regrole::text from pg_class c cross join lateral aclexplode(c.relacl) a"
        " where c.relname like 'planted%'",
    )
    assert grantees == {"devos_owner", "devos_migrator"}


async def test_a_deploy_as_superuser_is_refused(supabase: EmbeddedPostgres) -> None:
    """What reads auth would run with a superuser's rights, on behalf of everybody."""
    bare = await _clone(supabase, _BARE, f"supabase_{next(_numbers)}")
    with pytest.raises(MigrationError, match="would get a superuser's rights") as refusal:
        await migrate(bare.dsn(SUPERUSER), sql=sql_dir())
    assert "as the role postgres" in refusal.value.hint


async def test_a_person_of_the_project_acts_as_themselves(people: World) -> None:
    supervisor = await client_of(people.supervisor)
    assert await supervisor.value("select auth.uid()") == people.supervisor.id
    assert await supervisor.value("select public.get_my_role()::text") == "supervisor"
    made = await supervisor.fetch("select * from public.create_project(p_name => 'By PostgREST')")
    assert made[0]["name"] == "By PostgREST"
    seen = {row["id"] for row in await supervisor.fetch("select id from projects")}
    assert seen == {people.project, made[0]["id"]}
    viewer = await client_of(people.viewer)
    assert [row["id"] for row in await viewer.fetch("select id from projects")] == [people.project]
    with refused("PT403", "role_required"):
        await viewer.fetch("select public.create_project(p_name => 'Not mine to make')")


async def test_a_person_is_nobody_when_their_session_or_they_themselves_are_gone(people: World) -> None:
    auth = await people.database.connect("supabase_auth_admin")
    stranger, viewer, supervisor, admin = [
        await client_of(person)
        for person in (people.stranger, people.viewer, people.supervisor, people.admin)
    ]
    role = "select public.get_my_role()::text"
    assert [await one.value(role) for one in (stranger, viewer, supervisor, admin)] == [
        "supervisor",
        "viewer",
        "supervisor",
        "admin",
    ]
    await auth.execute("delete from auth.sessions where user_id = $1", people.stranger.id)
    await auth.execute("update auth.users set banned_until = 'infinity' where id = $1", people.viewer.id)
    await auth.execute("update auth.users set deleted_at = now() where id = $1", people.supervisor.id)
    await auth.execute(
        "update auth.sessions set not_after = now() - interval '1 second' where user_id = $1", people.admin.id
    )
    for one in (stranger, viewer, supervisor, admin):
        assert await one.value(role) is None
        assert await one.fetch("select id from projects") == []
        with refused("PT401", "not_signed_in"):
            await one.fetch("select public.create_project(p_name => 'Never')")


async def test_a_person_cannot_ride_on_the_session_of_another(people: World) -> None:
    assert people.admin.caller is not None
    thief = await client_of(people.viewer, session_id=str(people.admin.caller.session_id))
    assert await thief.value("select public.get_my_role()") is None
    nameless = await client_of(people.admin)
    del nameless.claims["session_id"]
    assert await nameless.value("select public.get_my_role()") is None


async def test_a_person_reads_nothing_of_auth(people: World) -> None:
    admin = await client_of(people.admin)
    for table in ("users", "sessions", "identities", "refresh_tokens"):
        with refused("42501"):
            await admin.fetch(f"select * from auth.{table}")


async def test_an_admin_of_the_project_sees_people_and_lets_them_in_and_out(people: World) -> None:
    admin, viewer = await client_of(people.admin), await client_of(people.viewer)
    assert len(await admin.fetch("select * from public.list_people()")) == 4
    assert len(await viewer.fetch("select * from public.list_people()")) == 2
    await admin.fetch("select public.set_role($1, 'supervisor')", people.viewer.id)
    assert await viewer.value("select public.get_my_role()::text") == "supervisor"
    await admin.fetch("select public.set_activation($1, false)", people.viewer.id)
    assert await viewer.value("select public.get_my_role()::text") is None
    auth = await people.database.connect("supabase_auth_admin")
    until = "select isfinite(banned_until) from auth.users where id = $1"
    assert await auth.fetchval(until, people.viewer.id) is True
    sessions = "select count(*) from auth.sessions where user_id = $1"
    assert await auth.fetchval(sessions, people.viewer.id) == 0
    for function in ("private.mark_active($1, true)", "private.find_people(null, 9, $1)"):
        with refused("42501"):
            await admin.fetch(f"select {function}", people.viewer.id)


async def test_the_anonymous_key_gets_nothing(people: World) -> None:
    anon = await anonymous(people.database)
    ours = (
        """pg_get_userbyid({}) like 'devos\\_%' and {} in ('public'::regnamespace, 'private'::regnamespace)"""
    )
    functions = await names(
        people.database,
        f"select oid::regprocedure::text from pg_proc where {ours.format('proowner', 'pronamespace')}"
        " and has_function_privilege('anon', oid, 'execute')",
    )
    relations = await names(
        people.database,
        f"select oid::regclass::text from pg_class where {ours.format('relowner', 'relnamespace')}"
        " and relkind in ('r', 'p', 'v', 'S') and (has_table_privilege('anon', oid,"
        " 'select, insert, update, delete, truncate, references, trigger, maintain')"
        " or has_any_column_privilege('anon', oid, 'select, insert, update, references'))",
    )
    assert (functions, relations) == (set(), set())
    for attempt in (
        "select * from projects",
        "insert into user_roles (user_id, role) values (gen_random_uuid(), 'admin')",
        "select public.create_project(p_name => 'Anonymous')",
        "select private.my_user_id()",
    ):
        with refused("42501"):
            await anon.fetch(attempt)


async def test_an_agent_works_in_the_project(people: World) -> None:
    task = await people.claimed()
    done = await people.agent.call(
        "complete_tasks",
        items=[{"task_id": task["id"], "lease_token": task["lease_token"], "output": {"ok": True}}],
    )
    assert [item["outcome"] for item in done] == ["completed"]


async def test_the_api_knows_a_person_by_a_session_of_supabase(people: World) -> None:
    assert people.viewer.caller is not None
    session = people.viewer.caller.session_id
    found = await people.login.call(
        "private.authenticate_session", user_id=people.viewer.id, session_id=session
    )
    assert (UUID(found["id"]), found["role"]) == (people.viewer.id, "viewer")
    assert (
        await people.login.call("private.authenticate_session", user_id=people.viewer.id, session_id=uuid4())
        is None
    )
