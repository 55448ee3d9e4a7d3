-- as: devos_jobs
create function private.due_schedules(p_limit integer default 50)
returns table (
    id uuid, project_id uuid, version integer, cron text, time_zone text, missed_runs text, task jsonb,
    planned_from timestamptz, next_run_at timestamptz, read_at timestamptz
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select s.id, s.project_id, s.version, s.cron, s.time_zone, s.missed_runs, s.task, s.planned_from, s.next_run_at,
           statement_timestamp()
      from public.schedules s
     where not s.is_paused and coalesce(s.next_run_at, '-infinity') <= statement_timestamp()
     order by coalesce(s.next_run_at, '-infinity') limit p_limit
$$;
comment on function private.due_schedules is
    'Job: schedules whose next run has come, and before them those that have no next run yet.';
grant execute on function private.due_schedules to devos_worker;
