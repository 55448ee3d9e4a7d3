create function public.update_task_status(
    p_task_id uuid, p_status text, p_lease_token bigint default null, p_output jsonb default null, p_error jsonb default null
) returns public.tasks
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.my_agent_id();
    v_task public.tasks;
begin
    if v_agent is not null then
        perform private.report_status(v_agent, p_task_id, p_status, p_lease_token, p_output, p_error);
        -- A result told twice is no way to look at what another attempt does with the task.
        select t.* into v_task
          from public.tasks t join public.task_attempts a on a.task_id = t.id and a.attempt = t.attempt
         where t.id = p_task_id and a.lease_token = p_lease_token and t.lease_token is null;
        if not found then
            perform private.refuse_lease(v_agent, p_task_id);
        end if;
        return v_task;
    end if;
    perform private.require_role('supervisor');
    if p_status = 'cancelled' then
        return public.cancel_task(p_task_id);
    elsif p_status = 'pending' then
        return public.requeue_task(p_task_id);
    elsif p_status is null or p_status not in ('completed', 'failed') then
        perform private.fail(422, 'invalid_status', 'A task is set to completed, failed, cancelled or pending.');
    end if;
    -- The transition guard names what cannot end so.
    update public.tasks t
       set state = p_status::public.task_state, blocked_reason = null, finished_at = statement_timestamp(),
           output = case p_status when 'completed' then coalesce(p_output, t.output, '{}') else t.output end,
           last_error = case p_status when 'failed' then coalesce(p_error, t.last_error) else t.last_error end,
           updated_at = statement_timestamp()
     where t.id = p_task_id and t.state <> 'running' and t.state::text <> p_status
    returning t.* into v_task;
    if not found then
        v_task := public.read_task(p_task_id);
        if v_task.state = 'running' then
            perform private.fail(409, 'task_running', 'An agent holds the task, and says itself how it ends.', 'Cancel it instead.');
        end if;
        return v_task;
    end if;
    perform private.emit('task.' || p_status, v_task.project_id, v_task.id,
        jsonb_strip_nulls(jsonb_build_object('error', case p_status when 'failed' then v_task.last_error end)));
    perform private.settle_dependents(array[v_task.id]);
    perform private.audit('task.' || p_status, v_task.project_id, v_task.id);
    return v_task;
end;
$$;
comment on function public.update_task_status is
    'Set a task to completed or failed (one that waits for a decision), cancelled, or pending again; an agent names its lease.
PT403 role_required, PT404 task_not_found, PT409 task_running, lease_lost, illegal_transition, PT422 invalid_status,
lease_token_required.';
grant execute on function public.update_task_status to authenticated, agent;
