-- as: devos_jobs
create function private.take_outbox(p_topics text[], p_limit integer)
returns table (id bigint, topic text, payload jsonb, attempts integer)
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    -- Taken means hidden for a minute: a worker that dies gives it back by doing nothing.
    update private.outbox o
       set attempts = o.attempts + 1, run_at = statement_timestamp() + interval '1 minute'
     where o.id = any (array(
        select d.id from private.outbox d
         where d.topic = any (p_topics) and d.gave_up_at is null and d.run_at <= statement_timestamp()
         order by d.run_at, d.id limit least(p_limit, 1000)
         for update skip locked))
    returning o.id, o.topic, o.payload, o.attempts
$$;
comment on function private.take_outbox is 'Job: take due outbox rows of these topics for one minute.';
grant execute on function private.take_outbox to devos_worker;
