create function private.oldest_transaction()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
               'application', a.application_name, 'seconds', extract(epoch from clock_timestamp() - a.xact_start))
      from pg_catalog.pg_stat_activity a
     where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
       and a.xact_start is not null
     order by a.xact_start limit 1
$$;
comment on function private.oldest_transaction is
    'For operators: who has had a transaction open the longest. While it is, nothing that died since is vacuumed.';
