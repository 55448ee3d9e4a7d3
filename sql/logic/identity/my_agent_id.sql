-- as: devos_lookup
create function private.my_agent_id()
returns uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select a.id from public.agents a where a.id = (private.claims() ->> 'agent_id')::uuid and a.is_active
$$;
comment on function private.my_agent_id is 'The agent of this request, if it is active.';
grant execute on function private.my_agent_id to authenticated, agent, integration, devos_api, devos_journal, devos_jobs;
