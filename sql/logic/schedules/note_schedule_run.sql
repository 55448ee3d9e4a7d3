create function private.note_schedule_run(
    p_schedule public.schedules, p_scheduled_for timestamptz, p_outcome text, p_task_id uuid default null,
    p_reason text default null, p_missed_until timestamptz default null, p_is_manual boolean default false
) returns public.schedule_runs
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_run public.schedule_runs;
begin
    insert into public.schedule_runs (
        id, project_id, schedule_id, scheduled_for, missed_until, outcome, reason, is_manual, task_id, is_open)
    values (private.new_id(), p_schedule.project_id, p_schedule.id, p_scheduled_for, p_missed_until, p_outcome,
            left(p_reason, 1000), p_is_manual, p_task_id, p_task_id is not null)
    returning * into v_run;
    perform private.emit('schedule.' || case p_outcome when 'created' then 'fired' else p_outcome end,
        p_schedule.project_id, p_schedule.id, jsonb_strip_nulls(jsonb_build_object(
            'name', p_schedule.name, 'scheduled_for', p_scheduled_for, 'missed_until', p_missed_until,
            'task_id', p_task_id, 'reason', v_run.reason, 'is_manual', nullif(p_is_manual, false))));
    return v_run;
end;
$$;
comment on function private.note_schedule_run is
    'Write down what became of an instant of a schedule, and tell it: schedule.fired, skipped, missed or failed.';
grant execute on function private.note_schedule_run to devos_jobs;
