-- No search_path of its own, and so read into the statement that asks, for one agent or for all.
create function private.broker_lanes()
returns table (agent_id uuid, lanes bigint[])
language sql stable
as $$
    -- Lanes of keys come and go, and there may be any number: what is in them is told in the lane without one. And what a user of the
    -- broker may read is one pattern, which it takes up to a certain length only.
    select al.agent_id, (array_agg(al.lane_id order by al.lane_id))[1:200]
      from public.agent_lanes al join public.lanes l on l.id = al.lane_id
     where l.concurrency_key is null and al.agent_id in (select u.agent_id from private.broker_users u)
     group by al.agent_id
$$;
comment on function private.broker_lanes is
    'The lanes that users of the broker listen to: those without a concurrency key, 200 of each at the most. In others they look by
themselves. An agent without any has no row.';
grant execute on function private.broker_lanes to devos_jobs;
