create function private.end_leases(p_agent_id uuid, p_project_id uuid)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- They pass, as they would when the agent fell silent; the reaper does the rest.
    update public.tasks t set lease_expires_at = statement_timestamp(), updated_at = statement_timestamp()
     where t.agent_id = p_agent_id and t.state = 'running' and t.lease_expires_at > statement_timestamp()
       and (p_project_id is null or t.project_id = p_project_id)
$$;
comment on function private.end_leases is 'The living leases of an agent pass now: in one project, or in all when it is null.';
