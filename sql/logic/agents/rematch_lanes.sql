create function private.rematch_lanes(p_agent_id uuid)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.agent_lanes al
     where al.agent_id = p_agent_id and not exists (
        select from public.lanes l
          join public.agent_projects ap on ap.project_id = l.project_id and ap.agent_id = al.agent_id
          join public.agents a on a.id = ap.agent_id and l.required_capabilities <@ a.capabilities
         where l.id = al.lane_id);
    perform private.match_lanes(p_agent_id, null);
end;
$$;
comment on function private.rematch_lanes is
    'The lanes of an agent whose projects or capabilities changed. The caller holds lock_lanes().';
