create function public.read_task(p_task_id uuid)
returns public.tasks
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
begin
    select * into v_task from public.tasks t where t.id = p_task_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such task.', detail = 'task_not_found';
    end if;
    return v_task;
end;
$$;
comment on function public.read_task is 'One task. PT404 task_not_found.';
grant execute on function public.read_task to authenticated, agent;
