-- as: devos_jobs
create function private.prune_idempotency_keys()
returns bigint
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    with gone as (
        delete from private.idempotency_keys k where k.created_at < statement_timestamp() - interval '24 hours' returning 1
    )
    select count(*) from gone
$$;
comment on function private.prune_idempotency_keys is 'Job: forget keyed answers after 24 hours. Returns how many.';
grant execute on function private.prune_idempotency_keys to devos_worker;
