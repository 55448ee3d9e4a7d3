create function public.read_lineage(p_task_id uuid)
returns table (id uuid, relation text, depth integer, kind text, title text, state public.task_state)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.read_task(p_task_id);
    return query
        with recursive above as (
            select t.id, t.project_id, t.parent_task_id, 0 as depth from public.tasks t where t.id = p_task_id
            union all
            select p.id, p.project_id, p.parent_task_id, a.depth - 1
              from above a join public.tasks p on p.project_id = a.project_id and p.id = a.parent_task_id
             where a.depth > -100
        ), below as (
            select t.id, t.project_id, 0 as depth from public.tasks t where t.id = p_task_id
            union all
            select c.id, c.project_id, b.depth + 1
              from below b join public.tasks c on c.project_id = b.project_id and c.parent_task_id = b.id
             where b.depth < 100
        ), line as (
            select a.id, 'ancestor' as relation, a.depth from above a where a.depth < 0
            union all
            select b.id, case b.depth when 0 then 'self' else 'descendant' end, b.depth from below b
        )
        select l.id, l.relation, l.depth, t.kind, t.title, t.state
          from line l join public.tasks t on t.id = l.id
         order by l.depth, l.id limit 1000;
end;
$$;
comment on function public.read_lineage is
    'A task with its ancestors (depth below zero) and descendants (above), 100 levels and 1,000 tasks at the most. PT404 task_not_found.';
grant execute on function public.read_lineage to authenticated;
