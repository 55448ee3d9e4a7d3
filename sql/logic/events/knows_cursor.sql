-- as: devos_lookup
create function private.knows_cursor(p_xid xid8, p_id bigint)
returns boolean
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    -- Retention drops from the oldest on: while one as old as the cursor is kept, all that came after it are.
    select p_xid = '0'
        or (p_xid < pg_snapshot_xmax(pg_current_snapshot())
            and exists (select from public.events e where (e.xid, e.id) <= (p_xid, p_id)))
$$;
comment on function private.knows_cursor is
    'Whether every event after this cursor is still kept; false for one that is too old, or that this database never gave.';
grant execute on function private.knows_cursor to devos_login;
