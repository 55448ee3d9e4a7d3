create function public.list_tasks(
    p_project_id uuid default null, p_states public.task_state[] default null, p_kinds text[] default null,
    p_priority smallint default null, p_tags text[] default null, p_agent_id uuid default null,
    p_parent_task_id uuid default null, p_created_after timestamptz default null, p_created_before timestamptz default null,
    p_search text default null, p_oldest boolean default false, p_limit integer default 50, p_after uuid default null
) returns table (
    id uuid, project_id uuid, kind text, title text, state public.task_state, priority smallint, tags text[],
    progress numeric, progress_note text, attempt integer, retry_count integer, max_retries integer, last_error jsonb,
    blocked_reason text, run_at timestamptz, agent_id uuid, assigned_agent_id uuid, parent_task_id uuid,
    lease_expires_at timestamptz, cancel_requested_at timestamptz, version integer, created_at timestamptz,
    updated_at timestamptz, started_at timestamptz, finished_at timestamptz
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select t.id, t.project_id, t.kind, t.title, t.state, t.priority, t.tags,
           t.progress, t.progress_note, t.attempt, t.retry_count, t.max_retries, t.last_error,
           t.blocked_reason, t.run_at, t.agent_id, t.assigned_agent_id, t.parent_task_id,
           t.lease_expires_at, t.cancel_requested_at, t.version, t.created_at,
           t.updated_at, t.started_at, t.finished_at
      from private.search_tasks(
               array(select m from unnest(private.my_project_ids()) m where p_project_id is null or m = p_project_id),
               p_states, p_kinds, p_priority, p_tags,
               -- An agent sees what it holds, and nothing else.
               coalesce(private.my_agent_id(), p_agent_id),
               p_parent_task_id, p_created_after, p_created_before, p_search, p_oldest, p_after, least(p_limit, 1001)) as f (id)
      join public.tasks t on t.id = f.id
     order by case when p_oldest then t.id end, t.id desc
$$;
comment on function public.list_tasks is
    'Tasks the caller sees, newest first unless the oldest are wanted; without input, output, checkpoint and description, which may be
large. Tags and words are found a moment after the task was made.';
grant execute on function public.list_tasks to authenticated, agent;
