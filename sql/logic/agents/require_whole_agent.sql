create function private.require_whole_agent(p_agent_id uuid)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_agent_seen(p_agent_id);
    if not private.agent_project_ids(p_agent_id) <@ private.my_project_ids() then
        perform private.fail(403, 'agent_shared', 'This agent works for projects that are not yours, too.',
            'Ask an admin, or take it out of your project.');
    end if;
end;
$$;
comment on function private.require_whole_agent is
    'The caller supervises every project of this agent. PT403 role_required, agent_shared, PT404 agent_not_found.';
