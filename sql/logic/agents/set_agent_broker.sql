create function public.set_agent_broker(p_agent_id uuid, p_is_allowed boolean)
returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('admin');
    perform private.require_agent_seen(p_agent_id);
    update public.agents a set broker_allowed = p_is_allowed where a.id = p_agent_id and a.broker_allowed <> p_is_allowed;
    if found then
        perform private.note_agent('agent.set_broker', 'agent.broker_changed', p_agent_id,
            jsonb_build_object('is_allowed', p_is_allowed));
    end if;
    return public.read_agent(p_agent_id);
end;
$$;
comment on function public.set_agent_broker is
    'Let an agent have credentials of the broker, or take them back. PT403 role_required, PT404 agent_not_found.';
grant execute on function public.set_agent_broker to authenticated;
