-- as: devos_jobs
create function private.open_tasks_of(p_schedule_id uuid)
returns uuid[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Looked at once after its end: the tasks themselves know nothing of schedules.
    update public.schedule_runs r set is_open = false
     where r.schedule_id = p_schedule_id and r.is_open
       and not exists (select from public.tasks t where t.id = r.task_id and t.state not in ('completed', 'failed', 'cancelled'));
    return array(
        select t.id from public.schedule_runs r join public.tasks t on t.id = r.task_id
         where r.schedule_id = p_schedule_id and r.is_open and t.state not in ('completed', 'failed', 'cancelled')
         order by t.id for no key update of t);
end;
$$;
comment on function private.open_tasks_of is 'The tasks of a schedule that have not ended, locked.';
