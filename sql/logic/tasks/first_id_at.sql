create function private.first_id_at(p_at timestamptz)
returns uuid
language sql immutable strict
set search_path = pg_catalog, pg_temp
as $$
    -- Downwards, as an id is made: what was created in the same millisecond comes after it.
    select rpad(lpad(to_hex(floor(greatest(0, least(extract(epoch from p_at) * 1000, 281474976710655)))::bigint), 12, '0'), 32, '0')::uuid
$$;
comment on function private.first_id_at is 'Below every id that is made from this moment on, and above those made before: ids begin with their time.';
grant execute on function private.first_id_at to devos_lookup, devos_jobs;
