create function private.require_suitable(p_items jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Most lists assign nobody, and are not taken apart for it.
    if jsonb_path_exists(p_items, '$[*].assigned_agent_id ? (@ != null)') and exists (
        select from jsonb_to_recordset(p_items) as i (
                   project_id uuid, required_capabilities text[], assigned_agent_id uuid)
         where i.assigned_agent_id is not null and not exists (
            select from public.agents a join public.agent_projects ap on ap.agent_id = a.id
             where a.id = i.assigned_agent_id and a.is_active and ap.project_id = i.project_id
               and private.normal_capabilities(i.required_capabilities) <@ a.capabilities)
    ) then
        perform private.fail(422, 'agent_not_suitable', 'The assigned agent could never claim this task.',
            'It must be an active agent of the project with the required capabilities.');
    end if;
end;
$$;
comment on function private.require_suitable is
    'PT422 agent_not_suitable unless each assigned agent belongs to the project, is active and has what the task requires.';
grant execute on function private.require_suitable to devos_jobs;
