-- as: devos_jobs
create function private.relay_hints()
returns integer
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    select cardinality(private.relay_kinds())
$$;
comment on function private.relay_hints is
    'Job: relay_kinds, for a worker from before it: for how many kinds there is work.';
grant execute on function private.relay_hints to devos_worker;
