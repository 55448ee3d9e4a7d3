create function public.list_dead_letters(
    p_project_id uuid default null, p_kind text default null, p_error_code text default null, p_since timestamptz default null,
    p_limit integer default 50, p_before uuid default null
) returns table (
    id uuid, project_id uuid, kind text, title text, priority smallint, tags text[], attempt integer, retry_count integer,
    max_retries integer, last_error jsonb, version integer, created_at timestamptz, finished_at timestamptz, attempts jsonb
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select t.id, t.project_id, t.kind, t.title, t.priority, t.tags, t.attempt, t.retry_count,
           t.max_retries, t.last_error, t.version, t.created_at, t.finished_at,
           (select coalesce(jsonb_agg(to_jsonb(a) - 'lease_token' order by a.attempt), '[]')
              from public.task_attempts a where a.task_id = t.id)
      from private.search_dead_letters(
               array(select m from unnest(private.my_project_ids()) m where p_project_id is null or m = p_project_id),
               p_kind, p_error_code, p_since, null, p_before, least(p_limit, 1001)) as f (id)
      join public.tasks t on t.id = f.id
     order by t.id desc
$$;
comment on function public.list_dead_letters is 'Tasks that failed for good, newest first, each with its whole history.';
grant execute on function public.list_dead_letters to authenticated;
