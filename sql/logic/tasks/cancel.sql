create function private.cancel(p_ids uuid[], p_reason text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[];
    v_projects uuid[];
    v_types text[];
    v_data jsonb := jsonb_strip_nulls(jsonb_build_object('reason', p_reason));
begin
    -- A running task is only asked: its handler learns of it with the next renewal and can clean up.
    with asked as (
        update public.tasks t
           set state = case when t.state = 'running' then t.state else 'cancelled' end,
               blocked_reason = null, updated_at = statement_timestamp(), cancel_reason = p_reason,
               cancel_requested_at = coalesce(t.cancel_requested_at, statement_timestamp()),
               finished_at = case when t.state <> 'running' then statement_timestamp() end
         where t.id = any (p_ids) and not (t.state = 'cancelled' or (t.state = 'running' and t.cancel_requested_at is not null))
        returning t.id, t.project_id, case t.state when 'cancelled' then 'task.cancelled' else 'task.cancel_requested' end as type
    )
    select array_agg(a.id), array_agg(a.project_id), array_agg(a.type) into v_ids, v_projects, v_types from asked a;
    if v_ids is not null then
        perform private.emit_each(v_types, v_projects, v_ids, array_fill(v_data, array[cardinality(v_ids)]));
        perform private.audit('task.cancel', a.project_id, a.id, v_data) from unnest(v_ids, v_projects) as a (id, project_id);
    end if;
end;
$$;
comment on function private.cancel is
    'Cancel those of these tasks that wait, ask those that run to stop. PT409 illegal_transition when one has ended.';
grant execute on function private.cancel to devos_jobs;
