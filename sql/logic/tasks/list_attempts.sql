create function public.list_attempts(p_task_id uuid, p_limit integer default 50, p_after integer default 0)
returns setof public.task_attempts
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        select a.* from public.task_attempts a
         where a.task_id = p_task_id and a.attempt > p_after order by a.attempt limit least(p_limit, 1001);
end;
$$;
comment on function public.list_attempts is 'The ended attempts at a task, in order. PT404 task_not_found.';
grant execute on function public.list_attempts to authenticated, agent;
