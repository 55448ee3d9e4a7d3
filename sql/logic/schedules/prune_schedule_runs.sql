-- as: devos_jobs
create function private.prune_schedule_runs(p_days integer, p_limit integer default 1000)
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_gone integer;
begin
    -- Ids begin with their time. What is kept, at the most one of a schedule and those under way, lies in front of them.
    delete from public.schedule_runs r
     where r.id = any (array(
        select o.id from public.schedule_runs o
         where o.id < private.first_id_at(statement_timestamp() - greatest(p_days, 1) * interval '1 day')
           -- Not exists: that would read all runs to join them.
           and o.id < (select n.id from public.schedule_runs n
                        where n.project_id = o.project_id and n.schedule_id = o.schedule_id order by n.id desc limit 1)
           -- Of a task under way the schedule must know: it may have to wait for it, or to cancel it.
           and not exists (select from public.tasks t
                            where t.id = o.task_id and t.state not in ('completed', 'failed', 'cancelled'))
         order by o.id limit p_limit
         -- Its schedule may be closing it just now.
         for update of o skip locked));
    get diagnostics v_gone = row_count;
    return v_gone;
end;
$$;
comment on function private.prune_schedule_runs is
    'Job: forget runs of schedules older than so many days, p_limit at a time: but the last of each schedule, and those whose task has
not ended. Returns how many.';
grant execute on function private.prune_schedule_runs to devos_worker;
