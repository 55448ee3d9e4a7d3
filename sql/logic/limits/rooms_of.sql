-- No search_path of its own, and so read into the query that asks.
create function private.rooms_of(p_lane_id bigint)
returns table (limit_id uuid, room text)
language sql stable
as $$
    select m.id, m.id || ' ' || case m.scope when 'key' then l.concurrency_key else '' end
      from public.lanes l
      join public.limits m on m.project_id = l.project_id and (m.kind is null or m.kind = l.kind)
       and (m.scope <> 'key' or l.concurrency_key is not null)
     where l.id = p_lane_id
$$;
comment on function private.rooms_of is
    'What the tasks of a lane must fit into: "<limit id> <key>" for each limit that counts them, the key for limits on keys.';
grant execute on function private.rooms_of to devos_jobs;
