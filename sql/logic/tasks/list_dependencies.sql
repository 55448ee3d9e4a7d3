create function public.list_dependencies(p_task_id uuid, p_limit integer default 50, p_after uuid default null)
returns table (
    relation text, task_id uuid, kind text, title text, state public.task_state, on_failure text, settled_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        select n.relation, n.id, t.kind::text, t.title::text, t.state, n.on_failure, n.settled_at
          from (select 'predecessor' as relation, d.depends_on_id as id, d.on_failure, d.settled_at
                  from public.task_dependencies d where d.task_id = p_task_id
                 union all
                select 'dependent', d.task_id, d.on_failure, d.settled_at
                  from public.task_dependencies d where d.depends_on_id = p_task_id) n
          join public.tasks t on t.id = n.id
         where p_after is null or n.id > p_after
         order by n.id limit least(p_limit, 1001);
end;
$$;
comment on function public.list_dependencies is
    'What a task waits for (predecessors) and what waits for it (dependents). PT404 task_not_found.';
grant execute on function public.list_dependencies to authenticated;
