create function private.add_dependencies(p_edges jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_tasks uuid[];
    v_before uuid[];
    v_policies text[];
    v_state public.task_state;
begin
    select array_agg(e.task_id), array_agg(e.depends_on_id), array_agg(coalesce(e.on_failure, 'fail'))
      into v_tasks, v_before, v_policies
      from jsonb_to_recordset(p_edges) as e (task_id uuid, depends_on_id uuid, on_failure text);
    -- Held until commit: a predecessor that ends meanwhile sees the new edge, or is seen as ended. Predecessors before
    -- those that wait for them, the order in which an end is passed on.
    perform from public.tasks t where t.id = any (v_before) order by t.id for share;
    perform from public.tasks t where t.id = any (v_tasks) order by t.id for no key update;
    select t.state into v_state from public.tasks t where t.id = any (v_tasks) and t.state not in ('pending', 'blocked') limit 1;
    if found then
        perform private.fail(409, 'task_not_editable', format('The task is %s; only one that waits can wait for more.', v_state),
            'Create another one.');
    end if;
    if exists (
        select from unnest(v_tasks, v_before) as e (task_id, depends_on_id)
          join public.tasks t on t.id = e.task_id
          left join public.tasks p on p.id = e.depends_on_id and p.project_id = t.project_id
         where p.id is null
    ) then
        perform private.fail(404, 'task_not_found', 'There is no such task to wait for.', 'Name tasks of the same project.');
    end if;
    with made as (
        insert into public.task_dependencies (task_id, depends_on_id, project_id, on_failure, settled_at)
        -- A predecessor that is named twice counts as it was named first.
        select distinct on (e.task_id, e.depends_on_id) e.task_id, e.depends_on_id, p.project_id, e.on_failure,
               case when p.state = 'completed' or (p.state in ('failed', 'cancelled') and e.on_failure = 'ignore')
                   then statement_timestamp() end
          from unnest(v_tasks, v_before, v_policies) with ordinality as e (task_id, depends_on_id, on_failure, nr)
          join public.tasks t on t.id = e.task_id
          join public.tasks p on p.id = e.depends_on_id
         order by e.task_id, e.depends_on_id, e.nr
        on conflict do nothing
        returning task_id, depends_on_id, settled_at
    )
    select array_agg(m.task_id), array_agg(m.depends_on_id) into v_tasks, v_before from made m where m.settled_at is null;
    if v_tasks is null then
        return;
    end if;
    update public.tasks t set open_dependencies = t.open_dependencies + m.open
      from (select u.id, count(*)::integer as open from unnest(v_tasks) as u (id) group by u.id) m
     where t.id = m.id;
    -- What has failed already counts as what fails later.
    perform private.settle_dependents(v_before, v_tasks);
end;
$$;
comment on function private.add_dependencies is
    'Let waiting tasks wait for others of their project: edges {task_id, depends_on_id, on_failure: fail | block | ignore}.
PT404 task_not_found, PT409 task_not_editable.';
grant execute on function private.add_dependencies to devos_jobs;
