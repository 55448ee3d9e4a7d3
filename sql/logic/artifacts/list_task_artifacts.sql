create function public.list_task_artifacts(p_task_id uuid, p_limit integer default 50, p_after uuid default null)
returns setof public.task_artifacts
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        select a.* from public.task_artifacts a
         where a.task_id = p_task_id and (p_after is null or a.id > p_after)
         order by a.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_task_artifacts is 'The artifacts of a task, oldest first. PT404 task_not_found.';
grant execute on function public.list_task_artifacts to authenticated, agent;
