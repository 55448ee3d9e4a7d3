create function public.register_agent(
    p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_id uuid := private.new_id();
    v_capabilities text[] := private.normal_capabilities(p_capabilities);
    v_projects uuid[] := array(select distinct p from unnest(p_project_ids) p order by p);
begin
    perform private.require_role('supervisor');
    if cardinality(v_projects) = 0 then
        perform private.fail(422, 'project_required', 'An agent belongs to at least one project.', 'Name it in project_ids.');
    end if;
    perform private.require_project(v_projects);
    perform private.lock_lanes();
    insert into public.agents (id, name, capabilities) values (v_id, p_name, v_capabilities);
    insert into public.agent_projects (agent_id, project_id) select v_id, p from unnest(v_projects) p;
    insert into private.agent_keys (id, agent_id, key_hash) values (p_key_id, v_id, p_key_hash);
    perform private.match_lanes(v_id, null);
    perform private.emit_each(
        array_fill('agent.registered'::text, array[cardinality(v_projects)]), v_projects,
        array_fill(v_id, array[cardinality(v_projects)]),
        array_fill(jsonb_build_object('name', p_name), array[cardinality(v_projects)]));
    perform private.audit('agent.register', v_projects[1], v_id,
        jsonb_build_object('name', p_name, 'project_ids', v_projects, 'capabilities', v_capabilities, 'key_id', p_key_id));
    return (select to_jsonb(a) from public.list_agents(null, 1, null, v_id) a);
end;
$$;
comment on function public.register_agent is
    'Register an agent and store the SHA-256 of its key. PT403 role_required, PT404 project_not_found, PT422 project_required.';
grant execute on function public.register_agent to authenticated;
