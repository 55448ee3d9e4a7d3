create function private.requeue(p_named uuid[], p_found uuid[] default '{}')
returns uuid[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_asked uuid[] := p_named || p_found;
    v_lost record;
    v_ids uuid[];
    v_projects uuid[];
    v_hints jsonb[];
begin
    -- A lease lost goes back to pending too, so the transition guard lets that pass: an agent is at work here.
    perform from public.tasks t where t.id = any (v_asked) order by t.id for update;
    if exists (select from public.tasks t where t.id = any (v_asked) and t.state = 'running') then
        perform private.fail(409, 'illegal_transition', 'A running task cannot be requeued.', 'Cancel it, or wait for its end.');
    end if;
    -- It would wait for ever, or go on without what it was to wait for: that is for somebody to decide.
    select array_agg(d.task_id) as ids, min(d.task_id::text) filter (where d.task_id = any (p_named)) as named
      into v_lost
      from public.task_dependencies d
      join public.tasks t on t.id = d.task_id and t.state in ('failed', 'blocked')
      join public.tasks p on p.id = d.depends_on_id and p.state = 'cancelled'
     where d.task_id = any (v_asked) and d.settled_at is null;
    if v_lost.named is not null then
        perform private.fail(409, 'predecessor_cancelled',
            format('Task %s waits for one that was cancelled and will never be completed.', v_lost.named),
            'Take that away (DELETE /api/tasks/{id}/dependencies/{depends_on_id}), then requeue it: it goes on without.');
    end if;
    -- What waits under a key keeps the lane of that; what had ended may have lost it.
    perform private.ensure_lanes(k.items)
       from (select jsonb_agg(to_jsonb(t)) as items from public.tasks t
              where t.id = any (v_asked) and t.concurrency_key is not null) k where k.items is not null;
    -- The transition guard names what else cannot be requeued; a task that waits already is left as it is.
    with chosen as (
        select t.id from public.tasks t
         where t.id = any (v_asked) and t.state <> 'pending' and t.id <> all (coalesce(v_lost.ids, '{}'))
    ), requeued as (
        update public.tasks t
           set state = 'pending', blocked_reason = null, retry_count = 0, postponed = 0, run_at = statement_timestamp(),
               lane_id = case when t.concurrency_key is null then t.lane_id else (
                   select l.id from public.lanes l
                    where l.project_id = t.project_id and l.kind = t.kind and l.required_capabilities = t.required_capabilities
                      and l.assigned_agent_id is not distinct from t.assigned_agent_id
                      and l.concurrency_key = t.concurrency_key) end,
               queue_priority = t.priority, finished_at = null, cancel_requested_at = null, updated_at = statement_timestamp()
          from chosen c where t.id = c.id
        returning t.id, t.project_id, t.kind
    )
    select array_agg(r.id order by r.id), array_agg(r.project_id order by r.id),
           array_agg(distinct jsonb_build_object('kind', r.kind))
      into v_ids, v_projects, v_hints
      from requeued r;
    if v_ids is null then
        return '{}';
    end if;
    perform private.emit_each(array_fill('task.requeued'::text, array[cardinality(v_ids)]), v_projects, v_ids,
        array_fill('{}'::jsonb, array[cardinality(v_ids)]));
    perform private.audit('task.requeue', x.project_id, x.id) from unnest(v_ids, v_projects) as x (id, project_id);
    perform private.enqueue('tasks.ready', v_hints);
    return v_ids;
end;
$$;
comment on function private.requeue is
    'Put failed or blocked tasks back to pending with all their retries; attempts and checkpoint are kept. Of those that were found
and not named, what waits for a cancelled task is left as it is. PT409 illegal_transition, predecessor_cancelled.';
