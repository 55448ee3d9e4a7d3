create function private.lock_lanes()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- A lane born while an agent registers would miss it, and be missed by it: both take turns.
    select pg_advisory_xact_lock(hashtextextended('devos.lanes', 0))
$$;
comment on function private.lock_lanes is 'Births of lanes and registrations of agents take turns.';
grant execute on function private.lock_lanes to devos_jobs;
