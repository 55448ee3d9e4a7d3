create function public.fail_tasks(p_items jsonb)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    return private.finish_as('fail', p_items);
end;
$$;
comment on function public.fail_tasks is
    'Fail leased tasks: items {task_id, lease_token, error, retryable, retry_after_seconds, blocked_reason}; a retry follows while there is one left. PT403 agent_required, PT422 invalid_items.';
grant execute on function public.fail_tasks to agent;
