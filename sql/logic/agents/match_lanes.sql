create function private.match_lanes(p_agent_id uuid, p_lane_ids bigint[])
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into public.agent_lanes (agent_id, lane_id, kind, project_id, is_limited)
    select a.id, l.id, l.kind, l.project_id, l.is_limited
      from public.lanes l
      join public.agent_projects ap on ap.project_id = l.project_id
      join public.agents a on a.id = ap.agent_id and l.required_capabilities <@ a.capabilities
       and (l.assigned_agent_id is null or l.assigned_agent_id = a.id)
     where (p_agent_id is null or a.id = p_agent_id) and (p_lane_ids is null or l.id = any (p_lane_ids))
    on conflict do nothing
$$;
comment on function private.match_lanes is
    'Write which lanes agents may claim from: of one agent, or of new lanes. The caller holds lock_lanes().';
grant execute on function private.match_lanes to devos_jobs;
