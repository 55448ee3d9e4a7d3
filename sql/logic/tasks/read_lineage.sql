create function public.read_lineage(p_task_id uuid)
returns table (
    id uuid, relation text, depth integer, via_id uuid, kind text, title text, state public.task_state, open_dependencies integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_project uuid := (public.read_task(p_task_id)).project_id;
begin
    return query
        with recursive line as (
            select p_task_id as id, r.relation, 0 as depth, null::uuid as via_id
              from (values ('self'), ('ancestor'), ('descendant'), ('predecessor'), ('successor')) as r (relation)
            union
            select n.id, l.relation, l.depth + 1, l.id
              from line l
             cross join lateral (
                select t.parent_task_id as id from public.tasks t where l.relation = 'ancestor' and t.id = l.id
                 union all
                select t.id from public.tasks t
                 where l.relation = 'descendant' and t.project_id = v_project and t.parent_task_id = l.id
                 union all
                select d.depends_on_id from public.task_dependencies d where l.relation = 'predecessor' and d.task_id = l.id
                 union all
                select d.task_id from public.task_dependencies d where l.relation = 'successor' and d.depends_on_id = l.id
                -- As in waits_for_itself.
                offset 0) n
             where l.depth < 100 and n.id is not null
        ), nearest as (
            -- A graph has many ways to the same task: the shortest counts, and looking for it has an end.
            select distinct on (f.relation, f.id) f.relation, f.id, f.depth, f.via_id
              from (select * from line limit 20000) f
             where f.depth > 0 or f.relation = 'self'
             order by f.relation, f.id, f.depth, f.via_id
        )
        select n.id, n.relation, n.depth, n.via_id, t.kind::text, t.title::text, t.state, t.open_dependencies
          from nearest n join public.tasks t on t.id = n.id
         order by n.depth, n.relation, n.id limit 1001;
end;
$$;
comment on function public.read_lineage is
    'A task with its ancestors and descendants, and what it waits for and what waits for it, each once, with the next task on the way
back (via_id): nearest first, 100 steps and 1,000 tasks at the most; one more says that there are more. PT404 task_not_found.';
grant execute on function public.read_lineage to authenticated;
