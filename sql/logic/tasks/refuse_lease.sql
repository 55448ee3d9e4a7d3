create function private.refuse_lease(p_agent_id uuid, p_task_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from public.tasks t where t.id = p_task_id and t.agent_id = p_agent_id)
       or exists (select from public.task_attempts a where a.task_id = p_task_id and a.agent_id = p_agent_id) then
        perform private.fail(409, 'lease_lost', 'The lease of this task has passed.',
            'Stop the work: another attempt has it, or it has ended.');
    end if;
    perform private.fail(404, 'task_not_found', 'There is no such task.', 'Only the agent that claimed a task may write to it.');
end;
$$;
comment on function private.refuse_lease is
    'Explain a missed lease: PT409 lease_lost to an agent that once held the task, PT404 task_not_found to a stranger.';
