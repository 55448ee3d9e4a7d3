create function private.report_status(
    p_agent_id uuid, p_task_id uuid, p_status text, p_lease_token bigint, p_output jsonb, p_error jsonb
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_action constant text := case p_status when 'completed' then 'complete' when 'failed' then 'fail' when 'pending' then 'release' end;
begin
    if v_action is null then
        perform private.fail(422, 'invalid_status', 'An agent sets its task to completed, failed or pending.',
            'To cancel a task is for people.');
    elsif p_lease_token is null then
        perform private.fail(422, 'lease_token_required', 'An agent says which attempt it speaks for: each claim has its lease token.',
            'Send the lease_token that came with the task.');
    end if;
    if private.finish_tasks(p_agent_id, jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
           'task_id', p_task_id, 'lease_token', p_lease_token, 'action', v_action, 'output', p_output, 'error', p_error))))
       -> 0 ->> 'outcome' = 'lease_lost' then
        perform private.refuse_lease(p_agent_id, p_task_id);
    end if;
end;
$$;
comment on function private.report_status is
    'finish_tasks for one task, by the status that its agent gives it. PT404 task_not_found, PT409 lease_lost, PT422 invalid_status,
lease_token_required.';
