"""Lists come in pages, and the pages together are the list: each item once, in one order."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.operations import BY_ID, filled
from tests.support.scene import Scene
from tests.support.world import World

# Per list, SQL that puts seven more items into it. The scene's own stay where they are.
MORE = {
    "listPeople": """
        insert into auth.users (id, email)
        select gen_random_uuid(), n || '@example.test' from generate_series(1, 7) n""",
    "listTeams": """
        insert into public.teams (id, name)
        select gen_random_uuid(), 'team ' || n from generate_series(1, 7) n""",
    "listTeamMembers": """
        with made as (insert into auth.users (id, email)
            select gen_random_uuid(), n || '@example.test' from generate_series(1, 7) n returning id)
        insert into public.team_members
        select t.id, made.id from made, public.teams t where t.name = 'team'""",
    "listProjectMembers": """
        with made as (insert into auth.users (id, email)
            select gen_random_uuid(), n || '@example.test' from generate_series(1, 7) n returning id)
        insert into public.project_members
        select p.id, made.id from made, public.projects p where p.name = 'ours'""",
    "listProjects": """
        insert into public.projects (id, name)
        select gen_random_uuid(), 'project ' || n from generate_series(1, 7) n""",
    "listRepositories": """
        insert into public.repositories (id, project_id, forge, external_id, full_name, clone_url)
        select gen_random_uuid(), r.project_id, r.forge, n::text, 'acme/r' || n, r.clone_url
          from public.repositories r, generate_series(1, 7) n""",
    "listAgents": """
        with made as (insert into public.agents (id, name)
            select gen_random_uuid(), 'agent ' || n from generate_series(1, 7) n returning id)
        insert into public.agent_projects
        select made.id, p.id from made, public.projects p where p.name = 'ours'""",
    "listAgentKeys": """
        insert into private.agent_keys (id, agent_id, key_hash)
        select lpad(to_hex(n), 12, '0'), k.agent_id, k.key_hash
          from private.agent_keys k join public.agents a on a.id = k.agent_id, generate_series(1, 7) n
         where a.name = 'agent'""",
    "listRegistrationTokens": """
        insert into public.registration_tokens (id, name, project_ids, max_uses, created_by, expires_at)
        select gen_random_uuid(), 'more', t.project_ids, 1, t.created_by, now()
          from public.registration_tokens t, generate_series(1, 7) n where t.name = 'fleet'""",
    "listInvitations": """
        insert into public.invitations (id, email, project_id, created_by, expires_at)
        select gen_random_uuid(), 'more' || n || '@example.test', i.project_id, i.created_by, now()
          from public.invitations i, generate_series(1, 7) n where i.email = 'somebody@example.test'""",
    "listTasks": """
        insert into public.tasks (id, project_id, lane_id, kind, title)
        select gen_random_uuid(), t.project_id, t.lane_id, t.kind, 'more'
          from public.tasks t, generate_series(1, 7) where t.title = 'Waiting'""",
    "listDeadLetters": """
        do $$ begin
            insert into public.tasks (id, project_id, lane_id, kind, title)
            select gen_random_uuid(), t.project_id, t.lane_id, t.kind, 'more'
              from public.tasks t, generate_series(1, 7) where t.title = 'Failed';
            update public.tasks set state = 'failed' where title = 'more';
        end $$""",
    "listKinds": """
        insert into public.kinds (id, project_id, name)
        select gen_random_uuid(), p.id, 'kind-' || n
          from public.projects p, generate_series(1, 7) n where p.name = 'ours'""",
    "listSchedules": """
        insert into public.schedules (id, project_id, name, cron, task)
        select gen_random_uuid(), s.project_id, 'more ' || n, s.cron, s.task
          from public.schedules s, generate_series(1, 7) n where s.name = 'nightly'""",
    "listScheduleRuns": """
        insert into public.schedule_runs
            (id, project_id, schedule_id, scheduled_for, outcome, is_manual, is_open)
        select gen_random_uuid(), s.project_id, s.id, now() + n * interval '1 day', 'missed', false, false
          from public.schedules s, generate_series(1, 7) n where s.name = 'nightly'""",
    "listLimits": """
        insert into public.limits (id, project_id, name, scope, max_running)
        select gen_random_uuid(), p.id, 'limit ' || n, 'project', 100
          from public.projects p, generate_series(1, 7) n where p.name = 'ours'""",
    "listApiTokens": """
        insert into public.api_tokens (id, user_id, name, scopes)
        select gen_random_uuid(), r.user_id, 'token ' || n, '{tasks:read}'
          from public.user_roles r, generate_series(1, 7) n where r.role = 'admin'""",
    "listProjectTokens": """
        insert into public.project_tokens (id, project_id, name)
        select gen_random_uuid(), t.project_id, 'token ' || n
          from public.project_tokens t, generate_series(1, 7) n""",
    "listProjectSecrets": """
        insert into public.secrets (id, project_id, name, kind)
        select gen_random_uuid(), p.id, 'secret-' || n, 'ci'
          from public.projects p, generate_series(1, 7) n where p.name = 'ours'""",
    "listTeamSecrets": """
        insert into public.secrets (id, team_id, name, kind)
        select gen_random_uuid(), t.id, 'secret-' || n, 'ci'
          from public.teams t, generate_series(1, 7) n where t.name = 'team'""",
    "listServices": """
        insert into public.service_registry (id, project_id, name, "limit")
        select gen_random_uuid(), s.project_id, 'service-' || n, 1
          from public.service_registry s, generate_series(1, 7) n where s.name = 'model'""",
    "listAttempts": """
        insert into public.task_attempts
            (task_id, attempt, project_id, agent_id, lease_token, outcome, started_at)
        select t.id, n, t.project_id, t.agent_id, 1000 + n, 'retried', now()
          from public.tasks t, generate_series(1, 7) n where t.title = 'Leased'""",
    "listDependencies": """
        with made as (insert into public.tasks (id, project_id, lane_id, kind, title)
            select gen_random_uuid(), t.project_id, t.lane_id, t.kind, 'more'
              from public.tasks t, generate_series(1, 7) where t.title = 'Waiting' returning id, project_id)
        insert into public.task_dependencies (task_id, depends_on_id, project_id)
        select t.id, made.id, made.project_id from made, public.tasks t where t.title = 'Waiting'""",
    "listSteps": """
        insert into public.task_steps (task_id, project_id, name, attempt, output)
        select t.id, t.project_id, 'step ' || n, 1, '{}'
          from public.tasks t, generate_series(1, 7) n where t.title = 'Leased'""",
    "listTaskLogs": """
        insert into public.task_logs (task_id, project_id, attempt, level, message)
        select t.id, t.project_id, 1, 'info', 'line ' || n
          from public.tasks t, generate_series(1, 7) n where t.title = 'Leased'""",
    "listLogs": """
        insert into public.task_logs (task_id, project_id, attempt, level, message)
        select t.id, t.project_id, 1, 'info', 'line ' || n
          from public.tasks t, generate_series(1, 7) n where t.title in ('Leased', 'Waiting')""",
    "listTaskArtifacts": """
        insert into public.task_artifacts
            (id, project_id, task_id, attempt, agent_id, name, media_type, size_bytes, sha256, blob_id)
        select gen_random_uuid(), t.project_id, t.id, 1, t.agent_id, 'more-' || n, 'text/plain', 1,
               repeat('0', 64), gen_random_uuid()
          from public.tasks t, generate_series(1, 7) n where t.title = 'Leased'""",
    "listTaskCharges": """
        insert into public.service_charges
            (id, project_id, service_id, asked_service_id, task_id, attempt, amount, answer)
        select gen_random_uuid(), s.project_id, s.id, s.id, t.id, 1, 0.01, '{}'
          from public.tasks t, public.service_registry s, generate_series(1, 7)
         where t.title = 'Leased' and s.name = 'model'""",
}

# Lists whose items weigh so much that a page has few.
HEAVY = {"listSteps"}


def test_every_list_is_walked() -> None:
    assert {*MORE, "listEvents"} == {name for name in BY_ID if name.startswith("list")}


@pytest.mark.parametrize("name", MORE)
async def test_the_pages_of_a_list_are_the_list(
    name: str, admin: httpx.AsyncClient, scene: Scene, world: World
) -> None:
    await world.owner.fetch(MORE[name])
    url = filled(BY_ID[name].path, scene)
    url += "&" if "?" in url else "?"

    async def pages(limit: int) -> list[list[Any]]:
        walked: list[list[Any]] = []
        cursor = ""
        while True:
            page = (await admin.get(f"{url}limit={limit}{cursor}")).json()
            assert set(page) == {"items", "next_cursor"}
            walked.append(page["items"])
            if page["next_cursor"] is None:
                return walked
            assert len(page["items"]) == limit, "only the last page may be short"
            cursor = f"&cursor={page['next_cursor']}"

    (whole,) = await pages(100 if name in HEAVY else 1000)
    assert len(whole) >= 7
    for limit in (1, 3, len(whole), len(whole) + 1):
        walked = await pages(limit)
        assert [item for page in walked for item in page] == whole
        assert walked[-1], "a page that is empty was announced"


async def test_a_list_has_fifty_items_unless_asked(supervisor: httpx.AsyncClient, world: World) -> None:
    items = [{"project_id": str(world.project), "kind": "test", "title": f"t{n}"} for n in range(60)]
    await supervisor.post("/api/tasks", json=items)
    page = (await supervisor.get("/api/tasks")).json()
    assert len(page["items"]) == 50
    assert page["next_cursor"] == page["items"][-1]["id"]


async def test_what_is_made_while_somebody_pages_moves_nothing(
    supervisor: httpx.AsyncClient, world: World
) -> None:
    made = [(await world.task(title=f"t{n}"))["id"] for n in range(4)]
    first = (await supervisor.get("/api/tasks?limit=2")).json()
    await world.task(title="new")
    second = (await supervisor.get(f"/api/tasks?limit=2&cursor={first['next_cursor']}")).json()
    seen = [task["id"] for page in (first, second) for task in page["items"]]
    assert seen == made[::-1]
