create function private.add_agent(
    p_name text, p_project_ids uuid[], p_capabilities text[], p_labels jsonb, p_key_id text, p_key_hash bytea,
    p_registration_token_id uuid
) returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
begin
    perform private.require_labels(p_labels);
    perform private.lock_lanes();
    insert into public.agents (id, name, capabilities, labels, registration_token_id)
    values (v_id, p_name, p_capabilities, p_labels, p_registration_token_id);
    insert into public.agent_projects (agent_id, project_id) select v_id, p from unnest(p_project_ids) p;
    if p_registration_token_id is not null then
        -- A token acts for nobody: from here on the new agent does itself.
        perform set_config('request.jwt.claims', format('{"role":"agent","agent_id":"%s"}', v_id), true);
    end if;
    insert into private.agent_keys (id, agent_id, key_hash) values (p_key_id, v_id, p_key_hash);
    perform private.match_lanes(v_id, null);
    perform private.note_agent('agent.register', 'agent.registered', v_id, jsonb_strip_nulls(jsonb_build_object(
        'name', p_name, 'capabilities', p_capabilities, 'labels', p_labels, 'key_id', p_key_id,
        'registration_token_id', p_registration_token_id)));
    return public.read_agent(v_id);
end;
$$;
comment on function private.add_agent is 'A new agent with its key, its projects and its lanes. PT422 invalid_labels.';
