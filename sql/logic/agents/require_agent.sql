create function private.require_agent()
returns uuid
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent uuid := private.my_agent_id();
begin
    if v_agent is null then
        perform private.fail(403, 'agent_required', 'This is for agents.', 'Send an agent key.');
    end if;
    return v_agent;
end;
$$;
comment on function private.require_agent is 'The calling agent. PT403 agent_required.';
