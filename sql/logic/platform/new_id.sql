create function private.new_id()
returns uuid
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- UUID version 7 (RFC 9562, 5.7 and 6.2 method 3): 48 bits of Unix milliseconds, 12 bits of their fraction, then
    -- random bits. New rows lie side by side in indexes, and ids of one session sort as they were made.
    select (lpad(to_hex(t.us / 1000), 12, '0') || to_hex(x'7000'::integer + t.us % 1000 * 4096 / 1000)
            || right(gen_random_uuid()::text, 17))::uuid
      from (select (extract(epoch from clock_timestamp()) * 1000000)::bigint as us) t
$$;
comment on function private.new_id is 'A new id: UUID version 7, ordered by time.';
grant execute on function private.new_id to devos_jobs;
