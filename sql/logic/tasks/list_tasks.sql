create function public.list_tasks(
    p_project_id uuid default null, p_state public.task_state default null, p_kind text default null,
    p_limit integer default 50, p_before uuid default null
) returns setof public.tasks
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select t.* from public.tasks t
     where (p_project_id is null or t.project_id = p_project_id)
       and (p_state is null or t.state = p_state)
       and (p_kind is null or t.kind = p_kind)
       and (p_before is null or t.id < p_before)
     order by t.id desc limit least(p_limit, 1001)
$$;
comment on function public.list_tasks is 'Tasks the caller sees, newest first.';
grant execute on function public.list_tasks to authenticated, agent;
