-- as: devos_lookup
create function private.agent_project_ids(p_agent_id uuid)
returns uuid[]
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select array(select ap.project_id from public.agent_projects ap where ap.agent_id = p_agent_id order by ap.project_id)
$$;
comment on function private.agent_project_ids is 'All projects of an agent, the caller''s or not.';
grant execute on function private.agent_project_ids to devos_api;
