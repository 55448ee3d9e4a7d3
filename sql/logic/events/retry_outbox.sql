-- as: devos_jobs
create function private.retry_outbox(p_id bigint, p_error text, p_after_seconds integer default null, p_max_attempts integer default 10)
returns boolean
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    update private.outbox o
       set last_error = left(p_error, 1000),
           gave_up_at = case when o.attempts >= p_max_attempts then statement_timestamp() end,
           run_at = statement_timestamp()
                    + coalesce(p_after_seconds, least(300, 2 ^ least(o.attempts, 10))) * interval '1 second'
     where o.id = p_id
    returning o.gave_up_at is not null
$$;
comment on function private.retry_outbox is
    'Job: a delivery failed; try again after a back-off of 2^attempts seconds, 300 at the most. True when it was the last try.';
grant execute on function private.retry_outbox to devos_worker;
