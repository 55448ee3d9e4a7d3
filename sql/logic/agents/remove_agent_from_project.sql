create function public.remove_agent_from_project(p_project_id uuid, p_agent_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.require_agent_seen(p_agent_id);
    perform private.lock_lanes();
    if private.agent_project_ids(p_agent_id) = array[p_project_id] then
        perform private.fail(409, 'agent_needs_project', 'This is the only project of the agent.',
            'Deactivate it, or add it to another project first.');
    end if;
    delete from public.agent_projects ap where ap.agent_id = p_agent_id and ap.project_id = p_project_id;
    if not found then
        return;
    end if;
    perform private.rematch_lanes(p_agent_id);
    perform private.end_leases(p_agent_id, p_project_id);
    perform private.emit('agent.left', p_project_id, p_agent_id);
    perform private.audit('agent.leave', p_project_id, p_agent_id);
end;
$$;
comment on function public.remove_agent_from_project is
    'An agent works for this project no longer; its leases there end now. PT403 role_required, PT404 project_not_found,
agent_not_found, PT409 agent_needs_project.';
grant execute on function public.remove_agent_from_project to authenticated;
