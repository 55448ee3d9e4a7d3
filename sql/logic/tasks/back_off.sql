create function private.back_off(p_retry_count integer, p_base_seconds integer, p_cap_seconds integer, p_asked_seconds integer)
returns interval
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    select case
        -- Not coalesce: least() passes over a null, and so would answer a day.
        when p_asked_seconds is not null then greatest(0, least(p_asked_seconds, 86400))
        -- Equal jitter: half of the exponential step is fixed, half is random.
        else least(p_cap_seconds, p_base_seconds * 2 ^ least(p_retry_count, 30)) * (0.5 + random() / 2)
    end * interval '1 second'
$$;
comment on function private.back_off is
    'How long a failed task waits: what the handler asked for (a day at the most), else base × 2^retries up to the cap, with jitter.';
grant execute on function private.back_off to devos_jobs;
