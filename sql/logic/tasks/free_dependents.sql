-- as: devos_jobs
create function private.free_dependents(p_ids uuid[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_freed uuid[];
    v_fewer integer[];
begin
    with settled as (
        update public.task_dependencies d set settled_at = statement_timestamp()
          from public.tasks p
         where d.depends_on_id = any (p_ids) and d.settled_at is null and p.id = d.depends_on_id
           and (p.state = 'completed' or (p.state in ('failed', 'cancelled') and d.on_failure = 'ignore'))
        returning d.task_id
    ), fewer as (
        select s.task_id, count(*)::integer as number from settled s group by s.task_id
    )
    select array_agg(f.task_id), array_agg(f.number) into v_freed, v_fewer from fewer f;
    if v_freed is not null then
        perform private.count_down(v_freed, v_fewer);
    end if;
end;
$$;
comment on function private.free_dependents is 'Settle what the completed among these tasks were waited for, and the failed where that is ignored.';
