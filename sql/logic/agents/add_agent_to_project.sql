create function public.add_agent_to_project(p_project_id uuid, p_agent_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.require_agent_seen(p_agent_id);
    perform private.lock_lanes();
    insert into public.agent_projects (agent_id, project_id) values (p_agent_id, p_project_id) on conflict do nothing;
    if not found then
        return;
    end if;
    perform private.match_lanes(p_agent_id, null);
    perform private.emit('agent.joined', p_project_id, p_agent_id);
    perform private.audit('agent.join', p_project_id, p_agent_id);
end;
$$;
comment on function public.add_agent_to_project is
    'An agent of one project of the caller''s works for this one, too; twice is once. PT403 role_required,
PT404 project_not_found, agent_not_found.';
grant execute on function public.add_agent_to_project to authenticated;
