create function public.list_schedule_runs(p_schedule_id uuid, p_limit integer default 50, p_after uuid default null)
returns table (
    id uuid, project_id uuid, schedule_id uuid, scheduled_for timestamptz, missed_until timestamptz, outcome text, reason text,
    is_manual boolean, task_id uuid, task_state public.task_state, created_at timestamptz
)
language plpgsql stable
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules := public.read_schedule(p_schedule_id);
begin
    return query
        select r.id, r.project_id, r.schedule_id, r.scheduled_for, r.missed_until, r.outcome, r.reason, r.is_manual, r.task_id,
               t.state, r.created_at
          from public.schedule_runs r left join public.tasks t on t.id = r.task_id
         where r.project_id = v_schedule.project_id and r.schedule_id = p_schedule_id and (p_after is null or r.id < p_after)
         order by r.id desc limit least(p_limit, 1001);
end;
$$;
comment on function public.list_schedule_runs is
    'What became of the instants of a schedule, newest first, with the tasks that they made. PT404 schedule_not_found.';
grant execute on function public.list_schedule_runs to authenticated;
