create function private.hold_lease(p_task_id uuid, p_lease_token bigint)
returns public.tasks
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.require_agent();
    v_task public.tasks;
begin
    select * into v_task from public.tasks t
     where t.id = p_task_id and t.lease_token = p_lease_token and t.agent_id = v_agent
       and coalesce(t.lease_expires_at > statement_timestamp(), false)
       for no key update;
    if not found then
        perform private.refuse_lease(v_agent, p_task_id);
    end if;
    return v_task;
end;
$$;
comment on function private.hold_lease is
    'The leased task, locked until commit, so that its lease cannot pass meanwhile. PT403 agent_required, PT404 task_not_found, PT409 lease_lost.';
