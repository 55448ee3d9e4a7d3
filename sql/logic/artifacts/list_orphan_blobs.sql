-- as: devos_jobs
create function private.list_orphan_blobs(p_limit integer)
returns setof uuid
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    -- Twice as old as an upload may become: nobody writes there any more.
    select b.id from private.artifact_blobs b
     where b.created_at < statement_timestamp() - interval '2 hours'
     order by b.created_at limit least(p_limit, 1000)
$$;
comment on function private.list_orphan_blobs is 'Job: keys in the store that no artifact has: replaced, deleted, or never finished.';
grant execute on function private.list_orphan_blobs to devos_worker;
