create function private.claims()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select nullif(current_setting('request.jwt.claims', true), '')::jsonb
$$;
comment on function private.claims is 'Who this request runs as; null, and so closed, when nothing is set.';
grant execute on function private.claims to
    authenticated, agent, integration, devos_lookup, devos_journal, devos_jobs;
