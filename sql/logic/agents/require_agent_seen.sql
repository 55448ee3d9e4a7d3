create function private.require_agent_seen(p_agent_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from public.agents a where a.id = p_agent_id) then
        perform private.fail(404, 'agent_not_found', 'There is no such agent.', 'List yours with GET /api/agents.');
    end if;
end;
$$;
comment on function private.require_agent_seen is 'PT404 agent_not_found unless the caller sees this agent.';
