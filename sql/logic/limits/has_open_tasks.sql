create function private.has_open_tasks(p_lane public.lanes)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What has failed gets a lane again when it is requeued.
    select exists (
        select from public.tasks t
         where t.project_id = p_lane.project_id and t.concurrency_key = p_lane.concurrency_key
           and t.state in ('pending', 'running', 'needs_qa', 'blocked') and t.kind = p_lane.kind)
$$;
comment on function private.has_open_tasks is 'Whether any task of the key and kind of this lane has not ended.';
grant execute on function private.has_open_tasks to devos_jobs;
