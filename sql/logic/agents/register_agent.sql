create function public.register_agent(
    p_name text, p_project_ids uuid[], p_capabilities text[], p_key_id text, p_key_hash bytea, p_labels jsonb default '{}'
) returns jsonb
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_projects uuid[] := array(select distinct p from unnest(p_project_ids) p order by p);
begin
    perform private.require_role('supervisor');
    if cardinality(v_projects) = 0 then
        perform private.fail(422, 'project_required', 'An agent belongs to at least one project.', 'Name it in project_ids.');
    end if;
    perform private.require_project(v_projects);
    return private.add_agent(
        p_name, v_projects, private.normal_capabilities(p_capabilities), p_labels, p_key_id, p_key_hash, null);
end;
$$;
comment on function public.register_agent is
    'Register an agent and store the SHA-256 of its key. PT403 role_required, PT404 project_not_found, PT422 project_required,
invalid_labels.';
grant execute on function public.register_agent to authenticated;
