create function public.cancel_task(p_task_id uuid)
returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_task public.tasks;
begin
    perform private.require_role('supervisor');
    -- A running task is only asked: its handler learns of it with the next renewal and can clean up.
    update public.tasks t
       set state = case when t.state = 'running' then t.state else 'cancelled' end,
           blocked_reason = null, updated_at = statement_timestamp(),
           cancel_requested_at = coalesce(t.cancel_requested_at, statement_timestamp()),
           finished_at = case when t.state <> 'running' then statement_timestamp() end
     where t.id = p_task_id and not (t.state = 'cancelled' or (t.state = 'running' and t.cancel_requested_at is not null))
    returning t.* into v_task;
    if not found then
        return public.read_task(p_task_id);
    end if;
    perform private.emit(case v_task.state when 'cancelled' then 'task.cancelled' else 'task.cancel_requested' end,
        v_task.project_id, v_task.id);
    perform private.settle_dependents(array[v_task.id]);
    perform private.audit('task.cancel', v_task.project_id, v_task.id);
    return v_task;
end;
$$;
comment on function public.cancel_task is
    'Cancel a waiting task at once, ask a running one to stop; twice is once. PT403 role_required, PT404 task_not_found,
PT409 illegal_transition when it has ended.';
grant execute on function public.cancel_task to authenticated;
