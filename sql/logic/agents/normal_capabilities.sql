create function private.normal_capabilities(p_capabilities text[])
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(distinct c order by c), '{}') from unnest(p_capabilities) c where c is not null
$$;
comment on function private.normal_capabilities is 'Capabilities sorted and once each, so that equal sets are equal arrays.';
grant execute on function private.normal_capabilities to devos_jobs;
