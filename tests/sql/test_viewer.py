"""A viewer with SQL of its own, as on Supabase: it reads what is its own, and writes nothing."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.sql.acting import events
from tests.support.world import Actor, World, refused

# What a viewer may do to itself; and what looks at its arguments first, with a test of the viewer of its own.
HARMLESS = {
    "public.change_account",
    "public.close_session",
    "public.create_api_token",
    "public.revoke_api_token",
}
ELSEWHERE = {"public.accept_invitation", "public.charge_service", "public.create_tasks"}
_WRITERS = """
    select format('%I.%I', n.nspname, p.proname) as name,
           (select string_agg('null::' || format_type(a, null), ', ') from unnest(p.proargtypes) a) as nulls
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.provolatile = 'v' and n.nspname in ('public', 'private')
       and has_function_privilege('authenticated', p.oid, 'execute')
"""


async def test_no_function_writes_for_a_viewer(world: World, as_viewer: Actor) -> None:
    writers = [row for row in await world.owner.fetch(_WRITERS) if row["name"] not in HARMLESS | ELSEWHERE]
    assert len(writers) > 15
    for row in writers:
        with refused("PT403", "role_required"):
            await as_viewer.fetch(f"select count(*) from {row['name']}({row['nulls'] or ''})")


@pytest.mark.parametrize(
    "sql",
    [
        "update public.user_roles set role = 'admin'",
        "insert into public.user_roles (user_id, role) values (auth.uid(), 'admin')",
        "insert into public.project_members (project_id, user_id) select $1, auth.uid()",
        "insert into public.teams (id, name) values ($1, 'mine')",
        "insert into public.team_members (team_id, user_id) select $1, auth.uid()",
        "delete from public.team_members",
        "update public.projects set team_id = null",
        "delete from public.projects",
        "select email, encrypted_password from auth.users",
        "select * from auth.sessions",
        "select private.my_people_ids()",
        "select private.find_people(null, 1000)",
        "select private.emit('team.created', $1, $1)",
        "select private.audit('user.set_role', $1, $1)",
        "set role devos_api",
        "set role devos_lookup",
        "set role service_role",
        "alter table public.user_roles disable row level security",
        "create policy mine on public.user_roles for all to authenticated using (true)",
    ],
)
async def test_what_is_not_a_viewers_is_closed_to_its_sql(world: World, as_viewer: Actor, sql: str) -> None:
    with refused("42501"):
        await as_viewer.fetch(sql, *([world.stranger_project] if "$1" in sql else []))


async def test_a_viewer_reads_its_projects_and_teams_and_no_others(
    world: World, as_supervisor: Actor, as_stranger: Actor, as_viewer: Actor
) -> None:
    for person in (as_supervisor, as_stranger):
        team = UUID((await person.call("create_team", name="team"))["id"])
        await person.call("create_project", name="of the team", team_id=team)
        await person.call("create_project", name="alone")
    mine = await as_viewer.fetch("select id from public.projects")
    assert [row[0] for row in mine] == [world.project]
    for table in ("teams", "team_members"):
        assert await as_viewer.fetch(f"select * from public.{table}") == []
    members = await as_viewer.fetch("select user_id from public.project_members")
    assert {row[0] for row in members} == {as_supervisor.id, as_viewer.id}
    assert await events(world, world.project) == ["project.created"]
    seen = await as_viewer.fetch("select distinct project_id from public.events")
    assert [row[0] for row in seen] == [world.project]
