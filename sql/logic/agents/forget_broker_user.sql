-- as: devos_jobs
create function private.forget_broker_user(p_agent_key_id text)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    delete from private.broker_users u where u.agent_key_id = p_agent_key_id
$$;
comment on function private.forget_broker_user is 'Job: the broker knows this user no more.';
grant execute on function private.forget_broker_user to devos_worker;
