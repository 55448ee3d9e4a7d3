create function public.run_schedule(p_schedule_id uuid)
returns public.schedule_runs
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule public.schedules;
    v_items jsonb;
    v_made uuid[];
    v_run public.schedule_runs;
    v_counts boolean;
begin
    perform private.require_role('supervisor');
    v_schedule := public.read_schedule(p_schedule_id);
    v_items := private.schedule_items(v_schedule.project_id, v_schedule.task);
    v_counts := private.count_creations(array[v_schedule.project_id], v_items, false);
    v_made := private.insert_tasks(v_items);
    update public.schedules s set last_run_at = statement_timestamp(), last_outcome = 'created' where s.id = p_schedule_id;
    v_run := private.note_schedule_run(v_schedule, statement_timestamp(), 'created', v_made[1], p_is_manual => true);
    -- A person asked for it; what comes at its own time is not counted.
    perform private.count_creations(array[v_schedule.project_id], v_items, true) where v_counts;
    return v_run;
end;
$$;
comment on function public.run_schedule is
    'Create a task of a schedule now, paused or not, whatever still runs; its own times stay as they are. PT403 role_required,
PT404 schedule_not_found, task_not_found, PT422 agent_not_suitable, unknown_kind, PT429 creation_rate_exceeded.';
grant execute on function public.run_schedule to authenticated;
