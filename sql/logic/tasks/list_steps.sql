create function public.list_steps(p_task_id uuid, p_limit integer default 50, p_after bigint default 0)
returns setof public.task_steps
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        select s.* from public.task_steps s
         where s.task_id = p_task_id and s.id > p_after order by s.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_steps is 'The steps that a task remembers, in the order they were done. PT404 task_not_found.';
grant execute on function public.list_steps to authenticated, agent;
