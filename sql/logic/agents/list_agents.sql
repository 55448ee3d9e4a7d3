create function public.list_agents(
    p_project_id uuid default null, p_limit integer default 50, p_after uuid default null, p_agent_id uuid default null
) returns table (
    id uuid, name text, capabilities text[], project_ids uuid[], state text, seen_at timestamptz, created_at timestamptz
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select a.id, a.name, a.capabilities,
           array(select ap.project_id from public.agent_projects ap where ap.agent_id = a.id order by ap.project_id),
           case
               when not a.is_active then 'deactivated'
               when exists (select from public.tasks t where t.agent_id = a.id and t.state = 'running') then 'busy'
               when h.seen_at > statement_timestamp() - interval '1 minute' then 'idle'
               else 'offline'
           end,
           h.seen_at, a.created_at
      from public.agents a
      left join public.agent_heartbeats h on h.agent_id = a.id
     where (p_agent_id is null or a.id = p_agent_id) and (p_after is null or a.id > p_after)
       and (p_project_id is null
            or exists (select from public.agent_projects ap where ap.agent_id = a.id and ap.project_id = p_project_id))
     order by a.id limit least(p_limit, 1001)
$$;
comment on function public.list_agents is
    'Agents with the state that follows from heartbeat and leases: idle, busy, offline, deactivated.';
grant execute on function public.list_agents to authenticated, agent;
