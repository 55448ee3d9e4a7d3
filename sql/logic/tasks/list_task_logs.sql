create function public.list_task_logs(p_task_id uuid, p_limit integer default 100, p_after bigint default 0)
returns setof public.task_logs
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        select l.* from public.task_logs l
         where l.task_id = p_task_id and l.id > p_after order by l.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_task_logs is 'Log lines of a task, in order. PT404 task_not_found.';
grant execute on function public.list_task_logs to authenticated, agent;
