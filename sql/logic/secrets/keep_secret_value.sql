-- as: devos_jobs
create function private.keep_secret_value(p_secret_id uuid, p_key_id text, p_sealed bytea)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    insert into private.secret_values (secret_id, key_id, sealed) values (p_secret_id, p_key_id, p_sealed)
    on conflict (secret_id) do update set key_id = excluded.key_id, sealed = excluded.sealed
$$;
comment on function private.keep_secret_value is 'Put the sealed value behind a secret, for functions that have checked who may.';
grant execute on function private.keep_secret_value to devos_api;
