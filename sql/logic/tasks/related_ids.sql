create function private.related_ids(p_task_id uuid, p_cascade text)
returns uuid[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
begin
    return array(
        with recursive found as (
            select t.id, t.project_id from public.tasks t where t.id = p_task_id
            union
            select n.id, f.project_id
              from found f
             cross join lateral (
                select t.id from public.tasks t
                 where p_cascade = 'descendants' and t.project_id = f.project_id and t.parent_task_id = f.id
                 union all
                select d.task_id from public.task_dependencies d
                 where p_cascade = 'dependents' and d.depends_on_id = f.id and d.on_failure <> 'ignore'
                -- As in waits_for_itself.
                offset 0) n
        )
        select f.id from found f where f.id <> p_task_id);
end;
$$;
comment on function private.related_ids is
    'All descendants of a task, or all dependents that could not go on without it, by way of others too.';
