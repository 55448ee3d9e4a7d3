-- as: devos_jobs
create function private.list_hints(p_kinds text[], p_waiting_seconds integer, p_later_seconds integer, p_limit integer)
returns setof jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('task_id', h.id, 'attempt', h.attempt, 'lane', b.id, 'priority', h.queue_priority,
               'after_seconds', greatest(0, extract(epoch from h.run_at - statement_timestamp())),
               -- A lane of its own is for whoever may read it; what nobody reads goes where all the rest is.
               'has_readers', exists (
                   select from public.agent_lanes al join private.broker_users u on u.agent_id = al.agent_id
                    where al.lane_id = b.id))
      from public.lanes l
      -- What waits under a key is told where agents listen: in the lane that has none.
      join public.lanes b on b.project_id = l.project_id and b.kind = l.kind and b.required_capabilities = l.required_capabilities
       and b.assigned_agent_id is not distinct from l.assigned_agent_id and b.concurrency_key is null
     cross join lateral (
        (select d.*
           from generate_series(1, 4) as p (priority)
          cross join lateral (
            select q.id, q.attempt, q.queue_priority, q.run_at from public.tasks q
             where q.lane_id = l.id and q.queue_priority = p.priority and q.state = 'pending' and q.open_dependencies = 0
               and q.run_at <= statement_timestamp() - p_waiting_seconds * interval '1 second'
             order by q.run_at, q.id limit p_limit) d
          limit p_limit)
        union all
        (select d.*
           from generate_series(1, 4) as p (priority)
          cross join lateral (
            select q.id, q.attempt, q.queue_priority, q.run_at from public.tasks q
             where q.lane_id = l.id and q.queue_priority = p.priority and q.state = 'pending' and q.open_dependencies = 0
               and q.run_at > statement_timestamp()
               and q.run_at <= statement_timestamp() + p_later_seconds * interval '1 second'
             order by q.run_at, q.id limit 1) d)) h
     where p_kinds is null or l.kind = any (p_kinds)
$$;
comment on function private.list_hints is
    'Job: what agents may be told: of each lane of these kinds (null: of all) the first tasks that have waited so long, and of each
priority the first that falls due within p_later_seconds. lane is the one without a concurrency key.';
grant execute on function private.list_hints to devos_worker;
