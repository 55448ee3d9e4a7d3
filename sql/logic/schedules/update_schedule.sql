create function public.update_schedule(p_schedule_id uuid, p_changes jsonb, p_version integer default null)
returns public.schedules
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    v_schedule := public.read_schedule(p_schedule_id);
    perform private.require_schedulable(v_schedule.project_id, p_changes -> 'task') where p_changes ? 'task';
    update public.schedules s
       set name = n.name, cron = n.cron, time_zone = n.time_zone, missed_runs = n.missed_runs, overlap = n.overlap, task = n.task,
           -- Other times are planned anew, from now on: what was meant before is no missed run.
           planned_from = case when c.again then statement_timestamp() else s.planned_from end,
           next_run_at = case when not c.again then s.next_run_at end,
           version = s.version + 1, updated_at = statement_timestamp()
      from public.schedules o
     cross join lateral jsonb_populate_record(o, p_changes) n
     cross join lateral (select (n.cron, n.time_zone) is distinct from (o.cron, o.time_zone) as again) c
     where s.id = p_schedule_id and o.id = s.id and s.version = coalesce(p_version, s.version)
    returning s.* into v_schedule;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.emit('schedule.updated', v_schedule.project_id, v_schedule.id, jsonb_build_object(
        'name', v_schedule.name, 'fields', array(select jsonb_object_keys(p_changes) order by 1)));
    return v_schedule;
end;
$$;
comment on function public.update_schedule is
    'Change what p_changes holds of a schedule: name, cron, time_zone, missed_runs, overlap, task (the whole of it).
PT403 role_required, PT404 schedule_not_found, task_not_found, PT412 version_changed, PT422 agent_not_suitable, unknown_kind.';
grant execute on function public.update_schedule to authenticated;
