create function private.new_id()
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_us bigint := extract(epoch from clock_timestamp()) * 1000000;
begin
    -- UUID version 7 (RFC 9562, 5.7 and 6.2 method 3): 48 bits of Unix milliseconds, 12 bits of their fraction, then
    -- random bits. New rows lie side by side in indexes, and ids of one session sort as they were made.
    return lpad(to_hex(v_us / 1000), 12, '0') || to_hex(x'7000'::integer + v_us % 1000 * 4096 / 1000)
           || right(gen_random_uuid()::text, 17);
end;
$$;
comment on function private.new_id is 'A new id: UUID version 7, ordered by time.';
grant execute on function private.new_id to devos_jobs;
