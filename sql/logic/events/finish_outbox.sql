-- as: devos_jobs
create function private.finish_outbox(p_id bigint)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    delete from private.outbox o where o.id = p_id
$$;
comment on function private.finish_outbox is 'Job: an outbox row has been delivered.';
grant execute on function private.finish_outbox to devos_worker;
