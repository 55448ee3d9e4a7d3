-- as: devos_jobs
create function private.enter_rooms(p_rooms text[])
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    -- Made or locked, always in the same order: nobody who waits here holds what the one in front wants next.
    insert into private.limit_rooms as r (limit_id, concurrency_key)
    select left(e.room, 36)::uuid, substr(e.room, 38) from unnest(p_rooms) as e (room) order by 1, 2
    on conflict (limit_id, concurrency_key) do update set starts = r.starts where false
$$;
comment on function private.enter_rooms is 'Lock these rooms until the transaction ends: who counts in one is alone in it.';
