-- as: devos_jobs
create function private.room_until(p_limit public.limits, p_key text)
returns timestamptz
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    -- The oldest of the last so many starts is the next to leave the window.
    select (array(select s.at from unnest(r.starts) as s (at) order by s.at desc))[(p_limit).rate_count]
               + (p_limit).rate_seconds * interval '1 second'
      from private.limit_rooms r
     where r.limit_id = (p_limit).id and r.concurrency_key = p_key and (p_limit).rate_count is not null
$$;
comment on function private.room_until is 'When the rate of a limit lets the next task begin; null where it is not the rate that is in the way.';
grant execute on function private.room_until to devos_api;
