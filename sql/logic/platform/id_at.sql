-- No search_path of its own, and so read into the query that asks.
create function private.id_at(p_us bigint, p_random uuid)
returns uuid
language sql immutable
as $$
    -- RFC 9562, 5.7 and 6.2 method 3: 48 bits of Unix milliseconds, 12 bits of their fraction, then random bits.
    select (lpad(to_hex(p_us / 1000), 12, '0') || to_hex(28672 + p_us % 1000 * 4096 / 1000) || right(p_random::text, 17))::uuid
$$;
comment on function private.id_at is
    'An id as it is made at a microsecond since 1970: UUID version 7. New rows lie side by side in indexes.';
grant execute on function private.id_at to devos_jobs;
