create function public.create_schedule(p_project_id uuid, p_schedule jsonb)
returns public.schedules
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_most constant integer := 100;
    v_schedule public.schedules;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.require_schedulable(p_project_id, p_schedule -> 'task');
    -- Two who make the last one wait for each other here.
    perform from public.projects p where p.id = p_project_id for no key update;
    if (select count(*) from public.schedules s where s.project_id = p_project_id) >= v_most then
        perform private.fail(409, 'too_many_schedules', format('A project has at most %s schedules.', v_most),
            'Delete one that is not needed any more.');
    end if;
    insert into public.schedules (id, project_id, name, cron, time_zone, missed_runs, overlap, task)
    select private.new_id(), p_project_id, n.name, n.cron, coalesce(n.time_zone, 'UTC'), coalesce(n.missed_runs, 'run_once'),
           coalesce(n.overlap, 'skip'), n.task
      from jsonb_populate_record(null::public.schedules, p_schedule) n
    returning * into v_schedule;
    perform private.emit('schedule.created', p_project_id, v_schedule.id, jsonb_build_object(
        'name', v_schedule.name, 'cron', v_schedule.cron, 'time_zone', v_schedule.time_zone));
    return v_schedule;
end;
$$;
comment on function public.create_schedule is
    'Say when a project wants which task: {name, cron, time_zone, missed_runs, overlap, task}. The worker plans its first run.
PT403 role_required, PT404 project_not_found, task_not_found, PT409 too_many_schedules, PT422 agent_not_suitable, unknown_kind.';
grant execute on function public.create_schedule to authenticated;
