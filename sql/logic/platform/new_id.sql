create function private.new_id()
returns uuid
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds in front, so that new rows lie side by side in indexes.
    select encode(
        set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid()) placing
                substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
            52, 1), 53, 1),
        'hex')::uuid
$$;
comment on function private.new_id is 'A new id: UUID version 7, ordered by time.';
grant execute on function private.new_id to devos_jobs;
