create function public.read_agent(p_agent_id uuid)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_agent jsonb := (select to_jsonb(a) from public.list_agents(p_agent_id => p_agent_id) a);
begin
    if v_agent is null then
        raise exception using errcode = 'PT404', message = 'There is no such agent.', detail = 'agent_not_found';
    end if;
    return v_agent;
end;
$$;
comment on function public.read_agent is 'One agent. PT404 agent_not_found.';
grant execute on function public.read_agent to authenticated, agent;
