create function private.note_lane_heads(p_agent_id uuid, p_kinds text[], p_claimed uuid[], p_limit integer, p_took interval)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    select private.note_heads(p_took, coalesce(jsonb_object_agg(h.name, h.head), '{}'))
      from (
        select t.lane_id || ':' || t.queue_priority as name, min(t.run_at) as head
          from public.tasks t where t.id = any (p_claimed) group by t.lane_id, t.queue_priority
        union all
        -- Where nothing was found, although all was looked into, nothing lives; but for what is being created just now.
        (select al.lane_id || ':' || p.priority, statement_timestamp() - interval '5 seconds'
           from public.agent_lanes al, generate_series(1, 4) as p (priority)
          where al.agent_id = p_agent_id and al.kind = any (p_kinds) and coalesce(cardinality(p_claimed), 0) < p_limit
            and not exists (select from public.tasks t
                             where t.id = any (p_claimed) and t.lane_id = al.lane_id and t.queue_priority = p.priority)
          limit 100)) h
$$;
comment on function private.note_lane_heads is
    'After a claim that took long: its first task of each lane and priority, and those that have none.';
