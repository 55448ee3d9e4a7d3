-- as: devos_lookup
create function private.search_agents(
    p_project_ids uuid[], p_capability text, p_label jsonb, p_after uuid, p_limit integer
) returns setof uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select a.id from public.agents a
     where a.id in (select ap.agent_id from public.agent_projects ap where ap.project_id = any (p_project_ids))
       and (p_capability is null or a.capabilities @> array[p_capability])
       and (p_label is null or a.labels @> p_label)
       and (p_after is null or a.id > p_after)
     order by a.id limit p_limit
$$;
comment on function private.search_agents is
    'Ids of agents in these projects that match, in order. The policies know no index for what is in an array or in JSON: the caller
names the projects that it may see, and reads the rows under its own policies.';
grant execute on function private.search_agents to devos_api;
