create function private.add_dependencies(p_edges jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_wrong record;
begin
    -- Held until commit: a predecessor that ends meanwhile sees the new edge, or is seen as ended.
    perform t.id from public.tasks t
      where t.id = any (array(select (e ->> 'depends_on_id')::uuid from jsonb_array_elements(p_edges) e))
      order by t.id for share;
    select p.id is null or p.project_id <> t.project_id as absent, p.state into v_wrong
      from jsonb_to_recordset(p_edges) as e (task_id uuid, depends_on_id uuid, on_failure text)
      join public.tasks t on t.id = e.task_id
      left join public.tasks p on p.id = e.depends_on_id
     where p.id is null or p.project_id <> t.project_id
        or (p.state in ('failed', 'cancelled') and e.on_failure is distinct from 'ignore')
     limit 1;
    if v_wrong.absent then
        perform private.fail(404, 'task_not_found', 'There is no such task to wait for.', 'Name tasks of the same project.');
    elsif found then
        perform private.fail(409, 'dependency_failed', format('A task to wait for is %s.', v_wrong.state),
            'Requeue it first, or say on_failure: ignore.');
    end if;
    insert into public.task_dependencies (task_id, depends_on_id, project_id, on_failure, settled_at)
    select e.task_id, e.depends_on_id, p.project_id, coalesce(e.on_failure, 'fail'),
           case when p.state in ('completed', 'failed', 'cancelled') then statement_timestamp() end
      from jsonb_to_recordset(p_edges) as e (task_id uuid, depends_on_id uuid, on_failure text)
      join public.tasks p on p.id = e.depends_on_id
    on conflict do nothing;
    update public.tasks t set open_dependencies = o.open
      from (select d.task_id, count(*) filter (where d.settled_at is null)::integer as open
              from public.task_dependencies d
             where d.task_id = any (array(select (e ->> 'task_id')::uuid from jsonb_array_elements(p_edges) e))
             group by d.task_id) o
     where t.id = o.task_id and t.open_dependencies <> o.open;
end;
$$;
comment on function private.add_dependencies is
    'Let new tasks wait for others of their project: edges {task_id, depends_on_id, on_failure}. PT404 task_not_found, PT409 dependency_failed.';
grant execute on function private.add_dependencies to devos_jobs;
