create function public.revoke_agent_key(p_agent_id uuid, p_key_id text)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_whole_agent(p_agent_id);
    update private.agent_keys k set revoked_at = statement_timestamp()
     where k.id = p_key_id and k.agent_id = p_agent_id and k.revoked_at is null;
    if found then
        perform private.note_agent('agent.revoke_key', 'agent.key_revoked', p_agent_id, jsonb_build_object('key_id', p_key_id));
    elsif not exists (select from private.agent_keys k where k.id = p_key_id and k.agent_id = p_agent_id) then
        perform private.fail(404, 'agent_key_not_found', 'The agent has no such key.', 'List them with GET /api/agents/{id}/keys.');
    end if;
end;
$$;
comment on function public.revoke_agent_key is
    'End a key of an agent now; twice is once. PT403 role_required, agent_shared, PT404 agent_not_found, agent_key_not_found.';
grant execute on function public.revoke_agent_key to authenticated;
