create function public.read_task_schedule(p_task_id uuid)
returns public.schedule_runs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks := public.read_task(p_task_id);
    v_run public.schedule_runs;
begin
    select * into v_run from public.schedule_runs r where r.project_id = v_task.project_id and r.task_id = p_task_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'No schedule made this task.', detail = 'task_not_scheduled';
    end if;
    return v_run;
end;
$$;
comment on function public.read_task_schedule is
    'Which schedule made a task, and the instant that it stands for. PT404 task_not_found, task_not_scheduled.';
grant execute on function public.read_task_schedule to authenticated, agent;
