-- as: devos_lookup
create function private.feed_position()
returns text
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    -- What is running, and what begins, has later transaction ids: nothing appears at this cursor or before it any more.
    select coalesce(
        (select e.xid || '.' || e.id from public.events e
          where e.xid < pg_snapshot_xmin(pg_current_snapshot())
          order by e.xid desc, e.id desc limit 1),
        '0.0')
$$;
comment on function private.feed_position is 'The cursor of the last event before which nothing is still to come.';
grant execute on function private.feed_position to devos_login;
