-- as: devos_jobs
create function private.forget_blobs(p_ids uuid[])
returns bigint
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    with gone as (
        delete from private.artifact_blobs b where b.id = any (p_ids) returning 1
    )
    select count(*) from gone
$$;
comment on function private.forget_blobs is 'Job: the bytes under these keys are removed from the store. Returns how many.';
grant execute on function private.forget_blobs to devos_worker;
