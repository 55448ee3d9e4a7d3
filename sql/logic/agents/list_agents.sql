create function public.list_agents(
    p_project_id uuid default null, p_limit integer default 50, p_after uuid default null, p_agent_id uuid default null,
    p_capability text default null, p_label jsonb default null, p_state text default null
) returns table (
    id uuid, name text, capabilities text[], labels jsonb, project_ids uuid[], state text, is_active boolean,
    broker_allowed boolean, version integer, seen_at timestamptz, created_at timestamptz
)
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select a.id, a.name, a.capabilities, a.labels,
           array(select ap.project_id from public.agent_projects ap where ap.agent_id = a.id order by ap.project_id),
           s.state, a.is_active, a.broker_allowed, a.version, h.seen_at, a.created_at
      from (select p_agent_id as id where p_agent_id is not null
            union all
            select f.id
              from private.search_agents(
                       array(select m from unnest(private.my_project_ids()) m where p_project_id is null or m = p_project_id),
                       p_capability, p_label, p_after,
                       -- Whoever filters the rows themselves cannot have them counted before.
                       case when p_state is null and private.my_agent_id() is null then least(p_limit, 1001) end) as f (id)
             where p_agent_id is null) found
      join public.agents a on a.id = found.id
      left join public.agent_heartbeats h on h.agent_id = a.id
     cross join lateral (
        select case
            when not a.is_active then 'deactivated'
            when exists (select from public.tasks t where t.agent_id = a.id and t.state = 'running'
                            and t.lease_expires_at > statement_timestamp()) then 'busy'
            when h.seen_at > statement_timestamp() - interval '1 minute' then 'idle'
            else 'offline' end as state) s
     where p_state is null or s.state = p_state
     order by a.id limit least(p_limit, 1001)
$$;
comment on function public.list_agents is
    'Agents with the state that follows from heartbeat and leases: busy, idle, offline (silent for a minute), deactivated.';
grant execute on function public.list_agents to authenticated, agent;
