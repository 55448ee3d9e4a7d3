create function private.broker_lanes(p_agent_id uuid)
returns bigint[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Lanes of keys come and go, and there may be any number: what is in them is told in the lane without one. And what a user of the
    -- broker may read is one pattern, which it takes up to a certain length only.
    select array(
        select al.lane_id from public.agent_lanes al join public.lanes l on l.id = al.lane_id
         where al.agent_id = p_agent_id and l.concurrency_key is null
         order by al.lane_id limit 200)
$$;
comment on function private.broker_lanes is
    'The lanes that an agent listens to at the broker: those without a concurrency key, 200 at the most. In others it looks by itself.';
grant execute on function private.broker_lanes to devos_jobs;
