create function public.set_agent_activation(p_agent_id uuid, p_is_active boolean)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_whole_agent(p_agent_id);
    update public.agents a set is_active = p_is_active where a.id = p_agent_id and a.is_active <> p_is_active;
    if found then
        if not p_is_active then
            perform private.end_leases(p_agent_id, null);
        end if;
        perform private.note_agent(
            case when p_is_active then 'agent.activate' else 'agent.deactivate' end,
            case when p_is_active then 'agent.activated' else 'agent.deactivated' end, p_agent_id);
    end if;
    return public.read_agent(p_agent_id);
end;
$$;
comment on function public.set_agent_activation is
    'Switch an agent on or off. Off: its keys are refused from the next request on, its leases pass now. PT403 role_required,
agent_shared, PT404 agent_not_found.';
grant execute on function public.set_agent_activation to authenticated;
