create function public.update_agent(
    p_agent_id uuid, p_name text, p_capabilities text[], p_labels jsonb, p_version integer default null
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_capabilities text[] := private.normal_capabilities(p_capabilities);
begin
    perform private.require_whole_agent(p_agent_id);
    perform private.require_labels(p_labels);
    perform private.lock_lanes();
    update public.agents a
       set name = p_name, capabilities = v_capabilities, labels = p_labels, version = a.version + 1
     where a.id = p_agent_id and a.version = coalesce(p_version, a.version);
    if not found then
        perform private.refuse_version();
    end if;
    perform private.rematch_lanes(p_agent_id);
    perform private.note_agent('agent.update', 'agent.updated', p_agent_id,
        jsonb_build_object('name', p_name, 'capabilities', v_capabilities, 'labels', p_labels));
    return public.read_agent(p_agent_id);
end;
$$;
comment on function public.update_agent is
    'Change name, capabilities and labels; its lanes follow. PT403 role_required, agent_shared, PT404 agent_not_found,
PT412 version_changed, PT422 invalid_labels.';
grant execute on function public.update_agent to authenticated;
