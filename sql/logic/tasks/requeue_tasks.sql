create function public.requeue_tasks(p_task_ids uuid[])
returns setof public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_projects uuid[];
    v_ids uuid[];
begin
    perform private.require_role('supervisor');
    if not coalesce(cardinality(p_task_ids) between 1 and 1000, false) then
        perform private.fail(422, 'invalid_tasks', 'Name 1 to 1000 tasks.');
    end if;
    perform public.read_task(i.id) from unnest(p_task_ids) as i (id)
      where not exists (select from public.tasks t where t.id = i.id);
    -- A lease lost goes back to pending too, so the transition guard lets that pass: an agent is at work here.
    perform private.fail(409, 'illegal_transition', 'A running task cannot be requeued.', 'Cancel it, or wait for its end.')
       from (select t.state from public.tasks t where t.id = any (p_task_ids) order by t.id for update) locked
      where locked.state = 'running';
    -- The transition guard names what else cannot be requeued; a task that waits already is left as it is.
    with chosen as (
        select t.id from public.tasks t where t.id = any (p_task_ids) and t.state <> 'pending'
    ), requeued as (
        update public.tasks t
           set state = 'pending', blocked_reason = null, retry_count = 0, run_at = statement_timestamp(),
               finished_at = null, cancel_requested_at = null, updated_at = statement_timestamp()
          from chosen c where t.id = c.id
        returning t.id, t.project_id
    )
    select array_agg(r.id order by r.id), array_agg(r.project_id order by r.id) into v_ids, v_projects from requeued r;
    if v_ids is not null then
        perform private.emit_each(array_fill('task.requeued'::text, array[cardinality(v_ids)]), v_projects, v_ids,
            array_fill('{}'::jsonb, array[cardinality(v_ids)]));
        perform private.audit('task.requeue', p.project_id, null, jsonb_build_object('task_ids', p.ids))
           from (select x.project_id, array_agg(x.id) as ids from unnest(v_ids, v_projects) as x (id, project_id) group by 1) p;
        perform private.enqueue('tasks.ready', (
            select array_agg(distinct jsonb_build_object('kind', t.kind)) from public.tasks t where t.id = any (v_ids)));
    end if;
    return query select t.* from public.tasks t where t.id = any (p_task_ids) order by t.id;
end;
$$;
comment on function public.requeue_tasks is
    'Put failed or blocked tasks back to pending with all their retries; attempts and checkpoint are kept, all or none.
PT403 role_required, PT404 task_not_found, PT409 illegal_transition, PT422 invalid_tasks.';
grant execute on function public.requeue_tasks to authenticated;
