-- as: devos_journal
create function private.enqueue(p_topic text, p_payloads jsonb[])
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    insert into private.outbox (topic, payload) select p_topic, p from unnest(p_payloads) p
$$;
comment on function private.enqueue is 'What must leave the database when this transaction commits.';
grant execute on function private.enqueue to devos_api, devos_jobs;
